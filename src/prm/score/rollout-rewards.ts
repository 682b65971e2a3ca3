import { DataError } from '../../errors.ts'
import type { Scorer, StepRewards } from '../../method.ts'
import { begun } from '../../rewards/begun.ts'
import { asReward } from '../../rewards/step-formulas.ts'
import type { Group, Problem } from '../../types.ts'
import type { Solution } from '../solution.ts'
import { scoreEach } from './score-each.ts'
import type { StepScorer, StepScores } from './step-scorer.ts'

export interface RolloutRewardsOptions {
  /** The problem as the scorer is to see it, such as its bare question; default as the policy sees it. */
  readonly asked?: (problem: Problem) => Problem
}

/**
 * Process rewards of rollouts by any scorer of steps, which reads their steps as texts and not as the policy's tokens, so
 * that it may have another tokenizer or none. A score of a bounded range is laid out on [-1, 1]. Where a scorer stops at
 * the first wrong step, what follows that one counts as wrong as it is; a rollout of which any other step has no score, or
 * whose text the scorer cannot read, has no process reward at all: null.
 */
export function rolloutRewards(
  scorer: StepScorer,
  { asked = problem => problem }: RolloutRewardsOptions = {},
): Scorer<StepRewards> {
  const judge: Scorer<StepRewards> = async (groups, signal) => {
    const solutions = groups.flatMap(group => solutionsOf(group, asked(group.problem)))
    const next = (await scoreEach(scorer, solutions, signal)).values()
    return groups.map(({ rollouts }) => ({
      steps_G_S: rollouts.map(() => rewardsOf(next.next().value!, scorer)),
    }))
  }
  if (scorer.separate !== true) return judge
  const { begin, ask } = begun(judge, group => group)
  return Object.assign(ask, {
    begin: (group: Group, signal?: AbortSignal) => begin([group], signal),
  })
}

function solutionsOf({ rollouts }: Group, problem: Problem): Solution[] {
  return rollouts.map(({ steps, stop }, g) => ({
    id: `${problem.id}, rollout ${g}`,
    problem,
    steps: steps.map(({ text }) => text),
    ended: stop === 'stop',
  }))
}

function rewardsOf(
  scores_S: StepScores | DataError,
  { range, threshold }: StepScorer,
): Float32Array | null {
  if (scores_S instanceof DataError) return null
  const missing = scores_S.indexOf(null)
  const wrong = scores_S.findIndex(score => score !== null && !(score > threshold))
  if (missing >= 0 && (wrong < 0 || wrong > missing)) return null
  return Float32Array.from(scores_S, score => asReward(score ?? scores_S[wrong]!, range))
}
