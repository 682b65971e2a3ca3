import { hashSeed, random } from '../numbers/random.ts'
import { type BeamOptions, beamOf, newSteps, type Scored } from './beam.ts'
import { type DepthFirstOptions, depthFirstOf } from './depth-first.ts'
import { type Conversation, type Growth, judged, type Node, ranked, type Search } from './search.ts'

/**
 * A beam whose candidates a cheap judge accepts as speculative sampling does, and ranks by how far it and the policy agree (SRM,
 * arXiv:2506.00396): of the steps that one path goes on by, with p the policy's probability and m the judge's odds, each as a share,
 * one is accepted by chance min(1, m / p), the best of them always, and its score is p * m.
 */
export function speculative(options: BeamOptions): Search {
  return beamOf('speculative', options, { grow: acceptedSteps })
}

/** Likewise depth first: of the ways in which a path goes on those that are accepted are followed to their ends, the best first. */
export function speculativeDepthFirst(options: DepthFirstOptions): Search {
  return depthFirstOf('speculative-depth-first', options, function* (growth) {
    return ranked(yield* acceptedSteps([growth]))
  })
}

function* acceptedSteps(growths: readonly Growth[]): Conversation<Scored[]> {
  const nodes = yield* judged(yield* newSteps(growths))
  return growths.flatMap(({ node: from, seed }) => {
    const own = nodes.filter(({ parent }) => parent?.path === from.path)
    const shares = sharesOf(own)
    const draw = random(hashSeed(seed, 'accept'))
    const best = shares.reduce((found, { p, m }, k) => {
      const { p: q, m: n } = shares[found]!
      return p * m > q * n ? k : found
    }, 0)
    return own.flatMap((node, k): Scored[] => {
      const { p, m } = shares[k]!
      const kept = draw() < accepts(p, m) || k === best
      return kept ? [{ node, score: p * m }] : []
    })
  })
}

/** The chance that a candidate of these shares of policy and judge is accepted. */
export function accepts(p: number, m: number): number {
  return Math.min(1, m / p)
}

/** What the policy and the judge make of candidates, each as shares of 1; a step without a score has the policy's share. */
export function sharesOf(
  nodes: readonly Node[],
): readonly { readonly p: number; readonly m: number }[] {
  const logs = nodes.map(({ path: { logprobs_T }, parent }) =>
    logprobs_T.subarray(parent?.path.ids.length ?? 0).reduce((a, b) => a + b, 0),
  )
  const highest = Math.max(...logs)
  const ps = shared(logs.map(log => Math.exp(log - highest)))
  const scores = nodes.map(({ scores_S }) => scores_S.at(-1) ?? null)
  if (scores.includes(null)) return ps.map(p => ({ p, m: p }))
  const ms = shared(scores.map(score => 1 / (1 + Math.exp(-score!))))
  return ps.map((p, k) => ({ p, m: ms[k]! }))
}

function shared(weights: readonly number[]): number[] {
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map(weight => weight / total)
}
