import { mkdtemp, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Abilities, Engine, SaveOptions } from '../../src/engine/engine.ts'
import { DataError, EngineError } from '../../src/errors.ts'
import { close, descent, type Open, sequences, tests, weights } from './subject.ts'

/** Saves all that an engine can: of one without whole folders what learns alone. */
const save = (engine: Engine, folder: string, options: SaveOptions = {}): Promise<void> =>
  engine.save(folder, { ...options, ...(!engine.abilities.wholeFolders && { merge: false }) })

/** What every engine with a language-model head must do with what it saved. */
export function folders(open: Open, { wholeFolders }: Abilities): void {
  const check = tests(open)

  if (!wholeFolders)
    check('a folder with all weights is refused', async engine => {
      const folder = join(tmpdir(), 'minform-whole')
      await expect(engine.save(folder)).rejects.toThrow(EngineError)
    })

  check('a saved model scores and samples the same when opened again', async (engine, reopen) => {
    const folder = await mkdtemp(join(tmpdir(), 'minform-'))
    try {
      const all = sequences(engine, 6, 9)
      await engine.accumulate(all.map(ids => ({ ids, weights: weights(ids) })))
      await engine.step({ learningRate: 1e-2, clipNorm: null })
      const scores = await engine.score(all)
      const saved = join(folder, 'a', 'b')
      await save(engine, saved, { optimizer: !wholeFolders })
      const again = await reopen(saved)
      if (!wholeFolders) await again.restore(saved)
      expect(again.info).toEqual(engine.info)
      expect(await again.score(all)).toEqual(scores)
      await again.close()
      if (!wholeFolders) return
      await engine.save(join(folder, 'half'), { dtype: 'bfloat16' })
      const half = await reopen(join(folder, 'half'))
      for (const [i, { logprobs }] of (await half.score(all)).entries())
        close(logprobs, scores[i]!.logprobs, 0.1)
      await half.close()
    } finally {
      await rm(folder, { recursive: true })
    }
  })
}

/** What happens to a model: three steps of its own, and what it says then. */
async function learned(engine: Engine) {
  const all = sequences(engine, 6, 9)
  for (let i = 0; i < 3; i++) {
    await engine.accumulate(all.map(ids => ({ ids, weights: weights(ids, i + 1) })))
    await engine.step({ learningRate: 1e-2, weightDecay: 0.1, clipNorm: null })
  }
  const options = { maxTokens: 8, stopIds: [] }
  const sampled = await engine.sample([{ ids: all[0]!, n: 3, seed: 4 }], options)
  return { version: engine.version, scores: await engine.score(all), sampled }
}

/** What every engine must do that learns on from what it saved. */
export function restoring(open: Open, { wholeFolders }: Abilities): void {
  const check = tests(open)
  const inFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'minform-'))
    await body(folder).finally(() => rm(folder, { recursive: true }))
  }

  check('a restored model learns on as if nothing had happened', (engine, reopen) =>
    inFolder(async folder => {
      const [first, middle] = [join(folder, 'first'), join(folder, 'middle')]
      await save(engine, first, { optimizer: true }) // before the first step
      const half = await learned(engine)
      await save(engine, middle, { optimizer: true })
      const whole = await learned(engine)
      expect(whole.version).toBe(6)

      const again = await reopen(middle)
      expect(again.version).toBe(0)
      await again.restore(middle)
      expect(again.version).toBe(3)
      expect(await learned(again)).toEqual(whole)
      await again.close()

      const [ids] = sequences(engine, 6)
      await engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
      await engine.restore(first) // back, in place, the gradient in hand forgotten
      expect(engine.version).toBe(0)
      expect((await engine.step(descent(0))).gradNorm).toBe(0)
      await engine.restore(first)
      expect(await learned(engine)).toEqual(half)
    }),
  )

  check('a folder that is not there changes nothing', async engine => {
    await learned(engine)
    const before = await engine.score(sequences(engine, 6))
    await expect(engine.restore(join(tmpdir(), 'minform-nowhere'))).rejects.toThrow(DataError)
    expect(engine.version).toBe(3)
    expect(await engine.score(sequences(engine, 6))).toEqual(before)
  })

  if (!wholeFolders) return
  check('what cannot be restored changes nothing', (engine, reopen) =>
    inFolder(async folder => {
      const [plain, whole] = [join(folder, 'plain'), join(folder, 'whole')]
      await learned(engine)
      await engine.save(whole, { optimizer: true })
      const before = await engine.score(sequences(engine, 6))
      await engine.save(plain)
      await expect(engine.restore(plain)).rejects.toThrow(/optimizer\.json: not there/)
      await engine.save(whole, { optimizer: true })
      await truncate(join(whole, 'optimizer.state'), 100)
      await expect(engine.restore(whole)).rejects.toThrow(/optimizer\.state/)
      expect(engine.version).toBe(3)
      expect(await engine.score(sequences(engine, 6))).toEqual(before)
      const rounded = engine.save(plain, { optimizer: true, dtype: 'bfloat16' })
      await expect(rounded).rejects.toThrow(
        'an optimizer goes beside float32 weights; got bfloat16',
      )
      await engine.save(whole) // without: a stale optimizer would be restored with these weights
      const again = await reopen(whole)
      await expect(again.restore(whole)).rejects.toThrow(/optimizer\.json: not there/)
      await again.close()
    }),
  )
}
