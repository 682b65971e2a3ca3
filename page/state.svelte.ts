// What is shared between the parts of the page.

import { askedAt } from './ask.ts'
import { forget, listen, load } from './load.ts'
import { everywhere, type Place, placeOf } from './place.ts'

/** Where one is, and what was chosen; it lasts as long as the page is open. */
export const view = $state({
  place: placeOf(location.hash) as Place | null,
  ask: askedAt(location.hash), // a question; null elsewhere
  askedRun: null as string | null, // of which it is asked; null: all
  changed: 0, // grows when a run did
  runs: null as string[] | null, // whose curves are seen; null: the first ones
  metrics: null as string[] | null, // null: the usual ones
  smoothing: 0,
  seeds: false,
  colour: 'advantage',
  sort: 'group',
})

export function here(): Place {
  return view.place ?? everywhere
}

function arrive(): void {
  view.place = placeOf(location.hash)
  view.ask = askedAt(location.hash)
}

/** Goes to an address at once: the browser tells of it later, and a key pressed until then would be lost. */
export function visit(address: string): void {
  location.hash = address
  arrive()
}

/** Follows the address, and what the server tells of runs that are written. */
export function follow(): void {
  addEventListener('hashchange', arrive)
  listen((run, iteration) => {
    forget(run, iteration)
    view.changed++
  })
}

/** An answer that is being loaded, is there, or is not to be had. */
export class Answer<T> {
  value = $state.raw<T | null>(null)
  wrong = $state<string | null>(null)
}

/** The answer of a path, anew whenever the path or a run changes; until then what was there stays. */
export function answerOf<T>(path: () => string | null): Answer<T> {
  const answer = new Answer<T>()
  let shown: string | null = null
  $effect(() => {
    const asked = path()
    void view.changed
    if (asked !== shown) answer.value = null
    answer.wrong = null
    shown = asked
    if (asked === null) return
    load<T>(asked).then(
      value => {
        if (shown === asked) answer.value = value
      },
      cause => {
        if (shown === asked) answer.wrong = (cause as Error).message
      },
    )
  })
  return answer
}
