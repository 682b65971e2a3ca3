import type { Baseline, Settings } from '../method.ts'
import { labelled, told } from './siblings.ts'

/**
 * What a rollout adds to the best of k: its mean over all subsets of k labelled rollouts of the group that hold it of
 * (max of the subset - mean of all maxima) / their deviation (arXiv:2508.10751, eq. 12 to 15). Returns count as 1 above 0.5. Zeros
 * where all subsets have one maximum, and in a group of fewer than k.
 */
export function passAtK(k: number): Baseline {
  if (!(Number.isInteger(k) && k > 0))
    throw new RangeError(`passAtK: k must be a whole number above 0, got ${k}`)
  return told(
    (group, returns_G) => {
      const members_G = labelled('passAtK', group, returns_G)
      const known = members_G.filter(m => m !== null)
      const right = known.filter(({ returns_T }) => returns_T[0]! > 0.5).length
      const worth = passAtKAdvantages(known.length, right, k)
      return members_G.map((member, g) => {
        const advantages_T = new Float32Array(group.rollouts[g]!.ids.length)
        if (member === null) return advantages_T
        const { returns_T, written_T } = member
        const own = returns_T[0]! > 0.5 ? worth.right : worth.wrong
        // a return that is not a number is not a wrong one
        for (let t = 0; t < advantages_T.length; t++)
          if (written_T[t] === 1) advantages_T[t] = Number.isNaN(returns_T[t]) ? Number.NaN : own
        return advantages_T
      })
    },
    {
      name: 'best of k',
      formula: `A[t] = mean over subsets of ${k} that hold it of (max - mean of maxima) / their deviation`,
      source: 'arXiv:2508.10751, eq. 12 to 15',
      options: { k },
    },
  )
}
passAtK.trial = { usual: () => ({ k: 2 }), build: ({ k }: Settings) => passAtK(Number(k)) }

/** The advantages of the right and of the wrong ones of n rollouts. */
export function passAtKAdvantages(
  n: number,
  right: number,
  k: number,
): { readonly right: number; readonly wrong: number } {
  const wrong = n - right
  const allWrong = chance(wrong, n, k) // of a subset
  const deviation = Math.sqrt(allWrong * (1 - allWrong))
  if (k > n || right === 0 || !(deviation > 0)) return { right: 0, wrong: 0 }
  const otherWrong = chance(wrong - 1, n - 1, k - 1) // of a subset that holds a wrong one
  return {
    right: allWrong / (deviation + 1e-6),
    wrong: (allWrong - otherWrong) / (deviation + 1e-6),
  }
}

/** The share of subsets of k among n that lie among m of them: C(m, k) / C(n, k). */
function chance(m: number, n: number, k: number): number {
  let share = 1
  for (let i = 0; i < k; i++) share *= Math.max(0, m - i) / (n - i)
  return share
}
