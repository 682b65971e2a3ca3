import { written } from '../groups/written.ts'
import type { Method, Parts, Scorer } from '../method.ts'
import type { Rollout } from '../types.ts'

export interface LengthOptions {
  readonly answers: Method['rollouts'] // of the model whose lengths are the unit, one of each problem
  readonly seed: number // of those
  readonly threshold: number // of a token's significance, 0 to 1, from which it is significant
}

/**
 * How many significant and other tokens a rollout has, each as a multiple of those that another model's answer to the problem has
 * (Bingo, arXiv:2506.08125, eq. 4): a token's significance is its surprise, by min-max over its rollout.
 */
export function significantLength({
  answers,
  seed,
  threshold,
}: LengthOptions): Scorer<Parts<'significant' | 'others'>> {
  return async (groups, signal) => {
    const problems = groups.map(({ problem }) => problem)
    const beside = await answers(problems, seed, signal)
    return groups.map(({ rollouts }, p) => {
      const unit = countsOf(beside[p]!.rollouts[0]!, threshold)
      const counts = rollouts.map(rollout => countsOf(rollout, threshold))
      return {
        parts_G: {
          significant: counts.map(({ significant }) => significant / Math.max(unit.significant, 1)),
          others: counts.map(({ others }) => others / Math.max(unit.others, 1)),
        },
      }
    })
  }
}

/** Significant and other tokens of those that the policy wrote; of equal surprise all are significant. */
export function countsOf(rollout: Rollout, threshold: number) {
  const written_T = written(rollout)
  const surprises = [...rollout.logprobs_T].filter((_, t) => written_T[t] === 1).map(x => -x)
  const [low, high] = [Math.min(...surprises), Math.max(...surprises)]
  const significant = surprises.filter(x => x - low >= threshold * (high - low)).length
  return { significant, others: surprises.length - significant }
}
