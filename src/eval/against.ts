// Two policies on the same problems: who is right with few samples, who with many, and what either solves that the other does not.

import { averageAtN, meanPassAtK, type Tally } from './pass-at-k.ts'

/** Problems by who solves them in any sample (arXiv:2507.14843, section 2); shares are null of nothing. */
export interface Support {
  readonly both: number
  readonly gained: number // by the tuned policy alone
  readonly lost: number // by the base alone
  readonly neither: number
  readonly retained: number | null // both / (both + lost), of what the base solves
  readonly discovered: number | null // gained / (both + gained), of what the tuned policy solves
  readonly harmony: number | null // harmonic mean of the two; 0 where both are
  readonly balance: number | null // (gained - lost) / (both + gained + lost), in [-1, 1]
}

/** Both curves of pass@k, and where the base is level again (arXiv:2504.13837, section 2.2). */
export interface Boundary {
  readonly problems: number // with graded samples of both
  readonly curve: readonly { readonly k: number; readonly base: number; readonly tuned: number }[]
  /** The least k of the curve from which on the base solves no fewer; null where it always, or never, does. */
  readonly crossing: number | null
  readonly headroom: number // pass@k of the base at the largest k, less the share of right samples of the tuned policy
  readonly support: Support
}

/** Compares the tallies of a base and a tuned policy, problem by problem in one order. Throws RangeError where they do not line up. */
export function boundaryOf(base_P: readonly Tally[], tuned_P: readonly Tally[]): Boundary {
  if (base_P.length !== tuned_P.length)
    throw new RangeError(`boundaryOf: ${base_P.length} problems against ${tuned_P.length}`)
  const places = base_P
    .map((_, p) => p)
    .filter(p => base_P[p]!.graded > 0 && tuned_P[p]!.graded > 0)
  const [base, tuned] = [places.map(p => base_P[p]!), places.map(p => tuned_P[p]!)]
  const most = Math.min(...[...base, ...tuned].map(({ graded }) => graded))
  const curve = powersUpTo(places.length === 0 ? 0 : most).map(k => ({
    k,
    base: meanPassAtK(base, k),
    tuned: meanPassAtK(tuned, k),
  }))
  return {
    problems: places.length,
    curve,
    crossing: crossingOf(curve),
    headroom: (curve.at(-1)?.base ?? Number.NaN) - averageAtN(tuned),
    support: supportOf(base.map(solved), tuned.map(solved)),
  }
}

/** Who solves what, of problems in one order. */
export function supportOf(base_P: readonly boolean[], tuned_P: readonly boolean[]): Support {
  const count = (base: boolean, tuned: boolean): number =>
    base_P.filter((one, p) => one === base && tuned_P[p] === tuned).length
  const [both, gained, lost] = [count(true, true), count(false, true), count(true, false)]
  const [retained, discovered] = [share(both, both + lost), share(gained, both + gained)]
  return {
    ...{ both, gained, lost, neither: count(false, false), retained, discovered },
    harmony: retained === null || discovered === null ? null : harmonic(retained, discovered),
    balance: share(gained - lost, both + gained + lost),
  }
}

function solved({ right }: Tally): boolean {
  return right > 0
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

function harmonic(a: number, b: number): number {
  return a + b === 0 ? 0 : (2 * a * b) / (a + b)
}

function crossingOf(curve: Boundary['curve']): number | null {
  const behind = curve.findLastIndex(({ base, tuned }) => base < tuned)
  return behind < 0 ? null : (curve[behind + 1]?.k ?? null)
}

function powersUpTo(most: number): number[] {
  const powers: number[] = []
  for (let n = 1; n < most; n *= 2) powers.push(n)
  return most < 1 ? [] : [...powers, most]
}
