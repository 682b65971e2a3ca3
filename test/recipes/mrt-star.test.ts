import { expect, test } from 'vitest'
import { iterate } from '../../src/iterate.ts'
import { below, random } from '../../src/numbers/random.ts'
import { resolve } from '../../src/recipe.ts'
import recipe from '../../src/recipes/mrt-star.ts'
import { answerProgress } from '../../src/rewards/answer-progress.ts'
import { leastRegret } from '../../src/rewards/least-regret.ts'
import { goingOn } from '../../src/rollouts/go-on.ts'
import { independent } from '../../src/rollouts/independent.ts'
import { exampleGroup, f32 } from '../example-groups.ts'
import { problems, toyNeeds, toyPolicy, toySampler } from '../toy.ts'

const chosen = (
  lengths_G: readonly (readonly number[])[],
  outcome_G: (number | null)[],
  steps_G_S: (Float32Array | null)[],
) =>
  leastRegret({ groups_P: [exampleGroup(...lengths_G)], rewards_P: [{ outcome_G, steps_G_S }] })[0]

test('of right answers the one whose progress comes first (arXiv:2503.07572, section 5)', () => {
  const two = [
    [4, 4],
    [4, 4],
  ]
  expect(chosen(two, [1, 1], [f32(0.1, 0.7), f32(0.7, 0.1)])).toEqual([1])
  expect(chosen(two, [1, 0], [f32(0.1, 0.7), f32(0.7, 0.1)])).toEqual([0])
  expect(
    chosen(
      [
        [2, 2, 9],
        [2, 2],
      ],
      [1, 1],
      [f32(0, 0.4, 0.4), f32(0, 0.8)],
    ),
  ).toEqual([1]) // sooner done
  expect(chosen(two, [1, null], [null, f32(1, 0)])).toEqual([])
  expect(chosen(two, [0, 0], [f32(0, 0), f32(0, 0)])).toEqual([])
})

test('a right answer is chosen wherever its progress is known, and never a wrong one', () => {
  const draw = random(9)
  for (let round = 0; round < 100; round++) {
    const lengths_G = Array.from({ length: 4 }, () => [1 + below(draw, 5), 1 + below(draw, 5)])
    const outcome_G = lengths_G.map(() => below(draw, 2))
    const steps_G_S = lengths_G.map(() => (draw() < 0.2 ? null : f32(draw(), draw())))
    const found = chosen(lengths_G, outcome_G, steps_G_S)!
    const known = outcome_G.filter((outcome, g) => outcome === 1 && steps_G_S[g] !== null)
    expect(found).toHaveLength(Math.min(1, known.length))
    for (const g of found) expect(outcome_G[g]).toBe(1)
  }
})

test('forced answers are counted before the first step and behind each; the last is the outcome', async () => {
  const sampler = toySampler(toyPolicy(3))
  const groups = await independent(sampler, 3)(problems.slice(0, 1), 3)
  const grade = async (all: typeof groups) =>
    all.map(({ rollouts }) => ({
      outcome_G: rollouts.map(({ text }) => Number(text.includes('\\boxed{0}'))),
    }))
  const forced = () => goingOn(sampler, { closing: '\\boxed{0}', tokens: 1 })
  const [found] = await answerProgress(grade, sampler, { attempts: 2, forced, seed: 1 })(groups)
  for (const [g, steps_S] of found!.steps_G_S.entries()) {
    // it always stands there when it is forced: progress is lost where the rollout ends without it
    expect([...steps_S!.slice(0, -1)]).toEqual(Array(steps_S!.length - 1).fill(0))
    expect(steps_S!.at(-1)).toBe(found!.outcome_G[g]! - 1)
  }
})

test('what is chosen is imitated: one rollout of a group that has a right one', async () => {
  const policy = toyPolicy(3)
  const values = resolve(recipe, { closing: 'good', attempts: '1' })
  const now = { iteration: 1, iterations: 1, seed: 1, memory: null }
  const built = recipe.build(values, toyNeeds(policy), now)
  const learner = { policy, learningRate: 0.01 }
  const found = await iterate(built, problems, learner as never, 2)
  const rightIn = found.rewards_P.map(({ outcome_G }) => outcome_G.some(x => x === 1))
  expect(found.credited.groups).toEqual(rightIn.flatMap((right, p) => (right ? [p] : [])))
  for (const of of found.credited.rollouts_P) expect(of).toHaveLength(1)
})
