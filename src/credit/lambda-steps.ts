import type { Divergence, Outcome, StepRewards, TokenValues } from '../method.ts'
import type { Group } from '../types.ts'
import { formulaOf, type LambdaOptions, lambdaOf } from './lambda-returns.ts'
import { type Rule, told } from './streams.ts'

export interface LambdaStepsOptions extends LambdaOptions {
  readonly outcomeWeight?: number // of the outcome, beside the steps' rewards; default 0, it is not read
}

type Read = StepRewards & Outcome & TokenValues

/**
 * Lambda-returns, as lambdaReturns, of a rollout that earns at its steps: the reward of a step is that of its closing token, and
 * the outcome, times its weight, that of the last. Null where a step was not judged, or an outcome that counts is not known.
 */
export function lambdaSteps({
  outcomeWeight = 0,
  ...options
}: LambdaStepsOptions = {}): Rule<Read & Divergence> {
  const returns = lambdaOf('lambdaSteps', options)
  return told(
    (group, rewards) =>
      returns(group, rewards, g => {
        if (!isKnown(rewards, g, outcomeWeight)) return null
        return rewardsOf(group, rewards, g, outcomeWeight)
      }),
    {
      ...formulaOf('lambda-returns of steps', options),
      options: { ...formulaOf('', options).options, outcomeWeight },
    },
  )
}
lambdaSteps.trial = {}

/** What the critic expected before each token, null where lambdaSteps of that weight is: nothing is compared with it there. */
export function stepValues({
  outcomeWeight = 0,
}: Pick<LambdaStepsOptions, 'outcomeWeight'> = {}): Rule<Read> {
  return told(
    ({ rollouts }, rewards) =>
      rollouts.map((_, g) => (isKnown(rewards, g, outcomeWeight) ? rewards.values_G_T[g] : null)),
    { name: 'what the critic expected', formula: 'G[t] = V[t]', source: 'by definition' },
  )
}

function isKnown({ steps_G_S, outcome_G }: Read, g: number, outcomeWeight: number): boolean {
  return steps_G_S[g] !== null && (outcomeWeight === 0 || outcome_G[g] !== null)
}

/** Rewards of tokens; those of a step that the policy did not close belong to its last token before. */
function rewardsOf(
  { rollouts }: Group,
  { steps_G_S, outcome_G }: Read,
  g: number,
  outcomeWeight: number,
): Float32Array {
  const { steps, ids } = rollouts[g]!
  const rewards_S = steps_G_S[g]!
  if (rewards_S.length !== steps.length)
    throw new RangeError(
      `lambdaSteps: ${rewards_S.length} rewards for ${steps.length} steps of rollout ${g}`,
    )
  const rewards_T = new Float32Array(ids.length)
  steps.forEach(({ end }, s) => {
    rewards_T[end - 1] += rewards_S[s]
  })
  if (outcomeWeight !== 0 && ids.length > 0)
    rewards_T[ids.length - 1] += outcomeWeight * outcome_G[g]!
  return rewards_T
}
