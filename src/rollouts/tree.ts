import type { Method } from '../method.ts'
import { hashSeed } from '../numbers/random.ts'
import { extend, isOver, type Path, unbegun } from './extend.ts'
import { requireNobodyTalks, type Sampler } from './sampler.ts'

export interface Tree {
  readonly width: number // edges that leave a node
  readonly depth: number // edges of a path, at most
  readonly edgeTokens: number // of an edge, at most; the last of a path goes on to its end
}

/**
 * A tree of rollouts for each problem, each a path to a leaf (arXiv:2506.05183, section 3.1). The first edge that leaves a node
 * goes on with the rollout that came to it, the others branch off, so that every edge is one rollout's own.
 */
export function tree(sampler: Sampler, shape: Tree): Method['rollouts'] {
  requireNobodyTalks('a tree of rollouts', sampler)
  const { width: n, depth, edgeTokens } = shape
  return async (problems, seed, signal) => {
    const paths_P = problems.map(({ prompt }) => [unbegun(sampler.tokenizer.encode(prompt))])
    for (let level = 1; level <= depth; level++) {
      const until = level === depth ? ('end' as const) : { tokens: edgeTokens, across: true }
      const open = paths_P.flatMap((paths, p) =>
        paths.flatMap((from, g) => (isOver(from) ? [] : [{ p, g, from }])),
      )
      const asked = open.map(({ p, g, from }) => {
        return { from, n, seed: hashSeed(seed, 'tree', p, level, g), until }
      })
      const found = await extend(sampler, asked, signal)
      for (const [i, { p, g }] of open.entries()) grow(paths_P[p]!, g, found[i]!)
    }
    return problems.map((problem, p) => ({ problem, rollouts: paths_P[p]!.filter(isOver) }))
  }
}

/** Puts what a path goes on as in its place, and behind all others what branches off from it. */
function grow(paths: Path[], parent: number, [first, ...others]: readonly Path[]): void {
  const branch = { parent, atToken: paths[parent]!.ids.length }
  paths[parent] = first!
  const away = branch.atToken === 0 ? null : branch // from the prompt nothing branches off
  paths.push(...others.map(path => ({ ...path, branch: away })))
}
