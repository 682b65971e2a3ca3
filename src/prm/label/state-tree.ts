// The states that solutions of one problem go through: a prefix of whole steps each, the problem itself being the root.
// Solutions that begin with the same tokens share states, and every rollout through a state says something of its value.

import { type Prefix, prefixOf } from '../../rollouts/from-prefix.ts'
import type { TextRollout } from '../../rollouts/text-rollout.ts'
import type { Solution } from '../solution.ts'

/** A prefix of steps, and what rollouts from it and through it have shown. */
export interface State {
  readonly prefix: Prefix
  readonly parent: State | null
  readonly children: Map<string, State> // by the tokens of the step
  rollouts: number // that began here, or before and came through
  right: number // of those
  visits: number // searches of a rollout that began here
  /** Whether it was looked at: its value is that of enough rollouts. */
  measured: boolean
  /** Rollouts that say nothing of its value: the wrong one for whose sake it was looked at. */
  biased: number
}

/** A tree that holds the problem alone. */
export function rootState(promptIds: Int32Array): State {
  return fresh({ promptIds, ids: new Int32Array(0), steps: [] }, null)
}

/**
 * Adds a rollout that began at `from`; returns the states that it goes through, `from` first, one a step after it. States
 * before `from` learn nothing: their rollouts were not meant to come here.
 */
export function addRollout(from: State, rollout: TextRollout, right: boolean): readonly State[] {
  const path = [from]
  for (let s = from.prefix.steps.length; s < rollout.steps.length; s++) {
    const { start, end } = rollout.steps[s]!
    const key = rollout.ids.subarray(start, end).join()
    const parent = path.at(-1)!
    const known = parent.children.get(key)
    const state = known ?? fresh(prefixOf(rollout, s + 1), parent)
    if (!known) parent.children.set(key, state)
    path.push(state)
  }
  for (const state of path) {
    state.rollouts++
    if (right) state.right++
  }
  return path
}

/** How many unbiased rollouts a state has. */
export function evidence({ rollouts, biased }: State): number {
  return rollouts - biased
}

/** The share of a state's rollouts that end right; NaN without any. */
export function worthOf(state: State): number {
  return state.right / evidence(state)
}

/** Whether a state has a right rollout, and keeps more than `ratio` of the problem's value. */
export function keepsValue(state: State, root: State, ratio = 0): boolean {
  return state.right > 0 && worthOf(state) > ratio * worthOf(root)
}

/** All states, each before its children. */
export function* states(root: State): Generator<State> {
  yield root
  for (const child of root.children.values()) yield* states(child)
}

function fresh(prefix: Prefix, parent: State | null): State {
  const counts = { rollouts: 0, right: 0, visits: 0, measured: false, biased: 0 }
  return { prefix, parent, children: new Map(), ...counts }
}

/** A rollout of the tree: given, or sampled from a state on the way. */
export interface TreeRollout {
  readonly from: State
  readonly path: readonly State[] // from `from` to its end
  readonly rollout: TextRollout
  readonly right: boolean
  readonly solution: Solution // the one it is, or its name as one
  readonly given: boolean
}

/** What a search of one problem leaves. */
export interface OmegaTree {
  readonly root: State
  readonly rollouts: readonly TreeRollout[] // in the order in which they came
}
