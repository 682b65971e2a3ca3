import type { Engine, ModelInfo } from '../engine/engine.ts'
import type { Scorer, StepRewards } from '../method.ts'
import { concat } from '../numbers/numeric.ts'
import type { Group, Rollout } from '../types.ts'
import { asReward, type FormulaName, formulaFor, type StepFormula } from './step-formulas.ts'

/**
 * The process reward of each step, p(right) - p(wrong) in [-1, 1], read from a token classifier at the step's closing
 * token (PURE, arXiv:2504.15275, section 2.1) by a formula. The judge reads the rollout's own ids: it shares the policy's
 * tokenizer.
 */
export function stepScores(
  judge: Pick<Engine, 'classify'> & { readonly info: Pick<ModelInfo, 'classes'> },
  formulaName: FormulaName = 'difference',
): Scorer<StepRewards> {
  const formula = formulaFor(formulaName, judge.info)
  return async (groups, signal) => {
    const rollouts = groups.flatMap(group => group.rollouts)
    const closings = rollouts.map(closingsOf)
    const logits = await judge.classify(
      rollouts.map((r, i) => ({ ids: concat(r.promptIds, r.ids), at: closings[i]! })),
      signal,
    )
    const scores = closings.map((at, i) => closingScores(at, logits[i]!, formula))
    let at = 0
    return groups.map((group: Group) => {
      const steps_G_S = scores.slice(at, at + group.rollouts.length)
      at += group.rollouts.length
      return { steps_G_S }
    })
  }
}

/** The reward at each closing token; logits [prompt + T, classes] row-major. */
function closingScores(
  at: readonly number[],
  logits: Float32Array,
  { classes, range, of }: StepFormula,
): Float32Array {
  return Float32Array.from(at, position => asReward(of(logits, classes * position), range))
}

/** Where in prompt and completion the steps close. */
function closingsOf({ promptIds, steps }: Pick<Rollout, 'promptIds' | 'steps'>): number[] {
  return steps.map(({ end }) => promptIds.length + end - 1)
}
