import { written } from '../groups/written.ts'
import type { Method, Parts, Scorer } from '../method.ts'
import type { Rollout } from '../types.ts'
import type { Significance } from './compressed.ts'

export interface LengthOptions {
  readonly answers: Method['rollouts'] // of the model whose lengths are the unit, one of each problem
  readonly seed: number // of those
  readonly significance: Significance
}

/** The model whose answers are the unit, as recipes have it beside the policy. */
export const asUnit = { about: 'stays as the policy was: its lengths are the unit', classes: null }

/**
 * How many significant and other tokens a rollout has, each as a multiple of those that another model's answer to the problem has
 * (Bingo, arXiv:2506.08125, eq. 4). Null where it is not known which are.
 */
export function significantLength({
  answers,
  seed,
  significance,
}: LengthOptions): Scorer<Parts<'significant' | 'others'>> {
  const countsOf = async (rollout: Rollout, signal?: AbortSignal) => {
    const found_T = await significance(rollout, signal)
    if (found_T === null) return null
    const significant = found_T.reduce((sum, x) => sum + x, 0)
    return { significant, others: found_T.length - significant }
  }
  return async (groups, signal) => {
    const problems = groups.map(({ problem }) => problem)
    const beside = await answers(problems, seed, signal)
    return Promise.all(
      groups.map(async ({ rollouts }, p) => {
        const unit = await countsOf(beside[p]!.rollouts[0]!, signal)
        const counts = await Promise.all(rollouts.map(rollout => countsOf(rollout, signal)))
        const times = (kind: 'significant' | 'others') =>
          counts.map(own => own && unit && own[kind] / Math.max(unit[kind], 1))
        return { parts_G: { significant: times('significant'), others: times('others') } }
      }),
    )
  }
}

/** Tokens that surprised the policy: a token's surprise by min-max over its rollout is at least so much; of equal surprise all are. */
export function surprising(threshold: number): Significance {
  return async rollout => {
    const written_T = written(rollout)
    const surprises = [...rollout.logprobs_T].filter((_, t) => written_T[t] === 1).map(x => -x)
    const [low, high] = [Math.min(...surprises), Math.max(...surprises)]
    return Uint8Array.from(surprises, x => Number(x - low >= threshold * (high - low)))
  }
}
