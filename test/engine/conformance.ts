import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { allAbilities } from '../../src/engine/abilities.ts'
import type { Abilities } from '../../src/engine/engine.ts'
import { EngineError } from '../../src/errors.ts'
import { abilityConformance } from './ability-conformance.ts'
import { folders, restoring } from './folder-conformance.ts'
import { sampling } from './sampling-conformance.ts'
import {
  close,
  descent,
  lossOf,
  nextLogprobs,
  type Open,
  sequences,
  tests,
  weights,
} from './subject.ts'

/** What every engine with a language-model head must do that has these abilities; what it has not, it refuses. */
export function conformance(name: string, open: Open, abilities: Abilities = allAbilities): void {
  describe(`${name}: abilities`, () => declared(open, abilities))
  describe(`${name}: what only some can do`, () => abilityConformance(open, abilities))
  describe(`${name}: scores`, () => scoring(open, abilities))
  describe(`${name}: gradients`, () => gradients(open, abilities))
  describe(`${name}: steps`, () => steps(open, abilities))
  describe(`${name}: samples`, () => sampling(open, abilities))
  describe(`${name}: folders`, () => folders(open, abilities))
  describe(`${name}: restoring`, () => restoring(open, abilities))
  describe(`${name}: refusals`, () => refusals(open))
}

function declared(open: Open, abilities: Abilities): void {
  tests(open)('are those that it declares', async engine => {
    expect(engine.abilities).toEqual(abilities)
  })
}

function scoring(open: Open, { entropies: has }: Abilities): void {
  const check = tests(open)

  check(
    `log-probabilities are of a distribution, its entropy ${has ? 'given' : 'null'}`,
    async engine => {
      const [prompt] = sequences(engine, 4)
      const next_V = await nextLogprobs(engine, prompt!)
      expect(next_V.reduce((sum, x) => sum + Math.exp(x), 0)).toBeCloseTo(1, 4)
      const [scores] = await engine.score([Int32Array.of(...prompt!, 0)])
      if (!has) return expect(scores!.entropies).toBeNull()
      const entropy = -next_V.reduce((sum, x) => sum + Math.exp(x) * x, 0)
      expect(scores!.entropies!.at(-1)).toBeCloseTo(entropy, 3)
    },
  )

  check('a sequence scores the same alone, among others, and as a prefix', async engine => {
    const all = sequences(engine, 9, 3, 17, 3, 1)
    const together = await engine.score(all)
    expect(together.map(({ logprobs }) => logprobs.length)).toEqual([8, 2, 16, 2, 0])
    for (const [i, ids] of all.entries()) {
      const [alone] = await engine.score([ids])
      close(together[i]!.logprobs, alone!.logprobs, 1e-4)
      if (has) close(together[i]!.entropies, alone!.entropies, 1e-4)
    }
    const [prefix] = await engine.score([all[2]!.slice(0, 8)])
    close(prefix!.logprobs, together[2]!.logprobs.slice(0, 7), 1e-4)
  })

  check('accumulate returns what score does', async engine => {
    const all = sequences(engine, 7, 12)
    const scored = await engine.score(all)
    const learned = await engine.accumulate(all.map(ids => ({ ids, weights: weights(ids) })))
    for (const [i, { logprobs, entropies }] of scored.entries()) {
      close(learned[i]!.logprobs, logprobs, 1e-4)
      if (has) close(learned[i]!.entropies, entropies, 1e-4)
      else expect([learned[i]!.entropies, entropies]).toEqual([null, null])
    }
  })

  check('accumulate reads only tokens that have a weight', async engine => {
    const [ids] = sequences(engine, 7)
    const [scored] = await engine.score([ids!])
    const only = (...at: number[]) => Float32Array.from({ length: 6 }, (_, t) => +at.includes(t))
    const weighted = has ? { weights: only(1), entropyWeights: only(4) } : { weights: only(1, 4) }
    const [learned] = await engine.accumulate([{ ids: ids!, ...weighted }])
    for (const t of [1, 4]) {
      expect(learned!.logprobs[t]).toBeCloseTo(scored!.logprobs[t]!, 4)
      if (has) expect(learned!.entropies![t]).toBeCloseTo(scored!.entropies![t]!, 4)
    }
    const read = [false, true, false, false, true, false]
    expect(Array.from(learned!.logprobs, x => !Number.isNaN(x))).toEqual(read)
    const [nothing] = await engine.accumulate([{ ids: ids!, weights: only() }])
    expect(nothing!.logprobs.every(Number.isNaN)).toBe(true)
    if (has) expect(nothing!.entropies!.every(Number.isNaN)).toBe(true)
  })

  check('nothing in, nothing out', async engine => {
    expect(await engine.score([])).toEqual([])
    expect(await engine.accumulate([])).toEqual([])
    expect(await engine.sample([], { maxTokens: 4, stopIds: [] })).toEqual([])
    const [empty] = await engine.score([new Int32Array(0)])
    expect(empty!.logprobs.length).toBe(0)
    expect(await engine.step(descent(1e-3))).toEqual({ gradNorm: 0, applied: true })
  })
}

