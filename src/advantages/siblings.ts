import { written } from '../groups/written.ts'
import type { Baseline, Formula, Returns } from '../method.ts'
import type { Group, Rollout } from '../types.ts'

// Most published baselines have one shape. With the other labelled rollouts k of the group,
//   A[t] = G[t] - remaining[t] * (sum_k worth_k) / (sum_k size_k)
// and differ in three choices: what a rollout is worth, how its size counts, and how much of the
// baseline is still to come at token t.

/** A labelled rollout of a group, its returns and the tokens that the policy wrote. */
export interface Member {
  readonly rollout: Rollout
  readonly returns_T: Float32Array
  readonly written_T: Uint8Array
}

/** A baseline that tells its formula. */
export function told(baseline: Baseline, formula: Formula): Baseline {
  return Object.assign(baseline, { formula })
}

/**
 * The three choices; size and remaining are 1 where not said. `charge` says how much is remaining by writing
 * G[t] - remaining[t] * rate, where the policy wrote the token, into an array of zeros: one pass, as it is run for every token.
 */
export interface Choices {
  readonly worth: (member: Member) => number
  readonly size?: (member: Member) => number
  readonly charge?: (member: Member, rate: number, into_T: Float32Array) => void
  readonly formula?: Formula
}

/** The baseline of the other rollouts; where nobody else is labelled there is none, and zeros. */
export function siblings(name: string, { worth, size, charge = once, formula }: Choices): Baseline {
  const baseline: Baseline = (group, returns_G) => {
    const members_G = labelled(name, group, returns_G)
    const worths_G = members_G.map(m => (m === null ? 0 : worth(m)))
    const sizes_G = members_G.map(m => (m === null ? 0 : (size?.(m) ?? 1)))
    const [worths, sizes] = [total(worths_G), total(sizes_G)]
    const others = members_G.filter(m => m !== null).length - 1
    return members_G.map((member, g) => {
      const advantages_T = new Float32Array(group.rollouts[g].ids.length)
      if (member === null || others < 1) return advantages_T
      const rate = (worths - worths_G[g]) / (sizes - sizes_G[g])
      charge(member, rate, advantages_T)
      return advantages_T
    })
  }
  return formula === undefined ? baseline : Object.assign(baseline, { formula })
}

function once({ returns_T, written_T }: Member, rate: number, into_T: Float32Array): void {
  for (let t = 0; t < into_T.length; t++) if (written_T[t] === 1) into_T[t] = returns_T[t] - rate
}

/** The labelled rollouts of a group; null for one without a label or without a token of the policy. */
export function labelled(
  name: string,
  { rollouts }: Group,
  returns_G: Returns,
): readonly (Member | null)[] {
  if (returns_G.length !== rollouts.length)
    throw new RangeError(`${name}: returns of ${returns_G.length} rollouts for ${rollouts.length}`)
  return rollouts.map((rollout, g) => {
    const returns_T = returns_G[g]
    if (returns_T === null) return null
    if (returns_T.length !== rollout.ids.length)
      throw new RangeError(
        `${name}: ${returns_T.length} returns for ${rollout.ids.length} tokens of rollout ${g}`,
      )
    const written_T = written(rollout)
    return written_T.includes(1) ? { rollout, returns_T, written_T } : null
  })
}

/** How many tokens the policy wrote in [start, end). */
export function count(written_T: Uint8Array, start = 0, end = written_T.length): number {
  let n = 0
  for (let t = start; t < end; t++) n += written_T[t]
  return n
}

function total(xs: readonly number[]): number {
  return xs.reduce((a, b) => a + b, 0)
}
