import { mean } from '../numbers/numeric.ts'
import { boxedGrader, type Grader, isRight } from '../rewards/grader.ts'
import { outcome } from '../rewards/outcome.ts'
import { independent } from '../rollouts/independent.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import type { Group, Problem } from '../types.ts'
import { averageAtN, meanPassAtK, type Tally } from './pass-at-k.ts'

/** How a policy did on a set of problems. */
export interface Accuracy {
  readonly accuracy: number // share of graded rollouts that are right; NaN where none can be graded
  readonly graded: number
  readonly reward: number // mean of graded rollouts; the accuracy where every reward is 0 or 1
  readonly tally_P: readonly Tally[]
  readonly groups: readonly Group[]
  readonly rewards_P_G: readonly (readonly (number | null)[])[] // null where there is none
}

/** How a policy is measured. */
export interface EvaluationOptions {
  readonly n?: number // samples of each problem
  readonly seed?: number // decides the samples; default 0
  readonly grader?: Grader // default boxed answers
  readonly signal?: AbortSignal
}

/** Accuracy of n samples a problem; with n 1 and a greedy sampler, the accuracy of the most likely answer. */
export async function accuracy(
  sampler: Sampler,
  problems: readonly Problem[],
  { n = 1, seed = 0, grader = boxedGrader(), signal }: EvaluationOptions = {},
): Promise<Accuracy> {
  const groups = await independent(sampler, n)(problems, seed, signal)
  const outcomes_P = await outcome(undefined, grader)(groups, signal)
  const rewards_P_G = outcomes_P.map(({ outcome_G }) => outcome_G)
  const rewards_P = rewards_P_G.map(rewards_G => rewards_G.filter(reward => reward !== null))
  const tally_P = rewards_P.map(
    (rewards): Tally => ({ graded: rewards.length, right: rewards.filter(isRight).length }),
  )
  const graded = tally_P.reduce((sum, one) => sum + one.graded, 0)
  const right = tally_P.reduce((sum, one) => sum + one.right, 0)
  return {
    accuracy: right / graded,
    graded,
    reward: mean(rewards_P.flat()),
    tally_P,
    groups,
    rewards_P_G,
  }
}

/** How a policy does on problems: shares in [0, 1], NaN where no answer can be graded. */
export interface Evaluation {
  readonly sampled: number // average@n at the sampler's temperature, which training improves
  readonly greedy: number // of the likeliest answers
  readonly passAtN: number // problems that one of the n samples solves
  readonly samples: number // n
  readonly graded: number // problems
  readonly reward: number // mean of the graded samples; as `sampled` where every reward is 0 or 1
}

/** Evaluates a policy: n samples of each problem, and its likeliest answer. The seed decides the samples. */
export async function evaluate(
  sampler: Sampler,
  problems: readonly Problem[],
  { n = 4, seed = 0, grader = boxedGrader(), signal }: EvaluationOptions = {},
): Promise<Evaluation> {
  const by = { grader, ...(signal ? { signal } : {}) }
  const sampled = { ...sampler, greedy: false }
  const { tally_P, reward } = await accuracy(sampled, problems, { n, seed, ...by })
  const greedy = await accuracy({ ...sampler, greedy: true }, problems, by)
  return {
    sampled: averageAtN(tally_P),
    greedy: greedy.accuracy,
    passAtN: meanPassAtK(tally_P, n),
    samples: n,
    graded: greedy.graded,
    reward,
  }
}
