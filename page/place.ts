// Where on the page one is: the part of its address after #, `#/RUN/iteration/group/rollout/token`.

import {
  addressOf as addressIn,
  type Place as PlaceInRun,
  placeOf as placeIn,
  wholeRun,
} from '../src/runs/address.ts'

/** A place in a run, or all runs. */
export interface Place extends PlaceInRun {
  readonly run: string | null
  readonly judge: boolean // the run's judge, in the iteration's place
}

/** All runs. */
export const everywhere: Place = { run: null, judge: false, ...wholeRun }

/** The place of an address; null where it names none. */
export function placeOf(hash: string): Place | null {
  const parts = hash.replace(/^#?\/?/, '').split('/')
  if (parts[0] === '') return parts.length === 1 ? everywhere : null
  const run = decoded(parts[0]!)
  if (run === null) return null
  if (parts[1] === 'judge') return parts.length === 2 ? { ...everywhere, run, judge: true } : null
  try {
    return { run, judge: false, ...placeIn(parts.slice(1)) }
  } catch {
    return null
  }
}

/** The address of a place, with its #. */
export function addressOf(place: Partial<Place>): string {
  const { run = null, judge = false } = place
  if (run === null) return '#/'
  const name = encodeURIComponent(run)
  return `#/${judge ? `${name}/judge` : addressIn(place, name)}`
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}
