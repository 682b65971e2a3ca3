import type { Formula, StepRewards } from '../method.ts'
import type { Step } from '../types.ts'
import type { Rule } from './streams.ts'

// What the rules on step rewards share. A reward that is not finite is never hidden: it makes every
// return of its rollout NaN, so that the iteration it came from can be seen and dropped.

/** Credits every rollout by a rule on its step rewards; one without these, or without steps, has no label. */
export function creditSteps(
  rule: (rewards_S: Float32Array) => Float32Array,
  formula?: Formula,
): Rule<StepRewards> {
  const credited: Rule<StepRewards> = ({ rollouts }, { steps_G_S }) => {
    if (steps_G_S.length !== rollouts.length)
      throw new RangeError(
        `creditSteps: rewards of ${steps_G_S.length} rollouts for ${rollouts.length}`,
      )
    return rollouts.map(({ steps, ids }, g) => {
      const rewards_S = steps_G_S[g]
      if (rewards_S === null || (steps.length === 0 && rewards_S.length === 0)) return null
      const returns_S = allFinite(rewards_S) ? rule(rewards_S) : rewards_S.map(() => Number.NaN)
      return spreadSteps(returns_S, steps, ids.length)
    })
  }
  return formula === undefined ? credited : Object.assign(credited, { formula })
}

function allFinite(xs: Float32Array): boolean {
  for (let i = 0; i < xs.length; i++) if (!Number.isFinite(xs[i])) return false
  return true
}

/** Copies one value per step onto every token of that step, the closing token too. */
export function spreadSteps(
  values_S: Float32Array,
  steps: readonly Step[],
  tokens: number,
): Float32Array {
  if (values_S.length !== steps.length)
    throw new RangeError(`spreadSteps: ${values_S.length} values for ${steps.length} steps`)
  const covered = steps.at(-1)?.end ?? 0
  if (covered !== tokens)
    throw new RangeError(`spreadSteps: the steps cover ${covered} of ${tokens} tokens`)
  const values_T = new Float32Array(tokens)
  for (let s = 0; s < steps.length; s++) {
    const { start, end } = steps[s]
    const value = values_S[s]
    for (let t = start; t < end; t++) values_T[t] = value
  }
  return values_T
}

/** 1 of a step that is judged wrong, below 0, and 0 of a right one; NaN where the score is not a number. */
export function isWrong(score: number): number {
  return Number.isNaN(score) ? Number.NaN : Number(score < 0)
}
