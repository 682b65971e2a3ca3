import { expect, test } from 'vitest'
import { batchNorm } from '../../src/advantages/batch-norm.ts'
import { iterate } from '../../src/iterate.ts'
import { random } from '../../src/numbers/random.ts'
import { resolve } from '../../src/recipe.ts'
import recipe from '../../src/recipes/brorl.ts'
import { renewed } from '../../src/rollouts/renewed.ts'
import { advantages } from '../../src/stages.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'
import { problems, toyNeeds, toyPolicy } from '../toy.ts'

const normal = batchNorm(
  advantages.combine({ outcome: { baseline: advantages.groupMean(), weight: 1 } }),
)
function batchOf(lengths: readonly number[][], outcomes: readonly (number | null)[][]) {
  const groups_P = lengths.map(of => exampleGroup(...of.map(length => [length])))
  const streams_P = groups_P.map(({ rollouts }, p) => ({
    outcome: rollouts.map(({ ids }, g) => {
      const outcome = outcomes[p]![g]!
      return outcome === null ? null : new Float32Array(ids.length).fill(outcome)
    }),
  }))
  return { groups_P, streams_P, rewards_P: outcomes.map(outcome_G => ({ outcome_G })) }
}

test('less the mean of the group, then in deviations of the batch, each rollout once (arXiv:2510.01180)', () => {
  const { advantages_P_G_T: found } = normal(
    batchOf(
      [
        [1, 9],
        [2, 1, 1, 3],
      ],
      [
        [1, 0],
        [1, 0, 0, 0],
      ],
    ),
  )
  const plain = [0.5, -0.5, 0.75, -0.25, -0.25, -0.25]
  const spread = Math.sqrt(plain.reduce((sum, a) => sum + a * a, 0) / 6)
  expect(found.flat().map(a_T => a_T[0])).toEqual(plain.map(a => expect.closeTo(a / spread, 4)))
  expect(new Set(found[0]![1]).size).toBe(1)
})

test("how long rollouts are moves nothing; what is not labelled, or not the policy's, stays 0", () => {
  const draw = random(2)
  for (let round = 0; round < 30; round++) {
    const outcomes = [1, 2].map(() => Array.from({ length: 4 }, () => Math.round(draw())))
    const lengths = () => outcomes.map(of => of.map(() => 1 + Math.floor(5 * draw())))
    const firsts = (of: number[][]) =>
      normal(batchOf(of, outcomes))
        .advantages_P_G_T.flat()
        .map(a_T => a_T[0])
    expect(firsts(lengths())).toEqual(firsts(lengths()))
  }
  const batch = batchOf([[2, 2, 2]], [[1, 0, null]])
  const hint = { start: 0, end: 1, role: 'hint' as const }
  const hinted = exampleRollout([2], [hint, { start: 1, end: 2, role: 'policy' }])
  const group = batch.groups_P[0]!
  const groups_P = [{ ...group, rollouts: group.rollouts.with(0, hinted) }]
  const [[first, second, third]] = normal({ ...batch, groups_P }).advantages_P_G_T as [
    Float32Array[],
  ]
  expect(first![0]).toBe(0)
  expect(first![1]).toBeCloseTo(1, 4)
  expect([second![0], third]).toEqual([expect.closeTo(-1, 4), f32(0, 0)])
})

/** What a step of logits by p (R - S) does to the mass of right tokens, by the formula of section 2.3, per learning rate over N. */
function massBalance(p: readonly number[], right: readonly number[], sampled: readonly number[]) {
  const sum = (of: (v: number) => number): number => p.reduce((total, _, v) => total + of(v), 0)
  const isRight = (v: number): boolean => right.includes(v)
  const drawn = (v: number): boolean => sampled.includes(v)
  const squares = (ok: (v: number) => boolean): number => sum(v => (ok(v) ? p[v]! ** 2 : 0))
  const mass = (ok: (v: number) => boolean): number => sum(v => (ok(v) ? p[v]! : 0))
  const [qPos, qNeg] = [mass(isRight), mass(v => !isRight(v))]
  const s = mass(v => drawn(v) && isRight(v)) - mass(v => drawn(v) && !isRight(v))
  const a = squares(v => drawn(v) && isRight(v))
  const b = squares(v => drawn(v) && !isRight(v))
  const unseen = (ok: boolean): number => squares(v => !drawn(v) && isRight(v) === ok)
  const sampledTerms = (1 - s) * qNeg * a + (s + 1) * qPos * b
  return { sampledTerms, unseen: s * (qPos * unseen(false) - qNeg * unseen(true)), s }
}

