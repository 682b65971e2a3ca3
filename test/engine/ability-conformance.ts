import { expect } from 'vitest'
import type { Abilities, Engine } from '../../src/engine/engine.ts'
import { EngineError } from '../../src/errors.ts'
import { importance } from '../../src/numbers/importance.ts'
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

/** What an engine must do that can do more than every engine; what it cannot is refused. */
export function abilityConformance(open: Open, abilities: Abilities): void {
  hiddenStates(open, abilities)
  meanLogprobs(open, abilities)
  blends(open, abilities)
  sgd(open, abilities)
  int8(open, abilities)
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

function int8(open: Open, { int8: has }: Abilities): void {
  const check = tests(open)
  if (!has) {
    check('weights of 8 bits, and what they drew, are refused', async engine => {
      const [ids] = sequences(engine, 5)
      const request = { ids: ids!, n: 1, seed: 1 }
      const drawn = engine.sample([request], { maxTokens: 3, stopIds: [], precision: 'int8' })
      await expect(drawn).rejects.toThrow('int8')
      const learned = engine.accumulate([
        { ids: ids!, weights: weights(ids!), drawn: new Float32Array(4) },
      ])
      await expect(learned).rejects.toThrow('other weights')
    })
    return
  }

  check('weights of 8 bits draw nearly what the model would, and say how', async engine => {
    const requests = sequences(engine, 5, 9).map((ids, seed) => ({ ids, n: 6, seed }))
    const options = { maxTokens: 12, stopIds: [] }
    const all = await engine.sample(requests, { ...options, precision: 'int8' })
    expect(await engine.sample(requests, { ...options, precision: 'int8' })).toEqual(all)
    let worst = 0
    for (const [i, completions] of all.entries())
      for (const { ids, logprobs_T } of completions) {
        const prompt = requests[i]!.ids
        const [scored] = await engine.score([Int32Array.of(...prompt, ...ids)])
        logprobs_T.forEach((logprob, t) => {
          worst = Math.max(worst, Math.abs(logprob - scored!.logprobs[prompt.length - 1 + t]!))
        })
      }
    expect(worst).toBeGreaterThan(1e-5) // they are not the model's own
    expect(worst).toBeLessThan(0.05)
  })

  /** Sequences of which two begin alike, and what they were drawn with: less or more likely, in part beyond the limit. */
  const drawnBy = async (engine: Engine) => {
    const [a, b, c] = sequences(engine, 9, 14, 9) as [Int32Array, Int32Array, Int32Array]
    c.set(a.subarray(0, 4))
    const all = [a, b, c]
    const scores = await engine.score(all)
    const shifts = [0.3, -0.2, 0, -1.5]
    const drawn = scores.map(({ logprobs }) => logprobs.map((x, t) => x + shifts[t % 4]!))
    drawn[1]![5] = Number.NaN
    return { all, scores, drawn, weights: all.map(ids => weights(ids)) }
  }
  const stepped = async (engine: Engine) => {
    const before = await engine.weights()
    await engine.step(descent(0.1))
    const after = await engine.weights()
    await engine.blend(before, 0)
    return after.map((x, i) => x - before[i]!)
  }

  check('where what drew is the model itself, the gradient is the plain one', async engine => {
    const { all, scores, weights } = await drawnBy(engine)
    const batch = all.map((ids, i) => ({ ids, weights: weights[i]! }))
    await engine.accumulate(batch)
    const plain = await stepped(engine)
    await engine.accumulate(batch.map((one, i) => ({ ...one, drawn: scores[i]!.logprobs })))
    close(await stepped(engine), plain, 1e-6)
  })

  check(
    'a weight counts min(p / drawn, limit) times, in what sequences share too',
    async engine => {
      const { all, scores, drawn, weights } = await drawnBy(engine)
      const batch = all.map((ids, i) => ({ ids, weights: weights[i]! }))
      const counted = batch.map(({ ids, weights }, i) => ({
        ids,
        weights: weights.map((weight, t) => {
          const by = drawn[i]![t]!
          return Number.isNaN(by) ? weight : weight * importance(scores[i]!.logprobs[t]!, by)
        }),
      }))
      const plain = await engine.accumulate(counted)
      const expected = await stepped(engine)
      const found = await engine.accumulate(batch.map((one, i) => ({ ...one, drawn: drawn[i]! })))
      for (const [i, { logprobs }] of found.entries()) close(logprobs, plain[i]!.logprobs, 1e-5)
      close(await stepped(engine), expected, 1e-6)
    },
  )

  check('the gradient is the slope of the loss in which the factor stands still', async engine => {
    const { all, scores, drawn, weights } = await drawnBy(engine)
    const still = weights.map((of, i) =>
      of.map((weight, t) => {
        const by = drawn[i]![t]!
        return Number.isNaN(by) ? weight : weight * importance(scores[i]!.logprobs[t]!, by)
      }),
    )
    const learn = () =>
      engine.accumulate(all.map((ids, i) => ({ ids, weights: weights[i]!, drawn: drawn[i]! })))
    await learn()
    const { gradNorm } = await engine.step(descent(0))
    const rate = 0.004 / gradNorm ** 2
    await learn()
    await engine.step(descent(rate))
    const fall = lossOf(scores, still) - lossOf(await engine.score(all), still)
    expect(Math.abs(fall / (rate * gradNorm ** 2) - 1)).toBeLessThan(0.1)
  })

  check('drawn log-probabilities of another length are refused', async engine => {
    const [ids] = sequences(engine, 6)
    const sequence = { ids: ids!, weights: weights(ids!), drawn: new Float32Array(4) }
    await expect(engine.accumulate([sequence])).rejects.toThrow(
      '4 drawn log-probabilities for 6 ids, expected 5',
    )
  })
}

/** One step of descent, after which the weights are others. */
async function moved(engine: Engine): Promise<void> {
  const [ids] = sequences(engine, 9)
  await engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
  await engine.step({ learningRate: 0.05, clipNorm: null })
}