function ofEntropies(open: Open): void {
  const check = tests(open)

  check('the gradient of entropies is their slope', async engine => {
    const all = sequences(engine, 8, 14)
    const batch = all.map(ids => {
      return { ids, weights: weights(ids), entropyWeights: weights(ids, 0.7).reverse() }
    })
    const loss = async () => {
      const scores = await engine.accumulate(batch)
      const pull = scores.map(({ entropies }) => ({ logprobs: entropies!, entropies }))
      return (
        lossOf(
          scores,
          batch.map(b => b.weights),
        ) +
        lossOf(
          pull,
          batch.map(b => b.entropyWeights),
        )
      )
    }
    const before = await loss()
    const { gradNorm } = await engine.step(descent(0))
    const rate = 0.02 / gradNorm ** 2
    await loss()
    await engine.step(descent(rate))
    const after = await loss()
    const later = await engine.step(descent(0))
    const fall = (rate * (gradNorm ** 2 + later.gradNorm ** 2)) / 2
    expect(Math.abs(before - after - fall)).toBeLessThan(0.03 * fall)
  })
}

function gradients(open: Open, { entropies }: Abilities): void {
  const check = tests(open)
  if (entropies) ofEntropies(open)
  else
    check('weights of entropies are refused, and nothing is added', async engine => {
      const [ids] = sequences(engine, 6)
      const ones = new Float32Array(5).fill(1)
      const sequence = { ids: ids!, weights: ones, entropyWeights: ones }
      await expect(engine.accumulate([sequence])).rejects.toThrow(EngineError)
      expect((await engine.step(descent(0))).gradNorm).toBe(0)
    })

  check('the gradient is the slope of the loss', async engine => {
    const all = sequences(engine, 8, 14)
    const all_weights = all.map(ids => weights(ids))
    const learn = () => engine.accumulate(all.map((ids, i) => ({ ids, weights: all_weights[i]! })))
    const before = lossOf(await learn(), all_weights)
    const { gradNorm } = await engine.step(descent(0))
    expect(gradNorm).toBeGreaterThan(0.01)
    // Along the gradient the loss falls by rate * gradNorm^2; the mean of both ends' slopes is exact to second order.
    const rate = 0.02 / gradNorm ** 2
    await learn()
    await engine.step(descent(rate))
    const after = lossOf(await learn(), all_weights)
    const later = await engine.step(descent(0))
    const fall = (rate * (gradNorm ** 2 + later.gradNorm ** 2)) / 2
    expect(Math.abs(before - after - fall)).toBeLessThan(0.03 * fall)
  })

  check('gradients add up over calls, and are linear in the weights', async engine => {
    const [a, b] = sequences(engine, 6, 11)
    const one = (ids: Int32Array, scale: number) => ({ ids, weights: weights(ids, scale) })
    const norm = async (): Promise<number> => (await engine.step(descent(0))).gradNorm
    await engine.accumulate([one(a!, 1), one(b!, 1)])
    const together = await norm()
    await engine.accumulate([one(a!, 1)])
    await engine.accumulate([one(b!, 1)])
    expect((await norm()) / together).toBeCloseTo(1, 4)
    await engine.accumulate([one(a!, 2), one(b!, 2)])
    expect((await norm()) / together).toBeCloseTo(2, 4)
    await engine.accumulate([one(a!, 1), one(b!, 1)])
    await engine.accumulate([one(b!, -1), one(a!, -1)])
    expect((await norm()) / together).toBeCloseTo(0, 4)
  })

  check('clear and step forget the gradient', async engine => {
    const [ids] = sequences(engine, 6)
    await engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
    await engine.clear()
    expect(await engine.step(descent(0))).toEqual({ gradNorm: 0, applied: true })
    await engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
    expect((await engine.step(descent(0))).gradNorm).toBeGreaterThan(0)
    expect((await engine.step(descent(0))).gradNorm).toBe(0)
  })
}

