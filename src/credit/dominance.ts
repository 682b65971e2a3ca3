import type { Outcome, StepRewards } from '../method.ts'
import { knownMean } from '../numbers/numeric.ts'
import { type Rule, told } from './streams.ts'

/**
 * Every token is credited with the share of the others of its group that its rollout is a right pair with, less the share that it is
 * a wrong one of: a pair is a rollout that none dominates, and one that it does (DG-PRM, arXiv:2507.17849, section 3.3). Criteria
 * are the outcome, the mean score of the steps and the worst. Null where one of them is not known.
 */
export function dominance(): Rule<Outcome & StepRewards> {
  return told(
    ({ rollouts }, { outcome_G, steps_G_S }) => {
      const criteria_G = rollouts.map((_, g) => criteriaOf(outcome_G[g]!, steps_G_S[g]!))
      const known = criteria_G.flatMap((criteria, g) => (criteria === null ? [] : [g]))
      const pairs = paretoPairs(known.map(g => criteria_G[g]!))
      return rollouts.map(({ ids }, g) => {
        const at = known.indexOf(g)
        if (at < 0) return null
        const better = pairs.filter(([a]) => a === at).length
        const worse = pairs.filter(([, b]) => b === at).length
        const broken = criteria_G[g]!.some(Number.isNaN) ? Number.NaN : 0
        const others = Math.max(known.length - 1, 1)
        return new Float32Array(ids.length).fill((better - worse) / others + broken)
      })
    },
    {
      name: 'dominance',
      formula: 'G[t] = (pairs in which it dominates - pairs in which it is dominated) / others',
      source: 'arXiv:2507.17849, section 3.3',
    },
  )
}
dominance.trial = {}

/** Places of pairs: of vectors that none dominates, each with those that it dominates. */
export function paretoPairs(vectors: readonly (readonly number[])[]): [number, number][] {
  const front = vectors.flatMap((one, a) =>
    vectors.some(other => dominates(other, one)) ? [] : [a],
  )
  return front.flatMap(a =>
    vectors.flatMap((other, b): [number, number][] =>
      dominates(vectors[a]!, other) ? [[a, b]] : [],
    ),
  )
}

/** Whether a vector is nowhere below another, and somewhere above. */
export function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((x, i) => x >= b[i]!) && a.some((x, i) => x > b[i]!)
}

function criteriaOf(outcome: number | null, scores_S: Float32Array | null): number[] | null {
  const score = knownMean(scores_S)
  return outcome === null || score === null ? null : [outcome, score, Math.min(...scores_S!)]
}
