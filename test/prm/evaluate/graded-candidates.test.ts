import { expect, test } from 'vitest'
import { gradedCandidates } from '../../../src/prm/evaluate/graded-candidates.ts'
import { readCandidates } from '../../../src/prm/formats/read-candidates.ts'
import { linesOf } from '../formats/files.ts'

test('answers are equal by the grader; what cannot be graded is left out', async () => {
  const { sets } = await readCandidates(
    linesOf(
      {
        id: 'half',
        problem: 'q',
        answer: '1/2',
        candidates: [
          { answer: '0.5' },
          { steps: ['so', 'it is \\boxed{\\frac{1}{2}}'] },
          { text: 'The answer is 3.' },
          { answer: '3.0' },
          { steps: ['...'] },
        ],
      },
      { id: 'no answer is known', problem: 'q', candidates: [{ answer: '1' }] },
      { id: 'the file says it', problem: 'q', candidates: [{ answer: '1', right: true }] },
    ),
  )
  const { sets: kept, graded_P, left } = await gradedCandidates(sets)
  expect(left).toBe(1)
  expect(kept.map(({ id }) => id)).toEqual(['half', 'the file says it'])
  expect(graded_P[0]!.right_N).toEqual([true, true, false, false, false])
  const [half, boxed, three, decimal] = graded_P[0]!.class_N
  expect([half === boxed, three === decimal, half === three]).toEqual([true, true, false])
  expect(graded_P[1]).toEqual({ class_N: [0], right_N: [true] })
})
