import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Choice, type ChooseOptions, Chooser } from '../../src/engine/choose.ts'
import { EngineError } from '../../src/errors.ts'
import { normal, random } from '../../src/numbers/random.ts'

// Probabilities 0.5, 0.1, 0.3, 0.1; at temperature 0.5 they are squared: 25, 1, 9, 1 of 36.
const probabilities = [0.5, 0.1, 0.3, 0.1]
const logits_V = Float32Array.from(probabilities, p => Math.log(p) + 7)

function choose(
  logits_V: Float32Array,
  u: number,
  options: ChooseOptions = {},
  barred: readonly number[] = [],
): Choice {
  return { ...new Chooser(logits_V.length, options).choose(logits_V, 0, u, barred) }
}
const ids = (uniforms: number[], options = {}, barred: readonly number[] = []) =>
  uniforms.map(u => choose(logits_V, u, options, barred).id)

describe('a draw', () => {
  test('a token owns the share of [0, 1) that its probability is', () => {
    expect(ids([0, 0.49, 0.51, 0.59, 0.61, 0.89, 0.91, 0.999999])).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
    expect(ids([0.69, 0.7, 0.73, 0.96, 0.98], { temperature: 0.5 })).toEqual([0, 1, 2, 2, 3])
  })

  test('top-p keeps the fewest tokens that reach it, likeliest first', () => {
    expect(ids([0.62, 0.63], { topP: 0.79 })).toEqual([0, 2])
    expect(ids([0.1, 0.999], { topP: 0.4 })).toEqual([0, 0])
    expect(ids([0.56, 0.6, 0.999], { topP: 0.85 })).toEqual([1, 1, 2]) // of the two equals, the lower id
    expect(ids([0.999], { topP: 0.95 })).toEqual([3])
  })

  test('top-k keeps the likeliest, of equals the lower ids', () => {
    expect(ids([0.62, 0.63, 0.999], { topK: 2 })).toEqual([0, 2, 2])
    expect(ids([0.55, 0.56, 0.66, 0.67, 0.999], { topK: 3 })).toEqual([0, 1, 1, 2, 2])
    expect(ids([0.999], { topK: 1 })).toEqual([0])
    expect(ids([0.999], { topK: 9 })).toEqual([3])
  })

  test('top-p is of what top-k keeps', () => {
    expect(ids([0.999], { topK: 2, topP: 0.62 })).toEqual([0]) // 0.5 of 0.8 is 0.625
    expect(ids([0.999], { topP: 0.62 })).toEqual([2])
  })

  test('a barred token does not come, and the others share what it had', () => {
    expect(ids([0, 0.19, 0.21, 0.79, 0.81], {}, [0])).toEqual([1, 1, 2, 2, 3])
    expect(ids([0.999], { topK: 2 }, [0, 3])).toEqual([2])
    const { logprob, sampledLogprob } = choose(logits_V, 0.5, {}, [0])
    expect([logprob, sampledLogprob].map(Math.exp)).toEqual([
      expect.closeTo(0.3, 6), // of the model, which has no bars
      expect.closeTo(0.6, 6),
    ])
    expect(choose(logits_V, 0.5, { greedy: true }, [0]).id).toBe(2)
    expect(ids([0.5])).toEqual([0]) // the bars were of that draw alone
  })

  test('greedy takes the likeliest with certainty, the first of equals', () => {
    const choice = choose(logits_V, 0.99, { greedy: true, temperature: 3 })
    expect(choice).toEqual({ id: 0, logprob: expect.closeTo(Math.log(0.5), 6), sampledLogprob: 0 })
    expect(choose(Float32Array.of(1, 2, 2), 0.9, { greedy: true }).id).toBe(1)
  })

  test('a token that cannot be is never drawn', () => {
    const masked = Float32Array.of(0, -Infinity, 0, -Infinity)
    for (const options of [{}, { topK: 3 }, { topP: 0.9999 }, { temperature: 2 }])
      expect([0, 0.5, 1 - 2 ** -32].map(u => choose(masked, u, options).id)).toEqual([0, 2, 2])
  })

  test('a row inside a larger array', () => {
    const rows = Float32Array.of(9, 9, ...logits_V, 9)
    expect(new Chooser(4).choose(rows, 2, 0.51).id).toBe(1)
    expect(new Chooser(4, { topK: 3 }).choose(rows, 2, 0.999).id).toBe(2)
  })
})

