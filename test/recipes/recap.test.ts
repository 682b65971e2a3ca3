import { expect, test } from 'vitest'
import {
  nextLosses,
  recentlyWeighted,
  recentWeights,
  soften,
} from '../../src/advantages/recent-weights.ts'
import type { Method } from '../../src/method.ts'
import { random } from '../../src/numbers/random.ts'
import { withReplays } from '../../src/rewards/replay-likelihood.ts'
import { withSolutions } from '../../src/rollouts/with-solutions.ts'
import type { Group } from '../../src/types.ts'
import { exampleGroup, f32 } from '../example-groups.ts'
import { problems, tokenizer, toyNeeds, toyPolicy } from '../toy.ts'

test('scores of 1.05 and 1.1, and of 1 and 2.3, as weights (arXiv:2510.21978, eq. 6)', () => {
  const close = (...xs: number[]) => xs.map(x => expect.closeTo(x, 3))
  expect(soften([1.05, 1.1], 5)).toEqual(close(0.995, 1.005))
  expect(soften([1, 2.3], 5)).toEqual(close(0.871, 1.129))
  expect(soften([1, 2.3], 1)).toEqual(close(0.428, 1.572))
  expect(soften([1, 1000], 1)).toEqual([0, 2])
})

const options = { window: 2, heat: 1 }

test('what has stopped to fall weighs more than what falls; all the same before two windows', () => {
  const losses = { falls: [0.8, 0.8, 0.4, 0.4], stands: [0.5, 0.5, 0.5, 0.5] }
  const names = ['falls', 'stands'] as const
  const found = recentWeights(names, losses, options)
  expect(found.stands / found.falls).toBeCloseTo(Math.exp(1 - 0.41 / 0.81), 10)
  const unsteady = { falls: losses.stands, stands: [0.5, 0.5, 0.3, 0.7] }
  const other = recentWeights(names, unsteady, options)
  expect(other.stands / other.falls).toBeCloseTo(Math.exp(0.2 / 1.02), 10)
  for (const early of [null, { ...losses, falls: [0.8, 0.4, 0.4] }])
    expect(recentWeights(names, early, options)).toEqual({ falls: 1, stands: 1 })
})

test('weights are 1 on average and finite, also where losses are 0', () => {
  const draw = random(6)
  const names = ['a', 'b', 'c'] as const
  for (let round = 0; round < 100; round++) {
    const of = () => Array.from({ length: 4 }, () => (draw() < 0.3 ? 0 : draw()))
    const weights = Object.values(recentWeights(names, { a: of(), b: of(), c: of() }, options))
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(3, 10)
    for (const weight of weights) expect(weight).toBeGreaterThan(0)
  }
})

test('losses are 1 less the mean of what is known; no number is no loss, and old ones are forgotten', () => {
  const batch = (format: (number | null)[]) => ({
    groups_P: [],
    rewards_P: [{ outcome_G: [1, null, 0], parts_G: { format } }],
  })
  const before = { outcome: [0.1, 0.2, 0.3, 0.4], format: [0.5] }
  expect(nextLosses(before, ['format'], options)(batch([1, 0.5, null]))).toEqual({
    outcome: [0.2, 0.3, 0.4, 0.5],
    format: [0.5, 0.25],
  })
  expect(nextLosses(null, ['format'], options)(batch([null, null, null])).format).toEqual([])
})

test('each objective has its own baseline, and the mean of them by weight is learned', () => {
  const batch = {
    groups_P: [exampleGroup([1], [1])],
    rewards_P: [{}],
    streams_P: [{ a: [f32(1), f32(0)], b: [f32(0), f32(3)] }],
  }
  const losses = { a: [0.8, 0.8, 0.4, 0.4], b: [0.5, 0.5, 0.5, 0.5] }
  const { advantages_P_G_T, metrics } = recentlyWeighted(
    ['a', 'b'],
    { ...losses, replay: [] },
    options,
  )(batch)
  const { a, b } = recentWeights(['a', 'b'], losses, options)
  expect(advantages_P_G_T[0]![0]![0]).toBeCloseTo((a - b) / 2, 4)
  expect(advantages_P_G_T[0]![1]![0]).toBeCloseTo((b - a) / 2, 4)
  const unknown = { ...batch, streams_P: [{ a: [f32(1), null], b: [f32(0), f32(3)] }] }
  expect(
    recentlyWeighted(['a', 'b'], { ...losses, replay: [] }, options)(unknown).advantages_P_G_T,
  ).toEqual([[f32(0), f32(0)]])
  expect(metrics).toMatchObject({ 'advantages/a_weight': a, 'advantages/b_weight': b })
})

const solved = { ...problems[0]!, solution: ['good', 'good\\boxed{0}'] }

test('a row without an answer is its solution, and so is a share of the others; what cannot be spelled is sampled', async () => {
  const asked: string[] = []
  const sample: Method['rollouts'] = async given => {
    asked.push(...given.map(({ id }) => id))
    return given.map(problem => ({ ...exampleGroup([1], [1]), problem }))
  }
  const given = [
    solved,
    { ...solved, id: 'text', answer: null },
    { ...solved, id: 'unspelled', solution: ['7'] },
    { ...solved, id: 'last' },
  ]
  const found = await withSolutions(sample, { tokenizer, share: 0.5 })(given, 1)
  expect(asked).toEqual(['q0', 'unspelled'])
  expect(found.map(({ problem }) => problem.id)).toEqual(given.map(({ id }) => id))
  expect(found.map(({ rollouts }) => rollouts.length)).toEqual([2, 1, 2, 1])
  expect(found[1]!.rollouts[0]).toMatchObject({ origin: 'other', stop: 'stop' })
  expect(found[1]!.rollouts[0]!.text).toBe('good\n\ngood\\boxed{0}')
})

test('replayed texts have a loss of their own, and nothing else; the next-token loss is what is learned', async () => {
  const policy = toyPolicy(1)
  const sample = toyNeeds(policy).sample(2)
  const groups = await withSolutions(sample, { tokenizer, share: 0.5 })([solved, solved], 1)
  const grade = async (all: readonly Group[]) =>
    all.map(({ rollouts }) => {
      const known = rollouts.map(() => 1)
      return { outcome_G: known, parts_G: { format: known } }
    })
  const rewards_P = await withReplays(grade, policy)(groups)
  expect(rewards_P[0]!.parts_G).toEqual({ format: [1, 1], replay: [null, null] })
  expect(rewards_P[1]).toMatchObject({ outcome_G: [null], parts_G: { format: [null] } })
  const { promptIds, ids } = groups[1]!.rollouts[0]!
  const [scores] = await policy.score([Int32Array.from([...promptIds, ...ids])])
  const own = [...scores!.logprobs.subarray(promptIds.length - 1)]
  expect(rewards_P[1]!.parts_G.replay[0]).toBeCloseTo(
    1 + own.reduce((a, b) => a + b) / own.length,
    5,
  )
  const streams_P = groups.map(({ rollouts }) => ({ a: rollouts.map(() => null) }))
  const { advantages_P_G_T } = recentlyWeighted(
    ['a'],
    null,
    options,
  )({ groups_P: groups, rewards_P, streams_P })
  // a mean over all tokens of these advantages is half of the mean over the replayed ones
  const all = groups
    .flatMap(({ rollouts }) => rollouts)
    .reduce((sum, one) => sum + one.ids.length, 0)
  for (const x of advantages_P_G_T[1]![0]!) expect(x).toBeCloseTo(all / ids.length / 2, 4)
  for (const x of advantages_P_G_T[0]!.flatMap(of => [...of])) expect(x).toBe(0)
})
