import { expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import { diverse } from '../../../src/prm/label/diverse.ts'
import type { GradedSolution } from '../../../src/prm/label/labeler.ts'
import { solutionOf } from './by-hand.ts'

/** A solution of one step with these tokens, all of them as sure as the others or, where one stands out, less so. */
function solution(id: string, tokens: readonly number[], spread: number): GradedSolution {
  const one = solutionOf(id, [...tokens], false)
  const steps = [{ ...one.rollout.steps[0]!, start: 0, end: tokens.length }]
  // the entropy over positions is greatest where all are alike
  const logprobs_T = Float32Array.from(tokens, (_, t) => (t === 0 ? -1 - spread : -1))
  return { ...one, rollout: { ...one.rollout, ids: Int32Array.from(tokens), steps }, logprobs_T }
}
const names = (found: readonly GradedSolution[]): string[] => found.map(one => one.solution.id)

test('the least sure first, then those unlike what was taken (arXiv:2508.01773)', () => {
  const all = [
    solution('twin', [1, 2, 3], 0.1),
    solution('unsure', [1, 2, 3], 0),
    solution('other', [7, 8, 9], 2),
    solution('sure', [4, 5, 6], 90),
  ]
  expect(names(diverse(all, 1))).toEqual(['unsure'])
  expect(names(diverse(all, 2))).toEqual(['unsure', 'other'])
  expect(names(diverse(all, 3))).toEqual(['unsure', 'other', 'sure']) // in their order
  expect(diverse(all, 4)).toEqual(all)
  expect(diverse(all, 9)).toEqual(all)
  expect(() => diverse(all, 0)).toThrow(RangeError)
})

test('as many as are asked for, whatever is known of them', () => {
  const draw = random(2)
  for (let k = 0; k < 50; k++) {
    const all = Array.from({ length: 6 }, (_, i) => ({
      ...solution(`${i}`, [1 + Math.floor(3 * draw()), 5], draw()),
      ...(draw() < 0.3 && { logprobs_T: null }),
    }))
    const keep = 1 + Math.floor(6 * draw())
    const found = names(diverse(all, keep))
    expect(found).toHaveLength(keep)
    expect(new Set(found).size).toBe(keep)
  }
})
