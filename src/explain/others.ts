// What the groups of a batch say of its whitening, each beside the others.

import { pooled, type Spread, spreadOf } from '../advantages/whiten.ts'
import { written } from '../groups/written.ts'
import type { Replay } from './replay.ts'
import type { Others } from './what-if.ts'

type Summed = Pick<Replay, 'groups_P' | 'trace'>

const known = new WeakMap<Summed, Readonly<Record<keyof Others, readonly Spread[]>>>()

/** Of all groups of a replay but one; null where there are no others, or a stage does not tell how it sums. */
export function othersThan(replay: Summed, p: number): Others | null {
  if (replay.trace === undefined || replay.groups_P.length < 2) return null
  const spreads = known.get(replay) ?? {
    verl: spreadsOf(replay, 'verl'),
    openrlhf: spreadsOf(replay, 'openrlhf'),
  }
  known.set(replay, spreads)
  const without = (all: readonly Spread[]): Spread =>
    all.filter((_, other) => other !== p).reduce(pooled)
  return { verl: without(spreads.verl), openrlhf: without(spreads.openrlhf) }
}

function spreadsOf({ groups_P, trace }: Summed, form: keyof Others): Spread[] {
  return groups_P.map(({ rollouts }, p) => {
    const masks = rollouts.map((rollout, g) => ({
      written_T: written(rollout),
      masked_T: trace!.masked_P_G_T[p]![g]!,
    }))
    return spreadOf(form, masks, trace!.kept_P_G_T[p]!)
  })
}
