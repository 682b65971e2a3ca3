import { outcome } from '../rewards/outcome.ts'
import { independent, type Sampler } from '../rollouts/independent.ts'
import type { Group, Problem } from '../types.ts'
import { averageAtN, meanPassAtK, type Tally } from './pass-at-k.ts'

/** How a policy did on a set of problems. */
export interface Accuracy {
  readonly accuracy: number // share of graded rollouts that are right; NaN where none can be graded
  readonly graded: number
  readonly tally_P: readonly Tally[]
  readonly groups: readonly Group[]
}

/** Accuracy of n samples a problem; with n 1 and a greedy sampler, the accuracy of the most likely answer. */
export async function accuracy(
  sampler: Sampler,
  problems: readonly Problem[],
  { n = 1, seed = 0, signal }: { n?: number; seed?: number; signal?: AbortSignal } = {},
): Promise<Accuracy> {
  const groups = await independent(sampler, n)(problems, seed, signal)
  const tally_P = (await outcome()(groups)).map(({ outcome_G }): Tally => {
    const labels = outcome_G.filter(label => label !== null)
    return { graded: labels.length, right: labels.reduce((sum, label) => sum + label, 0) }
  })
  const graded = tally_P.reduce((sum, one) => sum + one.graded, 0)
  const right = tally_P.reduce((sum, one) => sum + one.right, 0)
  return { accuracy: right / graded, graded, tally_P, groups }
}

/** How a policy does on problems: shares in [0, 1], NaN where no answer can be graded. */
export interface Evaluation {
  readonly sampled: number // average@n at the sampler's temperature, which training improves
  readonly greedy: number // of the likeliest answers
  readonly passAtN: number // problems that one of the n samples solves
  readonly samples: number // n
  readonly graded: number // problems
}

/** Evaluates a policy: n samples of each problem, and its likeliest answer. The seed decides the samples. */
export async function evaluate(
  sampler: Sampler,
  problems: readonly Problem[],
  { n = 4, seed = 0, signal }: { n?: number; seed?: number; signal?: AbortSignal } = {},
): Promise<Evaluation> {
  const stop = signal ? { signal } : {}
  const { tally_P } = await accuracy({ ...sampler, greedy: false }, problems, { n, seed, ...stop })
  const greedy = await accuracy({ ...sampler, greedy: true }, problems, stop)
  return {
    sampled: averageAtN(tally_P),
    greedy: greedy.accuracy,
    passAtN: meanPassAtK(tally_P, n),
    samples: n,
    graded: greedy.graded,
  }
}
