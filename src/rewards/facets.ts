import type { Outcome, Scorer, StepRewards } from '../method.ts'
import type { Problem } from '../types.ts'

export interface FacetOptions {
  readonly bonus: number // of a question that is answered for the first time
  readonly discount: number // of a reward one step later
  readonly right: number // of a right answer
}

/**
 * Rewards of steps that answer questions on the goal: the last number of each step of the worked solution is one, which pays once, at the
 * first step that has it. A right answer pays `right` and takes back what its bonuses are worth at the end, so that of a right rollout
 * they come to nothing (EAGER, arXiv:2206.09674, section 3.3). null where the outcome is not known.
 */
export function facets(
  grade: Scorer<Outcome>,
  options: FacetOptions,
): Scorer<Outcome & StepRewards> {
  const scorer: Scorer<Outcome & StepRewards> = async (groups, signal) =>
    (await grade(groups, signal)).map(({ outcome_G }, p) => {
      const { problem, rollouts } = groups[p]!
      const asked = facetsOf(problem)
      return {
        outcome_G,
        steps_G_S: rollouts.map((rollout, g) => {
          const outcome = outcome_G[g]
          if (outcome == null) return null
          const texts = rollout.steps.map(({ text }) => text)
          return shapedBonuses(answered(asked, texts), outcome, options)
        }),
      }
    })
  return Object.assign(scorer, { begin: grade.begin })
}

/** The last number of each step of a worked solution, each once; none without one. */
export function facetsOf({ solution }: Pick<Problem, 'solution'>): readonly string[] {
  return [...new Set((solution ?? []).flatMap(step => numbersOf(step).slice(-1)))]
}

/** How many open questions each step answers. */
export function answered(asked: readonly string[], steps: readonly string[]): number[] {
  const open = new Set(asked)
  return steps.map(step => numbersOf(step).filter(number => open.delete(number)).length)
}

/** Rewards of steps whose bonuses a right outcome takes back. */
export function shapedBonuses(
  bonuses: readonly number[],
  outcome: number,
  { bonus, discount, right }: FacetOptions,
): Float32Array {
  const given = bonuses.reduce((sum, b) => sum / discount + b, 0) // as much is it worth at the end
  const rewards_S = Float32Array.from(bonuses, b => bonus * b)
  if (rewards_S.length > 0)
    rewards_S[rewards_S.length - 1]! += right * outcome - (outcome > 0.5 ? bonus * given : 0)
  return rewards_S
}

function numbersOf(text: string): string[] {
  return text.match(/\d+(?:\.\d+)?/g) ?? []
}