test('p = (.4, .1, .3, .2), right {0, 1}, sampled {0, 2}: 0.123, the derivative of the softmax', () => {
  const p = [0.4, 0.1, 0.3, 0.2]
  const { sampledTerms, unseen, s } = massBalance(p, [0, 1], [0, 2])
  expect(sampledTerms + unseen).toBeCloseTo(0.123, 6)
  // dQ = sum over right v of p_v (dz_v - sum_u p_u dz_u), dz_v = p_v (R_v - S)
  const steps = p.map((x, v) => x * ((v === 0 ? 1 : v === 2 ? -1 : 0) - s))
  const mean = p.reduce((total, x, v) => total + x * steps[v]!, 0)
  expect(p[0]! * (steps[0]! - mean) + p[1]! * (steps[1]! - mean)).toBeCloseTo(0.123, 6)
})

/** An index, as likely as p says. */
function drawn(p: readonly number[], draw: () => number): number {
  let left = draw()
  for (let v = 0; v < p.length - 1; v++) {
    left -= p[v]!
    if (left < 0) return v
  }
  return p.length - 1
}

test('what was sampled never loses right mass; what was not may, ever less with more rollouts', () => {
  const lost = [4, 64, 1024].map(n => {
    const draw = random(11)
    let sum = 0
    for (let round = 0; round < 60; round++) {
      const raw = Array.from({ length: 30 }, () => draw() ** 3)
      const total = raw.reduce((x, y) => x + y)
      const p = raw.map(x => x / total)
      const right = p.map((_, v) => v).filter(() => draw() < 0.4)
      const sampled = Array.from({ length: n }, () => drawn(p, draw))
      const { sampledTerms, unseen } = massBalance(p, right, sampled)
      expect(sampledTerms).toBeGreaterThanOrEqual(0)
      sum += Math.min(unseen, 0)
    }
    return sum / 60
  })
  expect(lost[0]!).toBeLessThan(lost[1]!)
  expect(lost[1]!).toBeLessThan(lost[2]!)
  expect(lost[2]!).toBeGreaterThan(0.02 * lost[0]!)
})

test('every so many iterations the reference is the policy as it is, and only then', async () => {
  const [policy, anchor] = [toyPolicy(1), toyPolicy(2)]
  const before = await anchor.weights()
  const rolled = async (iteration: number) => {
    await renewed(
      toyNeeds(policy).sample(1),
      { anchor, policy, every: 3 },
      { iteration },
    )(problems, 1)
    return anchor.weights()
  }
  expect(await rolled(2)).toEqual(before)
  expect(await rolled(4)).toEqual(await policy.weights())
})

test('the KL is taken to the reference of the method, not to that of the run', async () => {
  const policy = toyPolicy(1)
  const needs = toyNeeds(policy)
  const values = resolve(recipe, { klCoef: '1' })
  const klAfter = async (iteration: number) => {
    const built = recipe.build(values, needs, { iteration, iterations: 9, seed: 1, memory: null })
    const learner = { policy, reference: null, learningRate: 0 }
    return (await iterate(built, problems, learner, 2)).metrics['update/kl']
  }
  expect(await klAfter(2)).toBeGreaterThan(0.01) // the anchor is another model as yet
  expect(await klAfter(1)).toBeCloseTo(0, 6) // made the policy itself
})
