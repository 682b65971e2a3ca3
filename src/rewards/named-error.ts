import { saidIn } from '../groups/talk.ts'
import type { Parts, Scorer } from '../method.ts'
import { lastBox } from '../text/boxes.ts'
import type { Problem } from '../types.ts'

/**
 * What naming a step as the first wrong one is worth, -1 naming none: 1 for the right verdict on a solution without one; -1 for the
 * wrong verdict; and 1 - distance / steps for a step where there is one. An index that no step has, or none, is worth -1
 * (FAPO, arXiv:2510.22543, section 3.2).
 */
export function errorReward(
  named: number | null,
  { first, steps }: { readonly first: number; readonly steps: number },
): number {
  if (named === null || !Number.isInteger(named) || named < -1 || named >= steps) return -1
  if (first < 0 || named < 0) return named < 0 && first < 0 ? 1 : -1
  return 1 - Math.abs(named - first) / steps
}

/**
 * The worth of the boxed index of each rollout, for problems whose answer is the index of the first wrong step, of as many as
 * `steps` of their meta says; null where a problem says no such thing.
 */
export function namedError(): Scorer<Parts<'error'>> {
  return async groups =>
    groups.map(({ problem, rollouts }) => {
      const asked = askedOf(problem)
      const error = rollouts.map(rollout => asked && errorReward(indexIn(saidIn(rollout)), asked))
      return { parts_G: { error } }
    })
}

function askedOf({ answer, meta }: Problem): { first: number; steps: number } | null {
  const [first, steps] = [answer === null ? null : indexOf(answer), meta.steps]
  if (first === null || typeof steps !== 'number') return null
  return first >= -1 && first < steps ? { first, steps } : null
}

function indexIn(text: string): number | null {
  const said = lastBox(text)
  return said === null ? null : indexOf(said)
}

function indexOf(text: string): number | null {
  return /^\s*-?\d{1,6}\s*$/.test(text) ? Number(text) : null
}
