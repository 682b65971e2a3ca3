// Rollouts of earlier iterations, by where they stand. A run finds them in its own table, so that what a method remembers of
// them stays small, and is right again after the run was continued or went back.

import { RunError } from '../errors.ts'
import type { Group, Rollout, RolloutPlace } from '../types.ts'
import { readRun } from './reader.ts'
import { rolloutOf } from './rollout-table.ts'

/** Finds rollouts of earlier iterations, in order: as they were to the last bit, of origin 'replay'. */
export type Recall = (places: readonly RolloutPlace[]) => Promise<readonly Rollout[]>

/** From the rollout table of a run, as it is when they are asked for. */
export function recallFrom(folder: string): Recall {
  return async places => {
    if (places.length === 0) return []
    const run = readRun(folder)
    const iterations = [...new Set(places.map(([iteration]) => iteration))]
    const tables = await Promise.all(iterations.map(iteration => run.rollouts(iteration)))
    return places.map(place => {
      const [iteration, group, rollout] = place
      const row = tables[iterations.indexOf(iteration)]!.find(
        one => one.group === group && one.rollout === rollout,
      )
      if (row === undefined) throw missing(place, folder)
      return replayed(rolloutOf(row))
    })
  }
}

/** Rollouts of a training that writes no run, kept for as long as it lasts. */
export interface KeptRollouts {
  readonly keep: (iteration: number, groups_P: readonly Group[]) => void
  readonly recall: Recall
}

/** Nothing yet; what iterations sampled is to be kept by whoever runs them. */
export function keptRollouts(): KeptRollouts {
  const kept = new Map<number, readonly Group[]>()
  return {
    keep: (iteration, groups_P) => {
      kept.set(iteration, groups_P)
    },
    recall: async places =>
      places.map(place => {
        const [iteration, group, rollout] = place
        const found = kept.get(iteration)?.[group]?.rollouts[rollout]
        if (found === undefined) throw missing(place, 'what was kept')
        return replayed(found)
      }),
  }
}

/** What it branched off stands in no group beside it: its tokens count from the prompt on. */
function replayed(rollout: Rollout): Rollout {
  return { ...rollout, branch: null, origin: 'replay' }
}

function missing([iteration, group, rollout]: RolloutPlace, where: string): RunError {
  return new RunError(
    `${where} has no rollout ${rollout} of group ${group} of iteration ${iteration}, which the method remembers; ` +
      'go on from an earlier checkpoint, or start another run',
  )
}
