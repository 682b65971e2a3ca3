import { expect, test } from 'vitest'
import { groupNorm } from '../../src/advantages/group-norm.ts'
import { noisyPart } from '../../src/credit/noisy-part.ts'
import type { Outcome } from '../../src/method.ts'
import { mean } from '../../src/numbers/numeric.ts'
import { both } from '../../src/rewards/both.ts'
import { calibrated, reasoningPatterns, wholeScore } from '../../src/rewards/reasoning-patterns.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'

test('different phrases count, of whole words; repeats and turns made up cost (arXiv:2505.22653)', () => {
  expect(reasoningPatterns('First we check. Then check again, because of it.')).toBeCloseTo(5 / 20)
  expect(reasoningPatterns('Nextdoor, ifs and thenceforth')).toBe(0)
  expect(reasoningPatterns('First. Next. Wait. user: and?')).toBe(0)
  const words = Array.from({ length: 20 }, (_, i) => `w${i}`)
  const once = ['first', 'next', 'wait', 'thus', ...words].join(' ')
  expect(reasoningPatterns(once)).toBeCloseTo(0.2)
  // 44 words: 25 sequences, of which the one of w0 to w19 is there twice
  expect(reasoningPatterns(`${once} ${words.join(' ')}`)).toBeCloseTo(0.2 - 1 / 25)
})

test('0.4 with patterns of a half is worth 0.45, 0.6 stays; what is not known stays so', async () => {
  const text = 'first second next then finally because since therefore thus hence'
  const group = exampleGroup(...Array.from({ length: 4 }, () => ({ ...exampleRollout([1]), text })))
  const grade = async (): Promise<Outcome[]> => [{ outcome_G: [0.4, 0.6, null, 1] }]
  const [found] = await calibrated(grade, 0.1)([group])
  expect(found!.parts_G).toEqual({
    patterns: [0.5, 0.5, 0.5, 0.5],
    calibrated: [0.45, 0.6, null, 1],
  })
  expect(found!.outcome_G).toEqual([0.4, 0.6, null, 1])
})

const parts_G = { p: [1, 0, null, 0.25] }
const groupOf = (prompt: string) => {
  const group = exampleGroup([1], [1], [1], [1])
  return { ...group, problem: { ...group.problem, prompt } }
}

test('a group is turned round whole or not at all', () => {
  const turned = noisyPart('p', { flip: 1, seed: 0 })(groupOf('a'), { parts_G })
  expect(turned.map(r_T => r_T?.[0] ?? null)).toEqual([0, 1, null, 0.75])
  const same = noisyPart('p', { flip: 0, seed: 0 })(groupOf('a'), { parts_G })
  expect(same.map(r_T => r_T?.[0] ?? null)).toEqual([1, 0, null, 0.25])
  const [up, down] = [same, turned].map(returns_G => groupNorm()(groupOf('a'), returns_G))
  for (const g of [0, 1, 3]) expect(up![g]![0]).toBeCloseTo(-down![g]![0]!, 6)
})

test.each([
  [0.2, 0.6],
  [0.4, 0.2],
  [0.5, 0],
])('with flips of %d right and wrong are %d apart', (flip, gap) => {
  const gaps = Array.from({ length: 4000 }, (_, seed) => {
    const rule = noisyPart('p', { flip, seed })
    const [right, wrong] = rule(groupOf(`problem ${seed}`), { parts_G })
    return right![0]! - wrong![0]!
  })
  expect(Math.abs(mean(gaps) - gap)).toBeLessThan(5 / Math.sqrt(4000))
})

test("a reward model's score is that of the last step; low ones are raised, and the answer is not looked at", async () => {
  const text = 'first second next then finally because since therefore thus hence'
  const group = exampleGroup(
    ...Array.from({ length: 4 }, () => ({ ...exampleRollout([1, 1]), text })),
  )
  const steps_G_S = [f32(1, -0.2), f32(-1, 0.2), null, f32()]
  const judge = async () => [{ steps_G_S }]
  const grade = async (): Promise<Outcome[]> => [{ outcome_G: [1, 0, 1, 1] }]
  const [found] = await calibrated(both(grade, wholeScore(judge)), 0.1)([group])
  const { score, calibrated: raised } = found!.parts_G as Record<string, readonly (number | null)[]>
  for (const [g, x] of [0.4, 0.6, null, null].entries())
    x === null ? expect(score![g]).toBeNull() : expect(score![g]).toBeCloseTo(x, 6)
  for (const [g, x] of [0.45, 0.6, null, null].entries())
    x === null ? expect(raised![g]).toBeNull() : expect(raised![g]).toBeCloseTo(x, 6)
})