describe('ids that stand for no token', () => {
  const absent = [0, 4, 5]
  const row_V = Float32Array.of(...logits_V, 9, 5) // far likelier than the others
  const draw = (u: number, options: ChooseOptions = {}, barred: readonly number[] = []) => ({
    ...new Chooser(6, options, absent).choose(row_V, 0, u, barred),
  })

  test('never come, at the end of the vocabulary or inside it', () => {
    expect([0, 0.19, 0.21, 0.79, 0.81].map(u => draw(u).id)).toEqual([1, 1, 2, 2, 3])
    expect(draw(0.999, { topK: 2 }).id).toBe(2)
    expect(draw(0.999, { topP: 0.5 }).id).toBe(2)
    expect(draw(0.5, { greedy: true }).id).toBe(2)
    expect(draw(0.999, {}, [3]).id).toBe(2)
    expect(draw(0.999, { temperature: 1e6, topK: 6 }).id).toBe(3)
  })

  test('count in the log-probability of the model alone', () => {
    const total = Math.log(row_V.reduce((sum, x) => sum + Math.exp(x), 0))
    const { logprob, sampledLogprob } = draw(0.5)
    expect(logprob).toBeCloseTo(row_V[2]! - total, 6)
    expect(Math.exp(sampledLogprob)).toBeCloseTo(0.6, 6)
  })

  test('of any size, and damaged ones', () => {
    const choose = (...padding: number[]) => {
      const all_V = Float32Array.of(0, Math.log(3), ...padding)
      const ids = padding.map((_, i) => 2 + i)
      return { ...new Chooser(all_V.length, {}, ids).choose(all_V, 0, 0.9) }
    }
    const [low, high] = [choose(-Infinity, -1e4), choose(3e4)]
    expect([low.id, high.id]).toEqual([1, 1])
    expect(low.logprob).toBeCloseTo(Math.log(0.75), 6)
    expect(high.logprob).toBeCloseTo(Math.log(3) - 3e4, 6)
    expect(high.sampledLogprob).toBeCloseTo(Math.log(0.75), 6)
    for (const bad of [Number.NaN, Infinity]) expect(() => choose(0, bad)).toThrow(EngineError)
    expect(() => new Chooser(2, {}, [0, 1])).toThrow(EngineError)
  })
})

test('log-probabilities of the model and of what was sampled', () => {
  const plain = choose(logits_V, 0.7)
  expect([plain.logprob, plain.sampledLogprob].map(Math.exp)).toEqual([
    expect.closeTo(0.3, 6),
    expect.closeTo(0.3, 6),
  ])
  const shaped = choose(logits_V, 0.999, { temperature: 0.5, topP: 0.9 })
  expect(shaped.id).toBe(2)
  expect(Math.exp(shaped.logprob)).toBeCloseTo(0.3, 6)
  expect(Math.exp(shaped.sampledLogprob)).toBeCloseTo(9 / 34, 6)
})

describe('refused', () => {
  test.each([
    { options: { temperature: 0 }, message: 'temperature 0, expected a number above 0' },
    { options: { temperature: Number.NaN }, message: 'temperature NaN' },
    { options: { topP: 0 }, message: 'topP 0, expected a number in (0, 1]' },
    { options: { topP: 1.1 }, message: 'topP 1.1' },
    { options: { topP: Number.NaN }, message: 'topP NaN' },
    { options: { topK: 0 }, message: 'topK 0, expected a whole number from 1' },
    { options: { topK: 1.5 }, message: 'topK 1.5' },
  ])('$message', ({ options, message }) => {
    expect(() => new Chooser(4, options)).toThrow(EngineError)
    expect(() => new Chooser(4, options)).toThrow(message)
  })

  const none = [-Infinity, -Infinity]
  test.each([
    { values: [1, Number.NaN, 2], found: '1 NaN and 0 infinite, of 3' },
    { values: [Number.NaN, -Infinity], found: '1 NaN and 0 infinite, of 2' },
    { values: [1, Infinity, Number.NaN], found: '1 NaN and 1 infinite, of 3' },
    { values: none, found: 'none above -Infinity, of 2' },
  ])('logits with $found', ({ values, found }) => {
    for (const options of [{}, { greedy: true }, { topK: 1 }, { temperature: 0.5, topP: 0.5 }]) {
      const draw = () => choose(Float32Array.from(values), 0.5, options)
      expect(draw).toThrow(EngineError)
      expect(draw).toThrow(found)
    }
  })

  test('bars that leave nothing', () => {
    expect(() => choose(logits_V, 0, {}, [0, 1, 2, 3])).toThrow(
      /all tokens .* are barred \(4 ids\)/,
    )
  })
})