function steps(open: Open, { clipNorm }: Abilities): void {
  const check = tests(open)

  check('positive weights make a sequence likelier, and every step is counted', async engine => {
    const [ids] = sequences(engine, 10)
    const ones = new Float32Array(9).fill(1)
    const logprobs: number[] = []
    for (let i = 0; i < 4; i++) {
      expect(engine.version).toBe(i)
      const scores = await engine.accumulate([{ ids: ids!, weights: ones }])
      logprobs.push(-lossOf(scores, [ones]))
      expect((await engine.step({ learningRate: 1e-3, clipNorm: null })).applied).toBe(true)
    }
    expect(engine.version).toBe(4)
    expect(logprobs).toEqual([...logprobs].sort((a, b) => a - b))
    expect(logprobs[3]! - logprobs[0]!).toBeGreaterThan(0.01)
  })

  check('a learning rate of 0 changes nothing', async engine => {
    const all = sequences(engine, 5, 8)
    const before = await engine.score(all)
    await engine.accumulate(all.map(ids => ({ ids, weights: weights(ids) })))
    await engine.step({ learningRate: 0, weightDecay: 0.1, clipNorm: null })
    expect(await engine.score(all)).toEqual(before)
  })

  check('a gradient that is not finite changes nothing and is forgotten', async engine => {
    const all = sequences(engine, 5, 8)
    const before = await engine.score(all)
    const [a, b] = all as [Int32Array, Int32Array]
    const poisoned = weights(b)
    poisoned[3] = Number.NaN
    await engine.accumulate([
      { ids: a, weights: weights(a) },
      { ids: b, weights: poisoned },
    ])
    const result = await engine.step({ learningRate: 0.1, weightDecay: 0.1, clipNorm: null })
    expect(result.applied).toBe(false)
    expect(Number.isFinite(result.gradNorm)).toBe(false)
    expect(engine.version).toBe(0)
    expect(await engine.score(all)).toEqual(before)
    await engine.accumulate([{ ids: a, weights: weights(a) }])
    expect((await engine.step({ learningRate: 1e-3, clipNorm: null })).applied).toBe(true)
    expect(engine.version).toBe(1)
  })

  if (!clipNorm) {
    check('a step that is to be clipped is refused', async engine => {
      const [ids] = sequences(engine, 8)
      const before = await engine.score([ids!])
      await engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
      for (const options of [{ learningRate: 0.1 }, { learningRate: 0.1, clipNorm: 1 }])
        await expect(engine.step(options)).rejects.toThrow(EngineError)
      expect(engine.version).toBe(0)
      expect(await engine.score([ids!])).toEqual(before)
    })
    return
  }
  check('clipping bounds the step, not the reported norm', async engine => {
    const [ids] = sequences(engine, 8)
    const learn = () => engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
    const before = lossOf(await learn(), [weights(ids!)])
    const { gradNorm } = await engine.step({ ...descent(0), clipNorm: 1e-3 })
    await learn()
    // The clipped gradient has norm 1e-3, so the loss falls by rate * 1e-3 * gradNorm.
    const fall = 0.01
    const rate = fall / (1e-3 * gradNorm)
    expect((await engine.step({ ...descent(rate), clipNorm: 1e-3 })).gradNorm).toBeCloseTo(
      gradNorm,
      3,
    )
    const after = lossOf(await engine.score([ids!]), [weights(ids!)])
    expect(Math.abs(before - after - fall)).toBeLessThan(0.1 * fall)
  })
}

