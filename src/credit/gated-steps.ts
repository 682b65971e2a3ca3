import type { Outcome, StepRewards } from '../method.ts'
import { lastBox } from '../text/boxes.ts'
import type { Rollout } from '../types.ts'
import { spreadSteps } from './steps.ts'
import { type Rule, told } from './streams.ts'
import { discountedSum } from './sum.ts'

export interface GateOptions {
  readonly gate: number // the rung from which on steps count
  readonly weight?: number // of a step's reward; default 1
}

/**
 * Every token is credited with how far its rollout came, and only where that reaches the gate with the steps' rewards still to come, too
 * (arXiv:2508.10548, section 3.2). null where the outcome is not known, or steps that count.
 */
export function gatedSteps({ gate, weight = 1 }: GateOptions): Rule<Outcome & StepRewards> {
  return told(
    ({ rollouts }, { outcome_G, steps_G_S }) =>
      rollouts.map((rollout, g) => {
        const [outcome, rewards_S] = [outcome_G[g], steps_G_S[g]]
        if (outcome == null) return null
        const [reached, { ids, steps }] = [rung(rollout, outcome), rollout]
        const whole_T = new Float32Array(ids.length).fill(reached)
        if (reached < gate) return whole_T
        if (rewards_S == null) return null
        const toCome_T = spreadSteps(discountedSum(rewards_S), steps, ids.length)
        return whole_T.map((x, t) => x + weight * toCome_T[t]!)
      }),
    {
      name: 'steps behind a gate',
      formula: `G[s] = how far it came, + ${weight} * sum over steps j >= s of r[j] where that reaches ${gate}`,
      source: 'arXiv:2508.10548, section 3.2',
      options: { gate, weight },
    },
  )
}
gatedSteps.trial = { usual: () => ({ gate: 0 }) }

/** How far a rollout came: -1 without an answer, -0.5 with an empty one, else its outcome, 0 to 1. */
export function rung({ text }: Pick<Rollout, 'text'>, outcome: number): number {
  const box = lastBox(text)
  if (Number.isNaN(outcome)) return outcome
  return box === null ? -1 : box.trim() === '' ? -0.5 : outcome
}