/** Log-probabilities of what is sampled, by sorting everything; null where the cut is too close to call. */
function sampledLogprobs(
  logits: readonly number[],
  { temperature = 1, topK = logits.length, topP = 1 }: ChooseOptions,
  barred: readonly number[],
): number[] | null {
  const open = logits.map((x, v) => (barred.includes(v) ? -Infinity : x / temperature))
  const order = [...open.keys()].sort((a, b) => open[b]! - open[a]! || a - b).slice(0, topK)
  const weight = (v: number): number => Math.exp(open[v]! - open[order[0]!]!)
  const target = topP * order.reduce((sum, v) => sum + weight(v), 0)
  const kept: number[] = []
  let mass = 0
  for (const v of order) {
    if (topP < 1 && Math.abs(mass - target) < 1e-8 * target) return null
    if (topP < 1 && mass >= target) break
    kept.push(v)
    mass += weight(v)
  }
  return logits.map((_, v) => (kept.includes(v) ? Math.log(weight(v) / mass) : -Infinity))
}

const logit = fc.oneof(
  { weight: 6, arbitrary: fc.float({ min: -12, max: 12, noNaN: true }) },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 3 }) }, // many equals
  { weight: 1, arbitrary: fc.constantFrom(-Infinity, -3e38, -200, -1e9) },
)
const settings = fc.record({
  temperature: fc.constantFrom(1, 1, 0.1, 0.7, 3, 1e-6, 1e3),
  topK: fc.integer({ min: 1, max: 80 }),
  topP: fc.oneof(fc.constantFrom(1, 0.9, 0.5), fc.double({ min: 1e-6, max: 1, noNaN: true })),
})

test('any draw is what sorting the whole vocabulary gives', () => {
  const row = fc.array(logit, { minLength: 1, maxLength: 70 })
  const uniform = fc.double({ min: 0, max: 1 - 2 ** -32, noNaN: true })
  const bars = fc.array(fc.nat(69), { maxLength: 3 })
  let compared = 0
  fc.assert(
    fc.property(row, settings, bars, uniform, (row, options, bars, u) => {
      const barred = bars.filter(id => id < row.length)
      const logits = [...Float32Array.from(row)]
      fc.pre(logits.some((x, v) => x > -Infinity && !barred.includes(v)))
      const expected_V = sampledLogprobs(logits, options, barred)
      fc.pre(expected_V !== null)
      const { id, logprob, sampledLogprob } = choose(Float32Array.from(row), u, options, barred)
      expect(sampledLogprob).toBeCloseTo(expected_V![id]!, 6)
      const top = Math.max(...logits)
      const total = logits.reduce((sum, x) => sum + Math.exp(x - top), 0)
      expect(Math.abs(logprob - (logits[id]! - top - Math.log(total)))).toBeLessThan(1e-6)
      const before = expected_V!.slice(0, id).reduce((sum, x) => sum + Math.exp(x), 0)
      expect(u).toBeGreaterThan(before - 1e-8)
      expect(u).toBeLessThan(before + Math.exp(expected_V![id]!) + 1e-8)
      compared++
    }),
    { numRuns: 2000 },
  )
  expect(compared).toBe(2000)
})

test('a vocabulary of 151,936, drawn many times from one chooser', () => {
  const size = 151_936
  const draw = random(1, 'logits')
  const logits_V = Float32Array.from({ length: size }, () => Math.round(64 * 3 * normal(draw)) / 64) // with many equals
  const order = [...logits_V.keys()].sort((a, b) => logits_V[b]! - logits_V[a]! || a - b)
  for (const options of [
    { topK: 50 },
    { topP: 0.8 },
    { topK: 2000, topP: 0.9, temperature: 0.7 },
  ]) {
    const chooser = new Chooser(size, options)
    const { temperature = 1, topK = size, topP = 1 } = options
    const weights = order.slice(0, topK).map(v => Math.exp(logits_V[v]! / temperature))
    const target = topP * weights.reduce((a, b) => a + b, 0)
    let mass = 0
    let kept = 0
    while (kept < weights.length && mass < target) mass += weights[kept++]!
    const likely = new Set(order.slice(0, kept))
    for (let i = 0; i < 20; i++) {
      const { id, sampledLogprob } = chooser.choose(logits_V, 0, draw())
      expect(likely.has(id)).toBe(true)
      expect(sampledLogprob).toBeCloseTo(logits_V[id]! / temperature - Math.log(mass), 6)
    }
  }
})
