import { hashSeed } from '../../numbers/random.ts'
import type { Ask } from '../../rewards/remote/chat.ts'
import type { Solution } from '../solution.ts'
import { judgeMessages, readCritique } from './judge-styles.ts'

/**
 * Whether all steps of each solution are right, as a chat model says, asked several times: of each the verdicts that came, which may be
 * fewer (the judge of CoT-pass@k, arXiv:2506.14245, section 4.1).
 */
export function soundVotes(
  ask: Ask,
  solutions: readonly Solution[],
  { votes, seed = 0 }: { readonly votes: number; readonly seed?: number },
  signal?: AbortSignal,
): Promise<readonly (readonly boolean[])[]> {
  return Promise.all(
    solutions.map(async solution => {
      const read = (text: string): readonly boolean[] | null => {
        const votes_S = readCritique(text, solution.steps.length, 'first-error')
        return votes_S?.map(vote => vote === true) ?? null
      }
      const found = await Promise.all(
        Array.from({ length: votes }, (_, v) => {
          const asked = { seed: hashSeed(seed, 'vote', v), ...(signal && { signal }) }
          return ask(judgeMessages(solution, 'first-error'), read, asked)
        }),
      )
      return found.flatMap(one => (one === null ? [] : [one.every(right => right)]))
    }),
  )
}
