import { expect } from 'vitest'
import type { Abilities, Engine } from '../../src/engine/engine.ts'
import { EngineError } from '../../src/errors.ts'
import { close, lossOf, nextLogprobs, type Open, sequences, tests, weights } from './subject.ts'

/** What an engine must do that can do more than every engine; what it cannot is refused. */
export function abilityConformance(open: Open, abilities: Abilities): void {
  hiddenStates(open, abilities)
  meanLogprobs(open, abilities)
  blends(open, abilities)
  sgd(open, abilities)
}

function hiddenStates(open: Open, { hiddenStates: has }: Abilities): void {
  const check = tests(open)
  if (!has) {
    check('hidden states are refused', async engine => {
      await expect(engine.hidden(sequences(engine, 4))).rejects.toThrow(EngineError)
    })
    return
  }

  check('hidden states are the same alone, among others, and of a prefix', async engine => {
    const all = sequences(engine, 9, 3, 17, 1)
    const together = await engine.hidden(all)
    const width = together[3]!.length
    expect(width).toBeGreaterThan(1)
    expect(together.map(({ length }) => length / width)).toEqual([9, 3, 17, 1])
    for (const [i, ids] of all.entries())
      close((await engine.hidden([ids]))[0]!, together[i]!, 1e-4)
    const [prefix] = await engine.hidden([all[2]!.slice(0, 8)])
    close(prefix!, together[2]!.slice(0, 8 * width), 1e-4)
    const inner = await engine.hidden(all, undefined, { depths: [0.5, 1] })
    expect(inner.map(({ length }) => length)).toEqual(together.map(({ length }) => 2 * length))
    const [half] = await engine.hidden([all[2]!.slice(0, 8)], undefined, { depths: [0.5] })
    const first = Array.from({ length: 8 }, (_, t) =>
      inner[2]!.slice(2 * t * width, (2 * t + 1) * width),
    )
    close(half!, Float32Array.from(first.flatMap(x => [...x])), 1e-4)
    for (const depth of [0, 1.1, Number.NaN])
      await expect(engine.hidden(all, undefined, { depths: [depth] })).rejects.toThrow('depth')
    expect(await engine.hidden([])).toEqual([])
    await expect(engine.hidden([Int32Array.of(-1)])).rejects.toThrow(EngineError)
  })
}

function meanLogprobs(open: Open, { meanLogprobs: has }: Abilities): void {
  const check = tests(open)
  if (!has) {
    check('means over the vocabulary are refused', async engine => {
      const asked = engine.score(sequences(engine, 4), undefined, { meanLogprobs: true })
      await expect(asked).rejects.toThrow(EngineError)
    })
    return
  }

  check('means over the vocabulary, where they are asked for', async engine => {
    const [prompt] = sequences(engine, 4)
    const next_V = await nextLogprobs(engine, prompt!)
    const mean = next_V.reduce((sum, x) => sum + x, 0) / next_V.length
    const asked = [Int32Array.of(...prompt!, 0), prompt!]
    const found = await engine.score(asked, undefined, { meanLogprobs: true })
    expect(found.map(one => one.meanLogprobs!.length)).toEqual([4, 3])
    expect(found[0]!.meanLogprobs!.at(-1)).toBeCloseTo(mean, 3)
    const plain = await engine.score(asked)
    expect(plain[0]).not.toHaveProperty('meanLogprobs')
    close(found[0]!.logprobs, plain[0]!.logprobs, 1e-5)
  })
}

function blends(open: Open, { blends: has }: Abilities): void {
  const check = tests(open)
  if (!has) {
    check('weights are neither given nor taken', async engine => {
      await expect(engine.weights()).rejects.toThrow(EngineError)
      await expect(engine.blend(new Float32Array(1), 0)).rejects.toThrow(EngineError)
    })
    return
  }

  check('weights that were taken come back to the last bit', async engine => {
    const all = sequences(engine, 6, 9)
    const before = await engine.weights()
    const scored = await engine.score(all)
    await moved(engine)
    expect(await engine.score(all)).not.toEqual(scored)
    await engine.blend(before, 0)
    expect(engine.version).toBe(2) // completions of other weights are told apart
    expect(await engine.score(all)).toEqual(scored)
    expect(await engine.weights()).toEqual(before)
  })

  check('a blend is between the two, and what samples has it', async engine => {
    const before = await engine.weights()
    await moved(engine)
    const after = await engine.weights()
    await engine.blend(before, 0.25)
    close(
      await engine.weights(),
      before.map((x, i) => 0.25 * after[i]! + 0.75 * x),
      1e-6,
    )
    const [prompt] = sequences(engine, 4)
    const request = { ids: prompt!, n: 1, seed: 2 }
    const [all] = await engine.sample([request], { maxTokens: 4, stopIds: [] })
    const one = all![0]!
    const [scored] = await engine.score([Int32Array.of(...prompt!, ...one.ids)])
    close(one.logprobs_T, scored!.logprobs.subarray(prompt!.length - 1), 1e-3)
    await engine.blend(after, 1)
    close(
      await engine.weights(),
      before.map((x, i) => 0.25 * after[i]! + 0.75 * x),
      1e-6,
    )
  })

  check('other weights, and shares that are none, are refused; nothing changes', async engine => {
    const own = await engine.weights()
    await expect(engine.blend(own.subarray(1), 0.5)).rejects.toThrow(`learns ${own.length}`)
    for (const share of [-0.1, 1.1, Number.NaN])
      await expect(engine.blend(own, share)).rejects.toThrow(EngineError)
    expect([await engine.weights(), engine.version]).toEqual([own, 0])
  })
}

function sgd(open: Open, { sgd: has }: Abilities): void {
  const check = tests(open)
  const descent = { rule: 'sgd', clipNorm: null } as const
  if (!has) {
    check('plain descent is refused', async engine => {
      await expect(engine.step({ ...descent, learningRate: 1e-3 })).rejects.toThrow(EngineError)
    })
    return
  }

  check('plain descent goes down the gradient, and remembers nothing', async engine => {
    const all = sequences(engine, 8, 14)
    const all_weights = all.map(ids => weights(ids))
    const learn = () => engine.accumulate(all.map((ids, i) => ({ ids, weights: all_weights[i]! })))
    const start = await engine.weights()
    const loss = lossOf(await learn(), all_weights)
    const { gradNorm } = await engine.step({ ...descent, learningRate: 0 })
    const rate = 0.01 / gradNorm ** 2
    await learn()
    expect((await engine.step({ ...descent, learningRate: rate })).gradNorm).toBeCloseTo(
      gradNorm,
      4,
    )
    const first = await engine.weights()
    const moved = Math.sqrt(start.reduce((sum, x, i) => sum + (x - first[i]!) ** 2, 0))
    expect(moved / (rate * gradNorm)).toBeCloseTo(1, 3)
    const fall = loss - lossOf(await engine.score(all), all_weights)
    expect(Math.abs(fall - rate * gradNorm ** 2)).toBeLessThan(0.1 * rate * gradNorm ** 2)
    await engine.blend(start, 0)
    await learn()
    await engine.step({ ...descent, learningRate: rate })
    expect(await engine.weights()).toEqual(first)
  })
}

/** One step of descent, after which the weights are others. */
async function moved(engine: Engine): Promise<void> {
  const [ids] = sequences(engine, 9)
  await engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
  await engine.step({ learningRate: 0.05, clipNorm: null })
}
