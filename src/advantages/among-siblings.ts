// A group as a tree: rollouts share the tokens before one left the other, and a node is where they part.

import type { Baseline } from '../method.ts'
import { deviation, mean } from '../numbers/numeric.ts'
import type { Group } from '../types.ts'
import { labelled, told } from './siblings.ts'

type Shared = readonly (readonly number[])[]

const scales = {
  bernoulli: (xs: readonly number[]) => {
    const p = mean(xs)
    if (p < 0 || p > 1)
      throw new RangeError(`amongSiblings: bernoulli needs outcomes 0 to 1, got ${p}`)
    return Math.sqrt(p * (1 - p))
  },
  deviation,
  none: () => 1,
} as const
export type TreeScale = keyof typeof scales

/**
 * Each edge against the edges that leave the same node: A = (V - mean V) / scale(V), where V is the mean of what the edges
 * behind it are worth, and of a leaf its first return (arXiv:2506.05183, eq. 3 to 5). Zeros where all V are equal.
 */
export function amongSiblings({ scale = 'bernoulli' as TreeScale } = {}): Baseline {
  return told(
    (group, returns_G) => {
      const members_G = labelled('amongSiblings', group, returns_G)
      const known = members_G.flatMap((member, g) => (member === null ? [] : [g]))
      const shared = sharedTokens(group)
      const worthOf = (under: readonly number[]): number => {
        if (under.length === 1) return returns_G[under[0]!]![0]!
        const node = Math.min(...under.map(h => shared[under[0]!]![h]!))
        return mean(partedAt(node, under, shared).map(worthOf))
      }
      return members_G.map((member, g) => {
        const advantages_T = new Float32Array(group.rollouts[g]!.ids.length)
        if (member === null) return advantages_T
        for (let node = 0, end = 0; node < advantages_T.length; node = end) {
          const meeting = known.filter(h => shared[g]![h]! >= node)
          const edges = partedAt(node, meeting, shared)
          const values = edges.map(worthOf)
          const above = values[edges.findIndex(edge => edge.includes(g))]! - mean(values)
          const advantage = deviation(values) < 1e-9 ? 0 : above / scales[scale](values)
          end = Math.min(...shared[g]!.filter(at => at > node))
          for (let t = node; t < end; t++)
            if (member.written_T[t] === 1) advantages_T[t] = advantage
        }
        return advantages_T
      })
    },
    {
      name: 'among siblings',
      formula: 'A[t] = (V - mean of V over the edges that leave the node) / scale of them',
      source: 'arXiv:2506.05183, eq. 3 to 5',
      options: { scale },
    },
  )
}
amongSiblings.trial = {
  usual: () => ({ scale: 'deviation' }),
  choices: { scale: Object.keys(scales) },
}

/** How many first tokens every two rollouts share since one left the other; itself: all. */
function sharedTokens({ rollouts }: Group): Shared {
  const shared = rollouts.map(({ ids }, g) => rollouts.map((_, h) => (g === h ? ids.length : 0)))
  for (const [g, { branch }] of rollouts.entries())
    for (let h = 0; branch !== null && h < g; h++)
      shared[g]![h] = shared[h]![g] = Math.min(branch.atToken, shared[branch.parent]![h]!)
  return shared
}

/** Rollouts that meet in a node, by the edges with which they leave it. */
function partedAt(node: number, under: readonly number[], shared: Shared): number[][] {
  const same = (g: number, h: number): boolean => shared[g]![h]! > node
  const firsts = under.filter((h, i) => !under.slice(0, i).some(first => same(first, h)))
  return firsts.map(first => under.filter(h => same(first, h)))
}
