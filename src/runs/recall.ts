// Rollouts of earlier iterations, by where they stand. A run finds them in its own table, so that what a method remembers of
// them stays small, and is right again after the run was continued or went back.

import { statSync } from 'node:fs'
import { RunError } from '../errors.ts'
import type { Group, Rollout, RolloutPlace } from '../types.ts'
import { rolloutPart } from './layout.ts'
import { readRun } from './reader.ts'
import { rolloutOf } from './rollout-table.ts'

/** Finds rollouts of earlier iterations, in order: as they were to the last bit, of origin 'replay'. */
export type Recall = (places: readonly RolloutPlace[]) => Promise<readonly Rollout[]>

const mostParts = 64 // that stay in memory; what is replayed is mostly of few iterations

/** From the rollout table of a run, as it is when they are asked for; a part that stays the same is read once. */
export function recallFrom(folder: string): Recall {
  const parts = new Map<string, Promise<ReadonlyMap<string, Rollout>>>() // the one asked for last comes last
  const partOf = (iteration: number): Promise<ReadonlyMap<string, Rollout>> => {
    const file = statSync(rolloutPart(folder, iteration), { throwIfNoEntry: false })
    const key = `${iteration} ${file?.ino} ${file?.mtimeMs}` // one that is written again is another
    const part = parts.get(key) ?? readPart(folder, iteration)
    parts.delete(key)
    parts.set(key, part)
    if (parts.size > mostParts) parts.delete(parts.keys().next().value!)
    return part
  }
  return places =>
    Promise.all(
      places.map(async place => {
        const [iteration, group, rollout] = place
        const found = (await partOf(iteration)).get(`${group} ${rollout}`)
        if (found === undefined) throw missing(place, folder)
        return replayed(found)
      }),
    )
}

async function readPart(folder: string, iteration: number): Promise<ReadonlyMap<string, Rollout>> {
  const rows = await readRun(folder).rollouts(iteration)
  return new Map(rows.map(row => [`${row.group} ${row.rollout}`, rolloutOf(row)]))
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
