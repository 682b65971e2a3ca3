import type { Outcome, Problem, Scorer } from '../types.ts'
import { gradingPool } from './grade/pool.ts'

/**
 * 1 where the last boxed answer equals the problem's, 0 where not, null where the problem has no answer, where it cannot
 * be graded, or where `labelled` keeps it from the method.
 */
export function outcome(labelled: (problem: Problem) => boolean = () => true): Scorer<Outcome> {
  const pool = gradingPool() // its threads end by themselves when idle
  return async (groups, signal) => {
    const requests_P = groups.map(({ problem, rollouts }) => {
      const gold = labelled(problem) ? problem.answer : null
      return rollouts.map(({ text }) => ({ gold, pred: text }))
    })
    const grades = (await pool.grade(requests_P.flat(), 'reward', signal)).values()
    return requests_P.map(requests_G => ({
      outcome_G: requests_G.map(() => {
        const { correct } = grades.next().value!
        return correct === null ? null : Number(correct)
      }),
    }))
  }
}
