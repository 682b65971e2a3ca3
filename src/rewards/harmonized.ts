import type { Outcome, Select, StepRewards } from '../method.ts'
import { knownMean } from '../numbers/numeric.ts'

export interface HarmonizedOptions {
  readonly keep: number // rollouts of a group, at least 1
  /** Whether steps tell which wrong rollouts are left out, too; else the earliest are. Default true. */
  readonly ofWrong?: boolean
}

/**
 * The rollouts of a group whose steps agree with their answer: of n, all but n - keep, taken from right and wrong ones so that their
 * numbers come close; of the right ones those go whose steps score lowest, of the wrong ones those that score highest (PROF,
 * arXiv:2509.03403, algorithm 1). Rollouts whose outcome or steps are not known are no part of it.
 */
export function harmonized({
  keep,
  ofWrong = true,
}: HarmonizedOptions): Select<Outcome & StepRewards> {
  return ({ rewards_P }) =>
    rewards_P.map(({ outcome_G, steps_G_S }) => {
      const scores_G = steps_G_S.map(knownMean)
      const known = scores_G.flatMap((score, g) =>
        score === null || outcome_G[g] === null ? [] : [{ g, score, right: outcome_G[g]! > 0.5 }],
      )
      const right = known.filter(one => one.right).sort((a, b) => a.score - b.score)
      const wrong = known.filter(one => !one.right)
      if (ofWrong) wrong.sort((a, b) => b.score - a.score)
      const cut = removedOf(right.length, wrong.length, keep)
      const kept = [...right.slice(cut.right), ...wrong.slice(cut.wrong)]
      return kept.map(({ g }) => g).sort((a, b) => a - b)
    })
}

/** How many right and wrong rollouts of a group go, so that `keep` are left and as even as can be. */
export function removedOf(
  right: number,
  wrong: number,
  keep: number,
): { readonly right: number; readonly wrong: number } {
  const all = Math.max(right + wrong - keep, 0)
  const wanted = Math.min(all, Math.ceil((right - wrong + all) / 2))
  const ofRight = Math.min(Math.max(wanted, 0), right)
  return { right: ofRight, wrong: all - ofRight }
}
