import { expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { confidenceOf, widestPairs } from '../../src/rewards/answer-confidence.ts'
import { surest } from '../../src/search/surest.ts'
import { preference } from '../../src/update/preference.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'
import { found, pathOf } from '../search/by-hand.ts'
import { tokenizer as toy } from '../toy.ts'
import { input, numericSlope } from '../update/example-batch.ts'

const pieces = ['so ', '\\boxed{', '4', '2', '}', '', 'x']
const tokenizer = { ...toy, pieces: (ids: ArrayLike<number>) => Array.from(ids, id => pieces[id]!) }
const logs = (...probabilities: number[]) => f32(...probabilities.map(Math.log))
const rollout = (ids: number[], probabilities: number[]) => ({
  ...exampleRollout([ids.length]),
  ids: Int32Array.from(ids),
  logprobs_T: logs(...probabilities),
})

test('probabilities 0.9 and 0.8 inside the box: 0.85, whatever stands before it (arXiv:2510.13501, eq. 2)', () => {
  const answer = rollout([0, 1, 2, 3, 4, 5], [0.5, 0.3, 0.9, 0.8, 1, 1])
  expect(confidenceOf(answer, tokenizer)).toBeCloseTo(0.85, 6)
  const other = rollout([6, 6, 1, 6, 4, 0, 1, 2, 3, 4], [0.1, 0.2, 1, 0.4, 1, 1, 1, 0.9, 0.8, 0.1])
  expect(confidenceOf(other, tokenizer)).toBeCloseTo(0.85, 6) // of the last box
  expect(confidenceOf(rollout([0, 2, 3], [1, 1, 1]), tokenizer)).toBeNull()
  const hinted = { ...answer, spans: [{ start: 0, end: 6, role: 'hint' as const }] }
  expect(confidenceOf(hinted, tokenizer)).toBeNull()
})

test('of each group its widest pair, of the groups the widest', () => {
  const of = (outcome_G: (number | null)[], confidence: (number | null)[]) => ({
    outcome_G,
    parts_G: { confidence },
  })
  const rewards_P = [
    of([1, 0, 1, 0], [0.5, 0.4, 0.9, 0.1]), // 0.8
    of([0, 1], [0.9, 0.8]), // -0.1
    of([1, 1], [0.9, 0.8]),
    of([1, 0, null], [null, 0.5, 0.1]),
    of([0, 1, 0], [0.3, 0.9, null]), // 0.6
  ]
  const groups_P = rewards_P.map(({ outcome_G }) => exampleGroup(...outcome_G.map(() => [1])))
  const select = (share: number) => widestPairs(share)({ groups_P, rewards_P })
  expect(select(1)).toEqual([[2, 3], [0, 1], [], [], [0, 1]])
  expect(select(0.5)).toEqual([[2, 3], [], [], [], [0, 1]])
  expect(select(0.01)).toEqual([[2, 3], [], [], [], []])
})

const pair = [
  { ...input([-1, -2], [-1, -2], [1, 1]), reference_T: f32(-1.5, -2.5) },
  { ...input([-3], [-3], [-1]), reference_T: f32(-2) },
]

test('a pair worked out by hand: r = 1 and -1, beta 0.5 (arXiv:2305.18290, eq. 7)', () => {
  const { loss, dlogprobs_G_T, metrics } = preference({ beta: 0.5 }).of(pair)
  expect(loss).toBeCloseTo(Math.log(1 + Math.exp(-1)), 6)
  const slope = 0.5 / (1 + Math.E)
  expect([...dlogprobs_G_T[0]!, ...dlogprobs_G_T[1]!].map(x => x / slope)).toEqual(
    [-1, -1, 1].map(x => expect.closeTo(x, 5)),
  )
  expect(metrics).toEqual({ 'update/pairs': 1, 'update/preferred': 1 })
})

test('slopes are derivatives, of several pairs, over groups, with tokens of others', () => {
  const draw = random(6)
  for (let round = 0; round < 20; round++) {
    const batch = [1, -1, 1, -1, 0].map((sign, g) => {
      const xs = [-draw(), -2 * draw(), -draw()]
      return {
        ...input(
          xs,
          xs,
          xs.map(() => sign * (0.5 + draw())),
          [1, Number(g !== 2), 1],
        ),
        group: g >> 2,
      }
    })
    const loss = preference({ beta: 0.7 })
    const slopes = loss.of(batch).dlogprobs_G_T
    for (const [g, slope_T] of numericSlope(loss, batch).entries())
      for (const [t, slope] of slope_T.entries()) expect(slopes[g]![t]).toBeCloseTo(slope, 3)
  }
})

test('no pair, no loss; pairs do not cross groups; NaN is seen; the reference must be there', () => {
  const loss = preference()
  expect(loss.of([pair[0]!]).loss).toBe(0)
  expect(loss.of([]).loss).toBe(0)
  expect(loss.of([pair[0]!, { ...pair[1]!, group: 1 }]).loss).toBe(0)
  expect(loss.of([pair[0]!, { ...pair[1]!, advantages_T: f32(Number.NaN) }]).loss).toBeNaN()
  expect(() => loss.of([{ ...pair[0]!, reference_T: null }])).toThrow(
    'rollout 0 has no reference_T',
  )
})

test('search: the answer whose last step is surest, or the surest sum', () => {
  const answer = (text: string, last: number) => ({
    ...pathOf(['work', text], 'stop'),
    logprobs_T: logs(0.2, last),
  })
  const world = {
    extend: () => [answer('a', 0.5), answer('b', 0.7), answer('a', 0.6)],
    same: (texts: readonly string[]) => texts.map(text => text.charCodeAt(text.length - 1)),
  }
  const texts = (choice: 'best' | 'weighted') =>
    found(surest({ n: 3, choice }), world).map(({ path }) => path.steps[1]!.text)
  expect(texts('best')).toEqual(['b', 'a', 'a'])
  expect(texts('weighted')).toEqual(['a', 'a', 'b'])
  expect(found(surest({ n: 3 }), world)[0]!.score).toBeCloseTo(0.7, 6)
})
