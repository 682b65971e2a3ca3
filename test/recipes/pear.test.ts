import { expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { phaseEntropy, phasePenalty } from '../../src/rewards/phase-entropy.ts'
import { credit } from '../../src/stages.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'
import { tokenizer, toyPolicy } from '../toy.ts'

const [thinking, answering] = [f32(2, 1, 1.2, 0.8), f32(0.5, 0.7)]

test('mean 1.25 while it thinks, 0.6 while it answers: a right one has 0.35 (arXiv:2510.08026)', () => {
  expect(phasePenalty(thinking, answering)).toBeCloseTo(0.65, 6)
  expect(phasePenalty(thinking, f32())).toBeCloseTo(1.25, 6) // thinking does not end
  expect(phasePenalty(thinking, f32(), { most: 0.99 })).toBe(0.99)
  const reward = credit.shapedOutcome(['phases'], { ofRight: ['phases'] })
  const of = (outcome: number | null, phases: number | null) => {
    const rewards = { outcome_G: [outcome], parts_G: { phases: [phases] } }
    return reward(exampleGroup([1]), rewards)[0]?.[0] ?? null
  }
  expect(of(1, -0.65)).toBeCloseTo(0.35, 6)
  expect(of(0, -0.65)).toBe(0)
  expect(of(0, null)).toBe(0) // what would not count need not be known
  expect(of(1, null)).toBeNull()
  expect(of(null, -0.65)).toBeNull()
})

test('no penalty where answers are no surer; more entropy in the answer never costs', () => {
  const draw = random(4)
  for (let round = 0; round < 200; round++) {
    const [a_T, b_T] = [f32(draw(), draw(), draw()), f32(draw(), draw())]
    const answerWeight = 2 * draw()
    const penalty = phasePenalty(a_T, b_T, { answerWeight })
    const more = phasePenalty(a_T, f32(b_T[0]! + draw(), b_T[1]!), { answerWeight })
    expect(more).toBeLessThanOrEqual(penalty)
    if ((a_T[0]! + a_T[1]! + a_T[2]!) / 3 <= (answerWeight * (b_T[0]! + b_T[1]!)) / 2)
      expect(penalty).toBe(0)
  }
})

test('the mark is in neither phase, and what others wrote is in none', async () => {
  const policy = toyPolicy(3)
  const ids = Int32Array.of(3, 4, 9, 3, 1) // good, bad, \boxed{0}, good, the end
  const rollout = { ...exampleRollout([5]), ids }
  const hint = { start: 0, end: 1, role: 'hint' as const }
  const hinted = { ...rollout, spans: [hint, { start: 1, end: 5, role: 'policy' as const }] }
  const [{ entropies: all }] = await policy.score([Int32Array.of(1, 2, ...ids)])
  const h = all!.slice(1)
  const scorer = phaseEntropy({ policy, tokenizer }, { thinkEnd: 'boxed', answerWeight: 0.5 })
  const [{ parts_G }] = await scorer([exampleGroup(rollout, hinted)])
  const expected = [
    Math.max(0, (h[0]! + h[1]!) / 2 - (h[3]! + h[4]!) / 4),
    Math.max(0, h[1]! - (h[3]! + h[4]!) / 4),
  ]
  expect(expected.some(x => x > 0)).toBe(true)
  expected.forEach((x, g) => {
    expect(parts_G.phases[g]).toBeCloseTo(-x, 6)
  })
})
