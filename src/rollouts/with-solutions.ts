import { unlessData } from '../errors.ts'
import type { Method } from '../method.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import type { Group, Problem, Rollout } from '../types.ts'
import { asRollout, textRollout } from './text-rollout.ts'

export interface ReplayOptions {
  readonly tokenizer: Tokenizer
  readonly share: number // of a batch, at most, that is replayed where it could be sampled
}

/**
 * Rollouts as `sample` makes them, and among them texts that are replayed: a problem without an answer is its worked solution, one rollout
 * of origin 'other', and so are the last of the others, up to a share of the batch (RECAP, arXiv:2510.21978, section 4: data of other kinds).
 */
export function withSolutions(
  sample: Method['rollouts'],
  { tokenizer, share }: ReplayOptions,
): Method['rollouts'] {
  return async (problems, seed, signal, arrived) => {
    const from = problems.length - Math.floor(share * problems.length)
    const written = problems.map((problem, p) =>
      p >= from || problem.answer === null ? solutionOf(problem, tokenizer) : null,
    )
    const asked = problems.filter((_, p) => written[p] === null)
    const found = asked.length === 0 ? [] : await sample(asked, seed, signal, arrived)
    const next = found.values()
    return problems.map((problem, p): Group => {
      const rollout = written[p]
      return rollout == null ? next.next().value! : { problem, rollouts: [rollout] }
    })
  }
}

/** The worked solution of a problem as a rollout; null of one without, or that the vocabulary cannot spell. */
function solutionOf({ prompt, solution }: Problem, tokenizer: Tokenizer): Rollout | null {
  if (solution === null) return null
  return unlessData(() => ({
    ...asRollout(textRollout(prompt, solution, true, tokenizer)),
    origin: 'other',
  }))
}
