import type { Outcome, Parts } from '../method.ts'
import { type Rule, told } from './streams.ts'

export interface EfficientOptions {
  readonly rightWeight?: number // of brevity where the answer is right; default 5
  readonly wrongWeight?: number // where it is wrong; default 2
  readonly penalty?: number // of a wrong answer, at least 0; default 5
  readonly reasoning: number // what significant tokens give back of it, or cost where it is below 0
}

/**
 * Every token is credited with 1 + rightWeight * cos(others) where the answer is right, and where it is wrong with min(0, wrongWeight *
 * (cos(others) - 1) + reasoning * significant - penalty), the angle kept in [0, pi / 2] (Bingo, arXiv:2506.08125, eq. 5 to 8). null
 * where the outcome or a length is not known.
 */
export function efficientOutcome({
  rightWeight = 5,
  wrongWeight = 2,
  penalty = 5,
  reasoning,
}: EfficientOptions): Rule<Outcome & Parts<'significant' | 'others'>> {
  const options = { rightWeight, wrongWeight, penalty, reasoning }
  return told(
    ({ rollouts }, { outcome_G, parts_G: { significant, others } }) =>
      rollouts.map(({ ids }, g) => {
        const [outcome, many, rest] = [outcome_G[g], significant[g], others[g]]
        if (outcome == null || many == null || rest == null) return null
        return new Float32Array(ids.length).fill(efficientReward(outcome, many, rest, options))
      }),
    {
      name: 'outcome and brevity',
      formula:
        'G[t] = 1 + right * cos(others) of a right answer; min(0, wrong * (cos(others) - 1) + reasoning * significant - penalty) of a wrong one',
      source: 'arXiv:2506.08125, eq. 5 to 8',
      options,
    },
  )
}
efficientOutcome.trial = { usual: () => ({ reasoning: 0 }) }

/** The reward of an outcome with so many significant and other tokens, as multiples. */
export function efficientReward(
  outcome: number,
  significant: number,
  others: number,
  { rightWeight = 5, wrongWeight = 2, penalty = 5, reasoning }: EfficientOptions,
): number {
  if (Number.isNaN(outcome)) return outcome
  const brief = Math.cos(Math.min(Math.max(others, 0), Math.PI / 2))
  if (outcome > 0.5) return 1 + rightWeight * brief
  return Math.min(0, wrongWeight * (brief - 1) + reasoning * significant - penalty)
}
