import { EngineError } from '../errors.ts'
import { concat } from '../numeric.ts'
import type { Engine, Group, Rollout, Scorer, StepRewards } from '../types.ts'
import { stepFormulas } from './step-formulas.ts'

/**
 * The process reward of each step, p(right) - p(wrong) in [-1, 1], read from a token classifier at the step's closing
 * token (PURE, arXiv:2504.15275, section 2.1). The judge reads the rollout's own ids: it shares the policy's tokenizer.
 */
export function stepScores(judge: Engine): Scorer<StepRewards> {
  const { classes } = judge.info
  if (classes !== 2)
    throw new EngineError(
      `a judge of steps has 2 classes, wrong and right; this one has ${classes}`,
    )
  return async (groups, signal) => {
    const rollouts = groups.flatMap(group => group.rollouts)
    const logits = await judge.classify(
      rollouts.map(r => concat(r.promptIds, r.ids)),
      signal,
    )
    const scores = rollouts.map((rollout, i) => closingScores(rollout, logits[i]!))
    let at = 0
    return groups.map((group: Group) => {
      const steps_G_S = scores.slice(at, at + group.rollouts.length)
      at += group.rollouts.length
      return { steps_G_S }
    })
  }
}

/** p(class 1) - p(class 0) at each closing token; logits [prompt + T, 2] row-major. */
function closingScores(
  { promptIds, steps }: Pick<Rollout, 'promptIds' | 'steps'>,
  logits: Float32Array,
): Float32Array {
  const { classes, of } = stepFormulas.difference
  return Float32Array.from(steps, ({ end }) => of(logits, classes * (promptIds.length + end - 1)))
}
