// Addresses: RUN/iteration/group/rollout/token names a place in a run, as far down as it has numbers.

import { ConfigError } from '../errors.ts'

/** A place in a run: null from the level on that it does not name. */
export interface Place {
  readonly iteration: number | null
  readonly group: number | null
  readonly rollout: number | null
  readonly token: number | null
}

export const levels = ['iteration', 'group', 'rollout', 'token'] as const

/** The run itself. */
export const wholeRun: Place = { iteration: null, group: null, rollout: null, token: null }

/** A place from its numbers, the iteration first. Throws ConfigError where they name none. */
export function placeOf(numbers: readonly string[]): Place {
  const names = numbers.length <= levels.length
  const wrong = numbers.find((text, i) => !/^\d{1,9}$/.test(text) || (i === 0 && Number(text) < 1))
  if (!names || wrong !== undefined)
    throw new ConfigError(
      `'${numbers.join('/')}' is no place in a run; expected iteration/group/rollout/token, or fewer of them`,
    )
  const at = (i: number): number | null => (numbers[i] === undefined ? null : Number(numbers[i]))
  return { iteration: at(0), group: at(1), rollout: at(2), token: at(3) }
}

/** A place as `3/0/2/17`, after the name of its run where that is given. */
export function addressOf(place: Partial<Place>, run: string | null = null): string {
  const numbers = levels.map(level => place[level] ?? null)
  const end = numbers.indexOf(null)
  const named = end < 0 ? numbers : numbers.slice(0, end)
  return [...(run === null ? [] : [run.replace(/(?<=.)\/+$/, '')]), ...named].join('/')
}

/**
 * An address on a command line: a folder, and a place in the run that it holds. The longest folder that holds a run is the
 * run; where none does, all of the text is the folder, at no place. Throws ConfigError where what follows a run is no place.
 */
export function parseAddress(
  text: string,
  isRun: (folder: string) => boolean,
): { readonly folder: string; readonly place: Place } {
  const parts = text.replace(/(?<=.)[/\\]+$/, '').split(/[/\\]/)
  for (let end = parts.length; end > 0; end--) {
    const folder = text.slice(0, parts.slice(0, end).join('/').length) // separators as they were written
    if (folder !== '' && isRun(folder)) return { folder, place: placeOf(parts.slice(end)) }
  }
  return { folder: text, place: wholeRun }
}
