import { expect, test } from 'vitest'
import { spreadWeight } from '../../src/advantages/spread-weighted.ts'
import { stratified } from '../../src/credit/stratified.ts'
import { iterate } from '../../src/iterate.ts'
import { random } from '../../src/numbers/random.ts'
import { type Needs, resolve } from '../../src/recipe.ts'
import hero from '../../src/recipes/hero.ts'
import { advantages } from '../../src/stages.ts'
import { exampleGroup, expectClose, f32 } from '../example-groups.ts'
import { problems, toyNeeds, toyPolicy } from '../toy.ts'

const rule = stratified({ wrong: 0.05, right: 0.05 })

/** What each rollout of a group of single tokens is credited with. */
function creditOf(outcome_G: (number | null)[], scores: (number | null)[]) {
  const group = exampleGroup(...scores.map(() => [1]))
  const steps_G_S = scores.map(score => (score === null ? null : f32(score)))
  return rule(group, { outcome_G, steps_G_S }).map(r_T => (r_T === null ? null : r_T[0]!))
}

test('scores within their band: wrong -2, 0, 2 and right 1, 3 (arXiv:2510.07242, eq. 3)', () => {
  expectClose(
    f32(...(creditOf([0, 0, 0, 1, 1], [-2, 0, 2, 1, 3]) as number[])),
    [-0.05, 0, 0.05, 0.95, 1.05],
  )
})

test('a band of one, or of equal scores, is at its lowest; what is not known stays so', () => {
  expect(creditOf([0, 1, 1, null, 1], [4, 2, 2, 1, null]).map(x => x && Math.fround(x))).toEqual([
    Math.fround(-0.05),
    Math.fround(0.95),
    Math.fround(0.95),
    null,
    null,
  ])
})

test('every right rollout is above every wrong one, and none passes another of its outcome', () => {
  const draw = random(3)
  for (let round = 0; round < 200; round++) {
    const outcomes = Array.from({ length: 6 }, () => Number(draw() < 0.5))
    const scores = outcomes.map(() => 2 * draw() - 1)
    const found = creditOf(outcomes, scores) as number[]
    for (let a = 0; a < 6; a++)
      for (let b = 0; b < 6; b++) {
        if (outcomes[a]! > outcomes[b]!) expect(found[a]).toBeGreaterThan(found[b]!)
        if (outcomes[a] === outcomes[b] && scores[a]! > scores[b]!)
          expect(found[a]).toBeGreaterThanOrEqual(found[b]!)
      }
  }
})

test.each([
  [0, 1.25],
  [0.5, 1.886],
  [-0.3, 0.774],
])('a spread %d above the usual one weighs %d (eq. 4)', (above, weight) => {
  expect(spreadWeight(0.4 + above, { usual: 0.4 })).toBeCloseTo(weight, 3)
})

test('a group is weighted after it is normalised', () => {
  const normal = advantages.combine({ s: { baseline: advantages.groupNorm(), weight: 1 } })
  const groups_P = [exampleGroup([1], [1]), exampleGroup([1], [1])]
  const streams_P = [{ s: [f32(0), f32(1)] }, { s: [f32(0), f32(1)] }]
  const steps = (...scores: number[]) => scores.map(score => f32(score))
  const rewards_P = [
    { outcome_G: [0, 1], steps_G_S: steps(0, 0) },
    { outcome_G: [0, 1], steps_G_S: steps(-1, 1) },
  ]
  const batch = { groups_P, streams_P, rewards_P }
  const plain = normal(batch).advantages_P_G_T
  const found = advantages.spreadWeighted(normal, { usual: null })(batch)
  const weights = [0, 1].map(spread => spreadWeight(spread, { usual: 0.5 })) // the mean of the batch
  for (const p of [0, 1])
    for (const g of [0, 1])
      expect(found.advantages_P_G_T[p]![g]![0]).toBeCloseTo(weights[p]! * plain[p]![g]![0]!, 5)
  expect(found.metrics['advantages/spread_weight']).toBeCloseTo((weights[0]! + weights[1]!) / 2, 6)
})

test('it remembers how far scores usually spread', async () => {
  const policy = toyPolicy(3)
  const judged = (score: (g: number) => number): Needs => ({
    ...toyNeeds(policy),
    scoreSteps: async groups =>
      groups.map(({ rollouts }) => ({
        steps_G_S: rollouts.map(({ steps }, g) => new Float32Array(steps.length).fill(score(g))),
      })),
  })
  const learner = { policy, reference: null, learningRate: 0 }
  const at = (memory: number | null) => ({ iteration: 1, iterations: 2, seed: 0, memory })
  const options = resolve(hero, { groupSize: '2' })
  const wide = judged(g => (g === 0 ? -0.5 : 0.5))
  const first = await iterate(hero.build(options, wide, at(null)), problems, learner, 1)
  expect(first.memory).toBeCloseTo(0.5, 6)
  const none = judged(() => 0.25)
  const second = await iterate(hero.build(options, none, at(0.5)), problems, learner, 2)
  expect(second.memory).toBeCloseTo(0.45, 6)
  const broken = judged(() => Number.NaN)
  const third = await iterate(hero.build(options, broken, at(0.45)), problems, learner, 3)
  expect([third.memory, third.dropped === null]).toEqual([0.45, false])
})
