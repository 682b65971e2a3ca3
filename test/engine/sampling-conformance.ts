import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { Abilities, Completion, Engine } from '../../src/engine/engine.ts'
import { EngineError } from '../../src/errors.ts'
import type { TokenBytes } from '../../src/tokenizer/tokenizer.ts'
import { close, nextLogprobs, type Open, sequences, tests } from './subject.ts'

const options = { maxTokens: 12, stopIds: [] }

/** What every engine's sampling must do. */
export function sampling(open: Open, abilities: Abilities): void {
  limits(open, abilities)
  seeds(open, abilities)
  distributions(open, abilities)
  ends(open, abilities)
}

/** What sampling must do where ids of the vocabulary, `info.absentIds`, stand for no token. */
export function padding(open: Open): void {
  const check = tests(open)

  check('an id that stands for no token is never drawn', async engine => {
    const { absentIds, vocabSize } = engine.info
    expect(absentIds).not.toEqual([])
    const ids = Int32Array.of(...prompt(engine), ...absentIds) // read as any other
    const stopIds = Array.from({ length: vocabSize }, (_, v) => v).filter(
      v => v % 2 === 0 && !absentIds.includes(v),
    )
    for (const settings of [
      { temperature: 2.5, stopIds: [] },
      { temperature: 2.5, topK: vocabSize, topP: 0.999, stopIds: [] },
      { topK: 2, stopIds: [] },
      { temperature: 2.5, minTokens: 6, stopIds },
      { temperature: 2.5, minTokens: 6, topP: 0.9, stopIds },
    ]) {
      const [all] = await engine.sample([{ ids, n: 40, seed: 3 }], { maxTokens: 6, ...settings })
      const drawn = all!.flatMap(completion => [...completion.ids])
      expect(drawn.filter(id => absentIds.includes(id))).toEqual([])
    }
    for (const minTokens of [0, 6]) {
      const greedy = { maxTokens: 6, minTokens, stopIds, greedy: true }
      const [one] = (await engine.sample([{ ids, n: 1, seed: 0 }], greedy)) as [Completion[]]
      expect([...one![0]!.ids].filter(id => absentIds.includes(id))).toEqual([])
    }
  })

  check('its logit counts in the log-probability, not in what is drawn from', async engine => {
    const { absentIds } = engine.info
    const model_V = await nextLogprobs(engine, prompt(engine))
    const open_V = model_V.map((x, v) => (absentIds.includes(v) ? Number.NEGATIVE_INFINITY : x))
    const total = Math.log(open_V.reduce((sum, x) => sum + Math.exp(x), 0))
    expect(total).toBeLessThan(-1e-3)
    for (const { ids, logprobs_T, sampledLogprobs_T } of await firstTokens(engine, {})) {
      close(logprobs_T, [model_V[ids[0]!]!], 1e-3)
      close(sampledLogprobs_T, [open_V[ids[0]!]! - total], 1e-3)
    }
    const [greedy] = (await engine.sample([{ ids: prompt(engine), n: 1, seed: 0 }], {
      ...options,
      greedy: true,
    })) as [Completion[]]
    expect(greedy![0]!.ids[0]).toBe(open_V.indexOf(Math.max(...open_V)))
    close(greedy![0]!.logprobs_T.slice(0, 1), [Math.max(...open_V)], 1e-3)
  })

  check('a saved model knows them when it is opened again', async (engine, reopen) => {
    const folder = await mkdtemp(join(tmpdir(), 'minform-padded-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await engine.save(folder)
    const again = await reopen(folder)
    expect(again.info.absentIds).toEqual(engine.info.absentIds)
    await again.close()
  })
}

function limits(open: Open, { exactSeeds }: Abilities): void {
  const check = tests(open)

  check('each request may have a limit of its own', async engine => {
    const [a, b, c] = sequences(engine, 5, 2, 3).map((ids, i) => ({ ids, n: 2, seed: 30 + i }))
    const requests = [{ ...a!, maxTokens: 1 }, b!, { ...c!, maxTokens: 7 }]
    const found = await engine.sample(requests, options)
    expect(found.map(all => all.map(({ ids }) => ids.length))).toEqual([
      [1, 1],
      [12, 12],
      [7, 7],
    ])
    expect(found.flat().every(({ stop }) => stop === 'length')).toBe(true)
    if (exactSeeds) {
      const whole = await engine.sample([a!, b!, c!], options)
      const cut = whole.map((all, i) => all.map(({ ids }) => [...ids].slice(0, [1, 12, 7][i])))
      expect(found.map(all => all.map(({ ids }) => [...ids]))).toEqual(cut)
    }
    for (const maxTokens of [0, 1.5, 13])
      await expect(engine.sample([{ ...a!, maxTokens }], options)).rejects.toThrow(
        'expected a whole number from 1 to that of the call, 12',
      )
  })
}

function seeds(open: Open, { exactSeeds }: Abilities): void {
  const check = tests(open)

  if (exactSeeds)
    check('a completion depends on its prompt, seed and index alone', async engine => {
      const prompts = sequences(engine, 5, 2, 9)
      const requests = prompts.map((ids, i) => ({ ids, n: 3, seed: 40 + i }))
      const together = await engine.sample(requests, options)
      expect(together.map(completions => completions.length)).toEqual([3, 3, 3])
      expect(tokens(await engine.sample(requests, options))).toEqual(tokens(together))
      for (const [i, request] of requests.entries()) {
        const [alone] = await engine.sample([request], options)
        expect(tokens([alone!])).toEqual(tokens([together[i]!]))
        const [first] = await engine.sample([{ ...request, n: 1 }], options)
        expect(tokens([first!])).toEqual(tokens([together[i]!.slice(0, 1)]))
      }
    })

  check(
    'completions are of the weights when they were asked for, whatever is learned meanwhile',
    async engine => {
      const all = sequences(engine, 5, 2)
      const requests = all.map((ids, i) => ({ ids, n: 3, seed: 40 + i }))
      const before = await engine.sample(requests, options)
      const weights = new Float32Array(all[0]!.length - 1).fill(1)
      const asked = engine.sample(requests, options)
      await engine.accumulate([{ ids: all[0]!, weights }])
      await engine.step({ learningRate: 0.05, clipNorm: engine.abilities.clipNorm ? 1 : null })
      const after = await asked
      expect(tokens(after)).toEqual(tokens(before))
      for (const { version } of after.flat()) expect(version).toBe(0)
      for (const [i, completions] of after.entries())
        for (const [g, { logprobs_T }] of completions.entries())
          expect(logprobs_T).toEqual(before[i]![g]!.logprobs_T)
      expect(engine.version).toBe(1)
    },
  )

  check('completions that are told before the others are those that come', async engine => {
    const requests = sequences(engine, 5, 2, 9).map((ids, i) => ({ ids, n: 2, seed: 40 + i }))
    const told = new Map<number, readonly Completion[]>()
    const all = await engine.sample(requests, {
      ...options,
      arrived: (request, completions) => {
        expect(told.has(request)).toBe(false)
        told.set(request, completions)
      },
    })
    for (const [request, completions] of told) expect(completions).toEqual(all[request])
  })

  check('other seeds and other indices give other completions', async engine => {
    const [ids] = sequences(engine, 5)
    const requests = [7, 8].map(seed => ({ ids: ids!, n: 4, seed }))
    const all = tokens(await engine.sample(requests, options)).flat()
    expect(new Set(all.map(String)).size).toBe(8)
  })
}

function distributions(open: Open, { shapedLogprobs }: Abilities): void {
  const check = tests(open)

  check('log-probabilities are what score gives', async engine => {
    for (const settings of [{}, { temperature: 0.7, topP: 0.8 }]) {
      const requests = sequences(engine, 6, 3).map((ids, seed) => ({ ids, n: 2, seed }))
      const sampled = await engine.sample(requests, { ...options, ...settings })
      for (const [i, completions] of sampled.entries())
        for (const { ids, logprobs_T } of completions) {
          const prompt = requests[i]!.ids
          const [scores] = await engine.score([Int32Array.of(...prompt, ...ids)])
          close(logprobs_T, scores!.logprobs.slice(prompt.length - 1), 2e-4)
        }
    }
  })

  check('at temperature 1 the sampled distribution is the model', async engine => {
    for (const [i, { ids, logprobs_T, sampledLogprobs_T }] of (
      await firstTokens(engine, {})
    ).entries()) {
      expect(ids.length, `completion ${i}`).toBe(1)
      close(sampledLogprobs_T, logprobs_T, 1e-5)
    }
  })

  for (const settings of [
    { temperature: 0.5 },
    { temperature: 2 },
    { temperature: 0.8, topP: 0.6 },
    { topK: 3 },
    { temperature: 1.5, topK: 5, topP: 0.7 },
  ])
    check(`${JSON.stringify(settings)} shapes what is sampled`, async engine => {
      const expected_V = shaped(await nextLogprobs(engine, prompt(engine)), settings)
      const completions = await firstTokens(engine, settings)
      for (const { ids, sampledLogprobs_T } of completions)
        if (shapedLogprobs) close(sampledLogprobs_T, [expected_V[ids[0]!]!], 1e-3)
        else expect([...sampledLogprobs_T]).toEqual([Number.NaN])
      // The mean of the sampled log-probabilities is minus the entropy, within five standard errors.
      const p = (x: number): number => (x === Number.NEGATIVE_INFINITY ? 0 : Math.exp(x))
      const mean = expected_V.reduce((sum, x) => sum + (p(x) && p(x) * x), 0)
      const variance = expected_V.reduce((sum, x) => sum + (p(x) && p(x) * (x - mean) ** 2), 0)
      const found =
        completions.reduce((sum, { ids }) => sum + expected_V[ids[0]!]!, 0) / completions.length
      expect(Math.abs(found - mean)).toBeLessThan(
        5 * Math.sqrt(variance / completions.length) + 1e-3,
      )
    })

  check('greedy takes the likeliest token, always', async engine => {
    const ids = prompt(engine)
    const requests = [3, 4].map(seed => ({ ids, n: 1, seed }))
    const [[a], [b]] = (await engine.sample(requests, {
      ...options,
      greedy: true,
    })) as Completion[][]
    expect(a!.ids).toEqual(b!.ids)
    for (const t of [0, 5]) {
      const next_V = await nextLogprobs(engine, Int32Array.of(...ids, ...a!.ids.slice(0, t)))
      expect(next_V[a!.ids[t]!]).toBe(Math.max(...next_V))
      expect(a!.logprobs_T[t]).toBeCloseTo(Math.max(...next_V), 3)
    }
    await expect(
      engine.sample([{ ids, n: 2, seed: 0 }], { ...options, greedy: true }),
    ).rejects.toThrow()
  })
}

function ends(open: Open, { minTokens: mayWait, exactSeeds }: Abilities): void {
  const check = tests(open)

  check('a completion ends with its first stop token, or by length', async engine => {
    const stopIds = Array.from({ length: engine.info.vocabSize >> 3 }, (_, i) => 8 * i)
    const requests = sequences(engine, 4, 7).map((ids, seed) => ({ ids, n: 16, seed }))
    const all = (await engine.sample(requests, { maxTokens: 8, stopIds })).flat()
    for (const { ids, stop, logprobs_T, sampledLogprobs_T } of all) {
      const at = ids.findIndex(id => stopIds.includes(id))
      expect(stop).toBe(at < 0 ? 'length' : 'stop')
      expect(ids.length).toBe(at < 0 ? 8 : at + 1)
      expect([logprobs_T.length, sampledLogprobs_T.length]).toEqual([ids.length, ids.length])
    }
    expect(new Set(all.map(({ stop }) => stop))).toEqual(new Set(['stop', 'length']))
  })

  if (!mayWait)
    check('minTokens is refused', async engine => {
      const request = { ids: prompt(engine), n: 1, seed: 0 }
      const asked = engine.sample([request], { ...options, minTokens: 1 })
      await expect(asked).rejects.toThrow(EngineError)
    })

  if (mayWait)
    check(
      'no stop token among the first minTokens, which are drawn from the others',
      async engine => {
        const { vocabSize } = engine.info
        const stopIds = Array.from({ length: vocabSize >> 1 }, (_, i) => 2 * i)
        const ids = prompt(engine)
        const settings = { maxTokens: 6, minTokens: 3, temperature: 0.8, stopIds }
        const [all] = await engine.sample([{ ids, n: 30, seed: 2 }], settings)
        for (const { ids } of all!)
          expect(ids.findIndex(id => id % 2 === 0)).not.toBeOneOf([0, 1, 2])
        const lengths = all!.filter(({ stop }) => stop === 'stop').map(c => c.ids.length)
        expect(Math.min(...lengths)).toBe(4)

        const model_V = await nextLogprobs(engine, ids)
        const open_V = model_V.map((x, v) => (v % 2 === 0 ? Number.NEGATIVE_INFINITY : x / 0.8))
        const total = Math.log(open_V.reduce((sum, x) => sum + Math.exp(x), 0))
        for (const { ids, logprobs_T, sampledLogprobs_T } of all!) {
          close([logprobs_T[0]!], [model_V[ids[0]!]!], 1e-3) // of the model, stop tokens and all
          close([sampledLogprobs_T[0]!], [open_V[ids[0]!]! - total], 1e-3)
        }
        const greedy = { ...settings, greedy: true }
        const [[likely]] = (await engine.sample([{ ids, n: 1, seed: 0 }], greedy)) as [Completion[]]
        expect(likely!.ids[0]).toBe(open_V.indexOf(Math.max(...open_V)))
      },
    )

  if (exactSeeds)
    check('a completion ends where a token completes a stop string', async engine => {
      const tokens = spelling(engine.info.vocabSize)
      await engine.spell(tokens)
      const request = { ids: prompt(engine), n: 24, seed: 5 }
      const [plain] = await engine.sample([request], options)
      const stopStrings = ['éaa', 'aéé'] // of four and five bytes: each takes two tokens
      for (const minTokens of mayWait ? [0, 5] : [0]) {
        const [ended] = await engine.sample([request], { ...options, minTokens, stopStrings })
        for (const [i, { ids, stop, stopString, logprobs_T }] of ended!.entries()) {
          const whole = plain![i]!.ids
          const completes = Array.from(whole, (_, t) => completedAt(whole, t, stopStrings, tokens))
          const at = completes.findIndex((string, t) => t >= minTokens && string !== null)
          expect([stop, stopString]).toEqual(at < 0 ? ['length', null] : ['stop', completes[at]])
          expect(ids).toEqual(whole.subarray(0, at < 0 ? whole.length : at + 1))
          expect(logprobs_T.length).toBe(ids.length)
        }
        expect(new Set(ended!.map(({ stop }) => stop))).toEqual(new Set(['stop', 'length']))
      }
      const stopIds = [plain![0]!.ids[0]!]
      const [first] = await engine.sample([request], {
        ...options,
        stopIds,
        stopStrings: ['\u00e9'],
      })
      expect(first![0]).toMatchObject({
        ids: Int32Array.from(stopIds),
        stop: 'stop',
        stopString: null,
      })
    })

  check('stop strings without bytes, and bytes of another vocabulary', async engine => {
    const request = { ids: prompt(engine), n: 1, seed: 0 }
    const settings = { ...options, stopStrings: ['a'] }
    await expect(engine.sample([request], settings)).rejects.toThrow(EngineError)
    await expect(engine.sample([request], settings)).rejects.toThrow(/call spell\(/)
    const { vocabSize } = engine.info
    const { bytes, starts } = spelling(vocabSize)
    for (const foreign of [
      spelling(vocabSize + 1),
      { bytes: bytes.subarray(1), starts },
      { bytes, starts: starts.toReversed() },
      { bytes, starts: new Int32Array(0) },
    ]) {
      await expect(engine.spell(foreign)).rejects.toThrow(EngineError)
      await expect(engine.sample([request], settings)).rejects.toThrow(/call spell\(/)
    }
    await engine.spell(spelling(vocabSize - 1)) // a model may have more entries than its tokenizer
    await engine.sample([request], settings)
    const empty = engine.sample([request], { ...options, stopStrings: [''] })
    await expect(empty).rejects.toThrow('a stop string is empty')
  })

  check('a completion names the weights that sampled it', async engine => {
    const ids = prompt(engine)
    const version = async () => (await engine.sample([{ ids, n: 2, seed: 0 }], options))[0]!
    expect((await version()).map(c => c.version)).toEqual([0, 0])
    await engine.accumulate([{ ids, weights: new Float32Array(ids.length - 1).fill(1) }])
    await engine.step({ learningRate: 1e-3, clipNorm: null })
    expect((await version()).map(c => c.version)).toEqual([1, 1])
  })

  const waits = [
    [{ minTokens: 13 }, 'minTokens 13, expected a whole number from 0 to maxTokens, which is 12'],
    [{ minTokens: -1 }, 'minTokens -1'],
  ] as const
  check('settings outside their range', async engine => {
    const request = { ids: prompt(engine), n: 1, seed: 0 }
    for (const [settings, message] of [
      [{ maxTokens: 0 }, 'maxTokens 0, expected a whole number from 1'],
      ...(mayWait ? waits : []),
      [{ temperature: 0 }, 'temperature 0, expected a number above 0'],
      [{ topK: 0 }, 'topK 0, expected a whole number from 1'],
      [{ topP: 2 }, 'topP 2, expected a number in (0, 1]'],
      [{ stopIds: [engine.info.vocabSize] }, `stopIds holds token ${engine.info.vocabSize}`],
    ] as const) {
      const asked = engine.sample([request], { ...options, ...settings })
      await expect(asked).rejects.toThrow(EngineError)
      await expect(engine.sample([request], { ...options, ...settings })).rejects.toThrow(message)
    }
    const none = engine.sample([{ ...request, n: 0 }], options)
    await expect(none).rejects.toThrow('prompt 0 asks for 0 completions')
  })

  check('a completion never leaves the positions of the model', async engine => {
    const { maxPositions } = engine.info
    const [ids] = sequences(engine, maxPositions - 3)
    const [[completion]] = (await engine.sample([{ ids: ids!, n: 1, seed: 0 }], options)) as [
      Completion[],
    ]
    expect(completion!.ids.length).toBe(3)
    expect(completion!.stop).toBe('length')
  })
}

/** Three bytes a token: a, and the two bytes of é, as the digits of its id say. */
function spelling(vocabSize: number): TokenBytes {
  const alphabet = [0x61, 0xc3, 0xa9]
  const digit = (i: number): number => Math.floor(Math.floor(i / 3) / 3 ** (i % 3)) % 3
  return {
    bytes: Uint8Array.from({ length: 3 * vocabSize }, (_, i) => alphabet[digit(i)]!),
    starts: Int32Array.from({ length: vocabSize + 1 }, (_, id) => 3 * id),
  }
}

/** The string that token t completes. */
function completedAt(
  ids: Int32Array,
  t: number,
  strings: readonly string[],
  { bytes }: TokenBytes,
): string | null {
  const text = Buffer.concat(Array.from(ids, id => bytes.subarray(3 * id, 3 * id + 3)))
  const upTo = text.subarray(0, 3 * (t + 1))
  const found = strings.filter(string => {
    const { length } = Buffer.from(string)
    return upTo.indexOf(string, Math.max(0, 3 * t - length + 1)) >= 0
  })
  expect(found.length).toBeLessThan(2)
  return found[0] ?? null
}

function prompt(engine: Engine): Int32Array {
  return sequences(engine, 4)[0]!
}

async function firstTokens(engine: Engine, settings: object): Promise<readonly Completion[]> {
  const request = { ids: prompt(engine), n: 200, seed: 11 }
  const [completions] = await engine.sample([request], { maxTokens: 1, stopIds: [], ...settings })
  return completions!
}

/** Log-probabilities after temperature, top-k and top-p; -Infinity for what they cut. */
function shaped(
  logprobs_V: Float64Array,
  { temperature = 1, topK, topP = 1 }: { temperature?: number; topK?: number; topP?: number },
): Float64Array {
  const power_V = logprobs_V.map(x => Math.exp(x / temperature))
  const order = [...power_V.keys()].sort((a, b) => power_V[b]! - power_V[a]!).slice(0, topK)
  const total = order.reduce((sum, v) => sum + power_V[v]!, 0)
  const kept: number[] = []
  let mass = 0
  for (const v of order) {
    if (mass >= topP) break
    kept.push(v)
    mass += power_V[v]! / total
  }
  const out = new Float64Array(logprobs_V.length).fill(Number.NEGATIVE_INFINITY)
  for (const v of kept) out[v] = Math.log(power_V[v]! / total / mass)
  return out
}

function tokens(all: readonly (readonly Completion[])[]): number[][][] {
  return all.map(completions => completions.map(({ ids }) => [...ids]))
}
