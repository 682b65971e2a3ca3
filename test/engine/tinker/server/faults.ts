// How the server of the tests misbehaves.

import { below, random } from '../../../../src/numbers/random.ts'

/** What goes wrong with one request. */
export type Fault =
  | 'refused connection' // gone before the request is read
  | 'lost answer' // done, but the connection breaks before the answer
  | 'cut answer' // done, the body ends early
  | 'too many' // 429
  | 'error before' // 500, nothing done
  | 'error after' // 500, and yet it was done
  | 'gave up' // 408 of a result; nothing of anything else
  | 'expired' // 410 of a result
  | 'lost result' // 404 of a result
  | 'broken result' // a result says that the server failed
  | 'doubled' // the request arrives twice
  | 'late' // its work is done after what came later
  | 'garbage' // an answer that is no JSON
  | 'lie' // an answer of another shape
  | 'restart' // models, sessions and results are forgotten
  | 'poison' // the models' gradients become no numbers first
  | 'refused' // 422

/** Those after which nothing is lost that the server once kept, and nothing refused. */
export const everyFault: readonly Fault[] = [
  'refused connection',
  'lost answer',
  'cut answer',
  'too many',
  'error before',
  'error after',
  'gave up',
  'expired',
  'lost result',
  'broken result',
  'doubled',
  'late',
  'garbage',
  'lie',
  'restart',
]

/** What is wrong with the n-th request, of this path; null nothing. */
export type Faults = (path: string, n: number) => Fault | null

export const noFaults: Faults = () => null

/** Faults at random, in this share of the requests, `most` in all; how often each came. */
export function faultsAtRandom(
  seed: number,
  share: number,
  most: number,
  kinds: readonly Fault[] = everyFault,
): { readonly faults: Faults; readonly counts: Map<Fault, number>; total(): number } {
  const draw = random(seed, 'faults')
  const counts = new Map<Fault, number>()
  const total = (): number => [...counts.values()].reduce((a, b) => a + b, 0)
  const faults: Faults = () => {
    if (total() >= most || draw() >= share) return null
    const fault = kinds[below(draw, kinds.length)]!
    counts.set(fault, (counts.get(fault) ?? 0) + 1)
    return fault
  }
  return { faults, counts, total }
}

/** These faults, for the requests of a path in order; null is none. */
export function faultsOf(path: RegExp, ...list: readonly (Fault | null)[]): Faults {
  const rest = [...list]
  return asked => (path.test(asked) ? (rest.shift() ?? null) : null)
}
