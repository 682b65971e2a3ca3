import type { Outcome, Scorer } from '../method.ts'
import type { Group, Problem } from '../types.ts'
import { type Answer, boxedGrader, type Grader } from './grader.ts'

/**
 * What a grader says of each rollout: by default 1 where the last boxed answer equals the problem's, 0 where not, null where
 * the problem has no answer that can be graded. Null too where `labelled` keeps the problem's labels from the method.
 */
export function outcome(
  labelled: (problem: Problem) => boolean = () => true,
  grader: Grader = boxedGrader(),
): Scorer<Outcome> {
  const answersOf = ({ problem, rollouts }: Group): Answer[] =>
    labelled(problem) ? rollouts.map(rollout => ({ problem, rollout })) : []
  const scorer: Scorer<Outcome> = async (groups, signal) => {
    const asked = groups.flatMap(answersOf)
    const found = await grader.grade(asked, signal)
    if (found.length !== asked.length)
      throw new RangeError(`outcome: ${found.length} rewards for ${asked.length} rollouts`)
    const rewards = found.values()
    return groups.map(({ problem, rollouts }) => {
      const known = labelled(problem)
      return { outcome_G: rollouts.map(() => (known ? rewards.next().value! : null)) }
    })
  }
  const begin: Scorer<Outcome>['begin'] = (group, signal) => {
    const answers = answersOf(group)
    if (answers.length > 0) grader.begin?.(answers, signal)
  }
  return Object.assign(scorer, { begin })
}
