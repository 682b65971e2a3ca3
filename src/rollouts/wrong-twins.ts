import { unlessData } from '../errors.ts'
import type { Method, Outcome, Scorer } from '../method.ts'
import { hashSeed } from '../numbers/random.ts'
import type { Group, Problem, Rollout } from '../types.ts'
import type { Sampler } from './sampler.ts'
import { asRollout, textRollout } from './text-rollout.ts'

const attempts = 3

/** Writes a wrong solution in the place of a right one; null where nothing came that can be read. */
export type MadeWrong = (
  problem: Problem,
  right: string,
  asked: { readonly seed: number; readonly signal?: AbortSignal },
) => Promise<string | null>

/**
 * Groups with one more rollout, of origin 'other': `make` makes a wrong one of about the same length out of the first that is right.
 * It is kept where the grader finds another answer in it; after three attempts there is none (Cooper, arXiv:2508.05613, section 3.3).
 * Without it groups stay as they are.
 */
export function wrongTwins(
  rollouts: Method['rollouts'],
  grade: Scorer<Outcome>,
  make: MadeWrong | null,
  { tokenizer, maxTokens }: Pick<Sampler, 'tokenizer' | 'maxTokens'>,
): Method['rollouts'] {
  if (make === null) return rollouts
  return async (problems, seed, signal) => {
    const groups = await rollouts(problems, seed, signal)
    const graded = await grade(groups, signal)
    const twinOf = async ({ problem, rollouts }: Group, p: number): Promise<Rollout | null> => {
      const right = rollouts[graded[p]!.outcome_G.indexOf(1)]
      if (right === undefined) return null
      for (let attempt = 0; attempt < attempts; attempt++) {
        const asked = { seed: hashSeed(seed, 'twin', p, attempt), ...(signal && { signal }) }
        const text = await make(problem, right.text, asked)
        const twin = text === null ? null : spelled(text, right, problem)
        if (twin === null) continue
        const [found] = await grade([{ problem, rollouts: [twin] }], signal)
        if (found!.outcome_G[0] === 0) return twin
      }
      return null
    }
    const twins = await Promise.all(groups.map(twinOf))
    return groups.map((group, p) => {
      const twin = twins[p]!
      return twin === null ? group : { ...group, rollouts: [...group.rollouts, twin] }
    })
  }

  /** The text as tokens behind the same prompt; null where the vocabulary lacks a letter, or it is too long. */
  function spelled(text: string, { promptIds }: Rollout, { prompt }: Problem): Rollout | null {
    return unlessData(() => {
      const steps = text.split(/\n[^\S\n]*\n/).map(step => step.trim())
      const rollout = asRollout(textRollout(prompt, steps, true, tokenizer))
      const spans = [{ start: 0, end: rollout.ids.length, role: 'hint' as const }] // no policy learns it
      return rollout.ids.length > maxTokens
        ? null
        : { ...rollout, promptIds, spans, origin: 'other' }
    })
  }
}
