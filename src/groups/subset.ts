// Some rollouts of a group, with what belongs to them.

import type { Group, Rollout } from '../types.ts'

/** The items at some indices. */
export function pick<T>(items: readonly T[], indices: readonly number[]): T[] {
  return indices.map(i => items[i]!)
}

/** The rollouts at some indices. A branch whose parent is left out counts as sampled from the prompt. */
export function subgroup(group: Group, indices: readonly number[]): Group {
  const place = new Map(indices.map((from, to) => [from, to]))
  return { ...group, rollouts: pick(group.rollouts, indices).map(one => rebranched(one, place)) }
}

function rebranched(rollout: Rollout, place: ReadonlyMap<number, number>): Rollout {
  if (rollout.branch === null) return rollout
  const parent = place.get(rollout.branch.parent)
  return { ...rollout, branch: parent === undefined ? null : { ...rollout.branch, parent } }
}

/**
 * What a stage found of a group, for the rollouts at some indices: fields whose name has the axis G are lists of them, alone
 * or by name.
 */
export function subsetOf<R extends object>(found: R, indices: readonly number[]): R {
  const entries = Object.entries(found).map(([name, value]) => {
    if (!/_G(_|$)/.test(name) || value === undefined) return [name, value]
    if (Array.isArray(value)) return [name, pick(value, indices)]
    const parts = Object.entries(value as Record<string, readonly unknown[]>)
    return [name, Object.fromEntries(parts.map(([part, x_G]) => [part, pick(x_G, indices)]))]
  })
  return Object.fromEntries(entries) as R
}

/** Whether indices name rollouts of a group of `count`, each once, ascending. */
export function areIndices(indices: readonly number[], count: number): boolean {
  return indices.every(
    (i, at) => Number.isInteger(i) && i >= 0 && i < count && (at === 0 || i > indices[at - 1]!),
  )
}