function refusals(open: Open): void {
  const check = tests(open)

  check('sequences that do not fit the model', async engine => {
    const { vocabSize, maxPositions } = engine.info
    const long = new Int32Array(maxPositions + 1)
    const foreign = Int32Array.of(0, vocabSize)
    for (const ids of [long, foreign, Int32Array.of(0, -1)]) {
      await expect(engine.score([ids])).rejects.toThrow(EngineError)
      const sequence = { ids, weights: new Float32Array(ids.length - 1) }
      await expect(engine.accumulate([sequence])).rejects.toThrow(EngineError)
      const request = { ids, n: 1, seed: 0 }
      await expect(engine.sample([request], { maxTokens: 1, stopIds: [] })).rejects.toThrow(
        EngineError,
      )
    }
    const unequal = { ids: Int32Array.of(1, 2, 3), weights: new Float32Array(3) }
    await expect(engine.accumulate([unequal])).rejects.toThrow(EngineError)
    await expect(engine.classify([Int32Array.of(1)])).rejects.toThrow(EngineError)
    for (const ids of [new Int32Array(0), new Int32Array(maxPositions)]) {
      const sampled = engine.sample([{ ids, n: 1, seed: 0 }], { maxTokens: 1, stopIds: [] })
      await expect(sampled, `a prompt of ${ids.length}`).rejects.toThrow(EngineError)
    }
    expect((await engine.step(descent(0))).gradNorm).toBe(0) // nothing was added on the way
  })

  check('an abort ends every slow verb, and the engine works on', async engine => {
    const all = sequences(engine, 6, 9)
    const learn = all.map(ids => ({ ids, weights: weights(ids) }))
    const request = { ids: all[0]!, n: 4, seed: 0 }
    for (const when of ['before', 'during'] as const) {
      const verbs = [
        (signal: AbortSignal) => engine.score(all, signal),
        (signal: AbortSignal) => engine.accumulate(learn, signal),
        (signal: AbortSignal) => engine.sample([request], { maxTokens: 8, stopIds: [], signal }),
      ]
      for (const verb of verbs) {
        const controller = new AbortController()
        if (when === 'before') controller.abort()
        const result = expect(verb(controller.signal)).rejects.toMatchObject({ name: 'AbortError' })
        controller.abort()
        await result
      }
    }
    await engine.clear()
    expect((await engine.score(all)).length).toBe(2)
  })

  check('a closed engine', async engine => {
    await engine.close()
    await engine.close()
    const [ids] = sequences(engine, 4)
    await expect(engine.score([ids!])).rejects.toThrow(EngineError)
    await expect(engine.accumulate([])).rejects.toThrow(EngineError)
    await expect(engine.sample([], { maxTokens: 1, stopIds: [] })).rejects.toThrow(EngineError)
    await expect(engine.step(descent(0))).rejects.toThrow(EngineError)
    await expect(engine.clear()).rejects.toThrow(EngineError)
    await expect(engine.save(join(tmpdir(), 'minform-closed'))).rejects.toThrow(EngineError)
  })
}
