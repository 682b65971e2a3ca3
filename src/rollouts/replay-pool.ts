// Problems that are solved sometimes, and where their right rollouts stand (arXiv:2510.02245, section 3.2).

import type { Now, Outcome, Rewarded } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { pick, random } from '../numbers/random.ts'
import type { Problem, RolloutPlace } from '../types.ts'

/** A problem, how many of its group were right the last time, and right rollouts of it. */
export type Remembered = {
  problem: { readonly [K in keyof Problem]: Problem[K] }
  right: number
  places: readonly RolloutPlace[]
}

export type ReplayPool = {
  open: boolean // whether a batch was right often enough to begin
  retired: readonly string[] // problems of which all of a group were right
  kept: readonly Remembered[] // the one seen last comes last
}

const most = { problems: 2048, places: 16 } // so that it stays far below what may be remembered
const poolOf = ({ memory }: Now) =>
  (memory ?? { open: false, retired: [], kept: [] }) as unknown as ReplayPool

/** The pool after another batch; up to the one that opens it nothing is kept. */
export function remembering(now: Now, beginAt: number) {
  const pool = poolOf(now)
  return ({ groups_P, rewards_P }: Rewarded<Outcome>): ReplayPool => {
    const known = rewards_P.flatMap(({ outcome_G }) => outcome_G.filter(x => x !== null))
    if (!pool.open) return { ...pool, open: mean(known.map(x => Number(x > 0.5))) > beginAt }
    const kept = new Map(pool.kept.map(one => [one.problem.id, one]))
    const retired = new Set(pool.retired)
    for (const [p, { problem, rollouts }] of groups_P.entries()) {
      const { outcome_G } = rewards_P[p]!
      const right = rollouts.flatMap((_, g) => (Number(outcome_G[g]) > 0.5 ? [g] : []))
      if (right.length === 0) continue
      const before = kept.get(problem.id)?.places ?? []
      kept.delete(problem.id)
      if (right.length === rollouts.length) retired.add(problem.id)
      if (retired.has(problem.id)) continue
      const texts = rollouts.map(({ text }) => text)
      const fresh = right.filter(g => !rollouts[g]!.origin && texts.indexOf(texts[g]!) === g)
      const places = [...before, ...fresh.map(g => [now.iteration, p, g] as const)]
      kept.set(problem.id, { problem, right: right.length, places: places.slice(-most.places) })
    }
    return { open: true, retired: [...retired], kept: [...kept.values()].slice(-most.problems) }
  }
}

/** How likely a bucket is, relative to others: a normal around half of the group, of deviation 1. */
export function bucketWeight(right: number, groupSize: number): number {
  return Math.exp(-((right - groupSize / 2) ** 2) / 2)
}

/** What is replayed of so many problems, none twice: buckets by their weights, of each a problem by chance. */
export function replaysOf(now: Now, { share = 0.5, groupSize = 8 } = {}) {
  return (problems: number): readonly Remembered[] => {
    const draw = random(now.seed, 'replay', now.iteration)
    const out: Remembered[] = []
    for (let left = poolOf(now).kept; out.length < Math.floor(share * problems); ) {
      const buckets = [...new Set(left.map(({ right }) => right))]
      if (buckets.length === 0) break
      const weights = buckets.map(right => bucketWeight(right, groupSize))
      let at = draw() * weights.reduce((a, b) => a + b)
      while (at >= weights[0]! && weights.length > 1) at -= weights.shift()!
      const bucket = buckets.at(-weights.length)!
      const one = pick(
        draw,
        left.filter(({ right }) => right === bucket),
      )
      out.push(one)
      left = left.filter(other => other !== one)
    }
    return out
  }
}
