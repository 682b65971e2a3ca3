import { outcome } from '../rewards/outcome.ts'
import { independent, type Sampler } from '../rollouts/independent.ts'
import type { Group, Problem } from '../types.ts'

/** How a policy did on a set of problems. */
export interface Accuracy {
  readonly accuracy: number // share of graded rollouts that are right; NaN where none can be graded
  readonly graded: number
  readonly groups: readonly Group[]
}

/** Accuracy of n samples a problem; with n 1 and a greedy sampler, the accuracy of the most likely answer. */
export async function accuracy(
  sampler: Sampler,
  problems: readonly Problem[],
  { n = 1, seed = 0, signal }: { n?: number; seed?: number; signal?: AbortSignal } = {},
): Promise<Accuracy> {
  const groups = await independent(sampler, n)(problems, seed, signal)
  const graded = (await outcome()(groups)).flatMap(({ outcome_G }) =>
    outcome_G.filter(label => label !== null),
  )
  const right = graded.reduce((sum, label) => sum + label, 0)
  return { accuracy: right / graded.length, graded: graded.length, groups }
}
