// Where on the page one is: the part of its address after #, `#/RUN/iteration/group/rollout/token`.

/** Each is there only where those before it are. */
export interface Place {
  readonly run: string | null
  readonly judge: boolean // the run's judge, in the iteration's place
  readonly iteration: number | null
  readonly group: number | null
  readonly rollout: number | null
  readonly token: number | null
}

/** All runs. */
export const everywhere: Place = {
  ...{ run: null, judge: false },
  ...{ iteration: null, group: null, rollout: null, token: null },
}

/** The place of an address; null where it names none. */
export function placeOf(hash: string): Place | null {
  const parts = hash.replace(/^#?\/?/, '').split('/')
  if (parts[0] === '') return parts.length === 1 ? everywhere : null
  const run = decoded(parts[0]!)
  if (run === null || parts.length > 5) return null
  if (parts[1] === 'judge') return parts.length === 2 ? { ...everywhere, run, judge: true } : null
  const numbers = parts.slice(1)
  if (!numbers.every(one => /^\d{1,9}$/.test(one))) return null
  const [iteration = null, group = null, rollout = null, token = null] = numbers.map(Number)
  return { run, judge: false, iteration, group, rollout, token }
}

/** The address of a place, with its #. */
export function addressOf(place: Partial<Place>): string {
  const { run = null, judge = false, iteration, group, rollout, token } = place
  if (run === null) return '#/'
  const numbers = judge ? ['judge'] : [iteration, group, rollout, token]
  const end = numbers.findIndex(one => one === null || one === undefined)
  const below = end < 0 ? numbers : numbers.slice(0, end)
  return `#/${[encodeURIComponent(run), ...below].join('/')}`
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}
