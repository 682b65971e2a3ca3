// Candidates with their answers graded and put into classes of equal ones, by the grader and not as texts.

import { answerClasses } from '../../rewards/grade/answer-classes.ts'
import { extractAnswer } from '../../rewards/grade/grade.ts'
import { gradingPool } from '../../rewards/grade/pool.ts'
import type { Candidate, CandidateSet } from '../formats/candidates.ts'
import type { Graded } from './best-of-n.ts'

/** The sets of which every candidate's answer can be graded, and how many others there are. */
export interface GradedSets {
  readonly sets: readonly CandidateSet[]
  readonly graded_P: readonly Graded[]
  readonly left: number
}

/**
 * Grades candidates leniently, as people would read them. An answer that a file does not give is looked for in the steps;
 * whether it is right, where the file does not say it, is graded against the problem's known answer.
 */
export async function gradedCandidates(all: readonly CandidateSet[]): Promise<GradedSets> {
  const pool = gradingPool()
  const equal = async (gold: string | null, pred: string | null): Promise<boolean | null> =>
    (await pool.grade([{ gold, pred, mode: 'answer' }], 'eval'))[0]!.correct
  const sets: CandidateSet[] = []
  const graded_P: Graded[] = []
  try {
    for (const set of all) {
      const answers_N = set.candidates.map(answerOf)
      const right_N: (boolean | null)[] = []
      for (const [n, { right }] of set.candidates.entries())
        right_N.push(right ?? (await equal(set.problem.answer, answers_N[n]!)))
      if (right_N.includes(null)) continue
      const class_N = await answerClasses(answers_N, async (a, b) => (await equal(a, b)) === true)
      sets.push(set)
      graded_P.push({ class_N, right_N: right_N as boolean[] })
    }
  } finally {
    await pool.close()
  }
  return { sets, graded_P, left: all.length - sets.length }
}

function answerOf({ answer, steps }: Candidate): string | null {
  return answer ?? (steps === null ? null : extractAnswer(steps.join('\n\n')))
}
