import { expect, test } from 'vitest'
import { part } from '../../src/credit/part.ts'
import { mean } from '../../src/numbers/numeric.ts'
import { answerLikelihood, answerMean } from '../../src/rewards/answer-likelihood.ts'
import { nextSpread, type UsualSpread, wideEnough } from '../../src/rewards/wide-enough.ts'
import { toRollout } from '../../src/rollouts/independent.ts'
import type { Problem } from '../../src/types.ts'
import { exampleGroup } from '../example-groups.ts'
import { problems, tokenizer, toyPolicy, toySampler } from '../toy.ts'

test('the mean of probabilities bears an unlikely token that the product does not (arXiv:2506.18254, section 3.2)', () => {
  const bytes = { encode: (text: string) => Int32Array.from(text, c => c.charCodeAt(0)) }
  const letters = {
    ...bytes,
    pieces: (ids: ArrayLike<number>) => Array.from(ids, id => String.fromCharCode(id)),
  }
  const mean = (...p: number[]): number => {
    const text = `so \\boxed{${'7'.repeat(p.length)}}`
    const all = [...text].map(() => 0.5)
    all.splice(text.indexOf('7'), p.length, ...p)
    return answerMean(Float32Array.from(all, Math.log), text, letters)
  }
  expect(mean(0.01, 0.7, 0.9)).toBeCloseTo(0.537, 3)
  expect(mean(0.05, 0.7, 0.9)).toBeCloseTo(0.55, 3)
  expect(mean(0.9, 0.5, 1) - mean(0.3, 0.4, 0.5)).toBeCloseTo(0.4, 6)
  expect(0.9 * 0.4 + 0.1).toBeCloseTo(0.46, 12)
})

const policy = toyPolicy(6)
const likelihood = answerLikelihood({ policy, format: 0.1, ...toySampler(policy) })

function groupOf(problem: Problem, ...texts: string[]) {
  const promptIds = tokenizer.encode(problem.prompt)
  const rollouts = texts.map(text => {
    const ids = Int32Array.from([...tokenizer.encode(text), tokenizer.eosId])
    const logprobs_T = new Float32Array(ids.length).fill(-1)
    const completion = { ids, logprobs_T, sampledLogprobs_T: logprobs_T, stop: 'stop' as const }
    return toRollout({ ...completion, stopString: null, version: 0 }, promptIds, tokenizer)
  })
  return { problem, rollouts }
}

/** The toy policy's probability of one text after another one, each a token. */
function probability(before: string, after: string): number {
  const row = [...policy.table.row(tokenizer.encode(before)[0]!)].map(Math.exp)
  return row[tokenizer.encode(after)[0]!]! / row.reduce((a, b) => a + b)
}

test('the known answer in the place of the box, less what it is without reasoning', async () => {
  const group = groupOf(
    problems[2]!,
    'good\\boxed{1}',
    'bad\n\nbad\\boxed{2}',
    '\\boxed{3}',
    'good',
    '\\boxed{0}good\\boxed{1}bad',
  )
  const [found] = await likelihood([group])
  const without = probability('q2', '\\boxed{2}')
  const gain = (word: string): number => Math.max(probability(word, '\\boxed{2}') - without, 0)
  const expected = [gain('good'), gain('bad'), 0, 0, gain('good')]
  expect(Math.max(...expected)).toBeGreaterThan(0)
  const { likelihood: of, earned } = found!.parts_G
  for (const [g, value] of expected.entries()) {
    expect(of[g]).toBeCloseTo(value, 5)
    expect(earned[g]).toBeCloseTo(g === 3 ? 0 : 0.9 * value + 0.1, 5)
  }
})

test('nothing is known without an answer, or where it does not fit behind the reasoning', async () => {
  const unknown = groupOf({ ...problems[0]!, answer: null }, 'good\\boxed{1}', 'good')
  const long = groupOf(problems[0]!, `${'good'.repeat(31)}\\boxed{1}`, '\\boxed{1}')
  const [first, second] = await likelihood([unknown, long])
  for (const values of Object.values(first!.parts_G)) expect(values).toEqual([null, null])
  expect(second!.parts_G.likelihood).toEqual([null, 0])
})

const spreads = (...values: (number | null)[][]) => ({
  groups_P: values.map(of => exampleGroup(...of.map(() => [1]))),
  rewards_P: values.map(earned => ({ parts_G: { earned } })),
})

test('groups whose rewards hardly differ are left out once it is known what is usual', () => {
  const batch = spreads([0, 1], [0.5, 0.51], [null, 1])
  const select = (seen: number) =>
    wideEnough('earned', { usual: { spread: 0.6, seen }, share: 0.5 })(batch)
  expect(select(9)).toEqual([
    [0, 1],
    [0, 1],
    [0, 1],
  ])
  expect(select(10)).toEqual([[0, 1], [], []])
  expect(wideEnough('earned', { usual: null, share: 0.5 })(batch)).toHaveLength(3)
})

test('what is usual: the mean of iterations 6 to 10, then a hundredth of the way to each next', () => {
  let usual: UsualSpread | null = null
  for (let i = 1; i <= 10; i++) usual = nextSpread('earned', usual)(spreads([0, i], [0, i])) // spreads i / sqrt(2)
  expect(usual!.spread).toBeCloseTo(mean([6, 7, 8, 9, 10]) / Math.SQRT2, 6)
  const next = nextSpread('earned', usual)(spreads([0, 0]))
  expect(next.spread).toBeCloseTo((0.99 * 8) / Math.SQRT2, 6)
  expect(nextSpread('earned', next)(spreads([0, Number.NaN])).spread).toBe(next.spread)
})

test('a named part of the rewards is the credit of every token; what is not known stays so', () => {
  const group = exampleGroup([2], [1])
  const found = part('earned')(group, { parts_G: { earned: [0.25, null] } })
  expect(found).toEqual([Float32Array.of(0.25, 0.25), null])
})
