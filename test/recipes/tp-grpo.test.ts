import { expect, test } from 'vitest'
import { judgedThoughts } from '../../src/advantages/judged-thoughts.ts'
import { random } from '../../src/numbers/random.ts'
import { advantages } from '../../src/stages.ts'
import { exampleGroup, expectClose, f32 } from '../example-groups.ts'

const plain = advantages.combine({ outcome: { baseline: advantages.groupNorm(), weight: 1 } })

/** Advantages of one group whose rollouts have steps of one token. */
function advantagesOf(
  outcome_G: (number | null)[],
  steps: (number[] | null)[],
  ability: number,
  base = plain,
) {
  const group = exampleGroup(...steps.map(of => (of ?? [0]).map(() => 1)))
  const outcome = group.rollouts.map(({ ids }, g) =>
    outcome_G[g] === null ? null : new Float32Array(ids.length).fill(outcome_G[g]!),
  )
  const steps_G_S = steps.map(of => of && f32(...of))
  return judgedThoughts(base, { ability })({
    groups_P: [group],
    rewards_P: [{ outcome_G, steps_G_S }],
    streams_P: [{ outcome }],
  }).advantages_P_G_T[0]!
}

/** Rewards of thoughts, summed from each on; the last carries the outcome's advantage alone (arXiv:2507.23317, eq. 8). */
function suffixSums(signs: number[], o: number, cost: number): number[] {
  const rewards = signs.map((sign, s) => (s === signs.length - 1 ? o : sign * cost))
  return rewards.map((_, s) => rewards.slice(s).reduce((a, b) => a + b, 0))
}

const constant = (o: number): typeof plain =>
  (batch => ({
    advantages_P_G_T: batch.groups_P.map(({ rollouts }) =>
      rollouts.map(({ ids }) => new Float32Array(ids.length).fill(o)),
    ),
    metrics: {},
  })) as typeof plain

test('right, wrong, right, wrong, right: 0.8, 0.2, 0.8, 0.2, 0.8 (arXiv:2507.23317)', () => {
  const [found] = advantagesOf([1], [[1, -1, 1, -1, 1]], 0.6, constant(0.8))
  expectClose(found!, [0.8, 0.2, 0.8, 0.2, 0.8])
  expectClose(f32(...suffixSums([1, -1, 1, -1, 1], 0.8, 0.6)), found!)
})

test('steps of a wrong answer that lead to it keep its advantage, the others have none', () => {
  const [found] = advantagesOf([0], [[-1, 1, -1, 1, -1]], 0.6, constant(-0.9))
  expectClose(found!, [-0.9, 0, -0.9, 0, -0.9])
  expectClose(f32(...suffixSums([1, -1, 1, -1, 1], -0.9, -0.9)), found!)
})

test('good thoughts of right answers keep their advantage, whatever ability counts', () => {
  const draw = random(6)
  for (let round = 0; round < 50; round++) {
    const outcome_G = [1, 0, ...[0, 0].map(() => Number(draw() < 0.5))]
    const steps = outcome_G.map(() => [0, 0, 0].map(() => 2 * draw() - 1))
    const [little, much] = [advantagesOf(outcome_G, steps, 0.1), advantagesOf(outcome_G, steps, 2)]
    const right = outcome_G.reduce((a, b) => a + b, 0) / 4
    for (const [g, outcome] of outcome_G.entries())
      for (const [s, score] of steps[g]!.entries()) {
        const more = little[g]![s]! - much[g]![s]!
        expect(more).toBeCloseTo(outcome === 1 && score < 0 ? 1.9 * right : 0, 4)
      }
  }
})

test('a group that is all right learns from its thoughts alone, one that is all wrong not at all', () => {
  expectClose(advantagesOf([1, 1], [[1, -1], [1]], 0.5)[0]!, [0, -0.5])
  for (const a_T of advantagesOf([0, 0], [[1, -1], [-1]], 0.5)) expectClose(a_T, [0, 0])
})

test('without scores, or outcome, advantages are as they were', () => {
  expectClose(advantagesOf([1, 0], [null, [-1]], 0.5)[0]!, [1])
  expectClose(advantagesOf([null, 0, 1], [[-1], [1], [1]], 0.5)[0]!, [0])
  const broken = advantagesOf([1, 0], [[Number.NaN, 1], [1]], 0.5)[0]!
  expect([...broken].map(Number.isNaN)).toEqual([true, false])
})
