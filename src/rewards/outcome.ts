import type { Outcome, Problem, Scorer } from '../types.ts'
import { grade } from './grade/grade.ts'

/**
 * 1 where the last boxed answer equals the problem's, 0 where not, null where the problem has no answer, where it cannot
 * be graded, or where `labelled` keeps it from the method.
 */
export function outcome(labelled: (problem: Problem) => boolean = () => true): Scorer<Outcome> {
  return async groups =>
    groups.map(({ problem, rollouts }) => ({
      outcome_G: rollouts.map(({ text }) => {
        if (problem.answer === null || !labelled(problem)) return null
        const { correct } = grade({ gold: problem.answer, pred: text }, 'reward')
        return correct === null ? null : Number(correct)
      }),
    }))
}
