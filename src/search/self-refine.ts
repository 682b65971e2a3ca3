import { closedSteps, isOver, type Path } from '../rollouts/extend.ts'
import { requireCount } from './counts.ts'
import { ask, type Conversation, grown, root, type Search } from './search.ts'

export interface SelfRefineOptions {
  readonly rounds: number // in which the answer is looked at again; 3 in the paper
  readonly check: string // asks whether there is an error
  readonly mend: string // asks for the solution anew
  readonly flawless: string // what the policy writes where there is none
}

/**
 * One answer that the policy is asked about in words: whether there is an error, and, unless it says that there is none, for the
 * solution anew, at most so many times (arXiv:2502.07191, section 3, as its code has it). What comes without an answer is not taken.
 * No judge is asked.
 */
export function selfRefine({ rounds, check, mend, flawless }: SelfRefineOptions): Search {
  requireCount('selfRefine', 'rounds', rounds)
  return function* (from, seed) {
    const [all] = yield* grown([{ node: root(from), n: 1, seed, until: 'end' }])
    let { path } = all![0]!
    for (let round = 1; round <= rounds; round++) {
      const looked = yield* replied(path, check, seed + 2 * round)
      if (looked === null || looked.said.toLowerCase().includes(flawless.toLowerCase())) break
      const again = yield* replied(looked.path, mend, seed + 2 * round + 1)
      if (again === null || !again.said.includes('\\boxed')) break
      path = again.path
    }
    return [{ path, scores_S: Array(closedSteps(path)).fill(null), score: null }]
  }
}

/** What the policy says to words behind a path, to its end; null where there is no room left. */
function* replied(
  path: Path,
  words: string,
  seed: number,
): Conversation<{ readonly path: Path; readonly said: string } | null> {
  const [told] = yield* ask<'say'>([{ kind: 'say', path, words }])
  if (isOver(told!)) return null
  const asked = { kind: 'extend', from: told!, n: 1, seed, until: 'end' } as const
  const [found] = yield* ask<'extend'>([asked])
  const [ended] = found!
  return { path: ended!, said: ended!.text.slice(told!.text.length) }
}
