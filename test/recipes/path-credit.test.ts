import { expect, test } from 'vitest'
import { pathCredit, pathScore } from '../../src/credit/path-credit.ts'
import { random } from '../../src/numbers/random.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'

test.each([
  [[true, true, true, false], 0.624],
  [[false, false, true, false], 0.4],
  [[false, true], 1],
  [[false], 0],
])('what is there of a path, %j, earns %d (arXiv:2507.14201, section 3.4)', (there, score) => {
  expect(pathScore(there)).toBeCloseTo(score, 12)
})

test('in [0, 1], never less for a step more, never above the answer', () => {
  const draw = random(1)
  for (let round = 0; round < 200; round++) {
    const there = Array.from({ length: 6 }, () => draw() < 0.5)
    const discount = draw()
    const score = pathScore(there.with(5, false), discount)
    expect(score >= 0 && score <= 1).toBe(true)
    expect(pathScore(there.with(5, false).with(2, true), discount)).toBeGreaterThanOrEqual(score)
    expect(pathScore(there.with(5, true), discount)).toBe(1)
  }
})

test('steps are looked for in texts, but for their spaces; what is not known stays so', () => {
  const texts = ['12 + 3 = 15', 'so 12+3=15\n\n15 * 2 = 30', '12 + 3 = 16', 'anything', 'any']
  const group = exampleGroup(...texts.map(text => ({ ...exampleRollout([1]), text })))
  const solution = ['12 + 3 = 15', '15 * 2 = 30', 'The answer is \\boxed{30}']
  const solved = { ...group, problem: { ...group.problem, solution } }
  const rewards = { outcome_G: [0, 0, 0, 1, null] }
  const found = (of: typeof group) =>
    pathCredit()(of, rewards).map(r_T => r_T && Number(r_T[0]!.toFixed(6)))
  expect(found(solved)).toEqual([0.16, 0.56, 0, 1, null])
  expect(found(group)).toEqual([0, 0, 0, 1, null])
})
