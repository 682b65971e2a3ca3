// The carried tables of a land to travel in, made by a number: trips, inns, places to eat and sights of four towns. A name, such
// as `h3`, does not say what town it is in, so that whoever plans has to ask.

import { below, pick, type Random, random, shuffled } from '../../numbers/random.ts'

export const towns = ['Ash', 'Bay', 'Cole', 'Dun'] as const
export const modes = ['train', 'bus', 'car'] as const
export const rooms = ['whole', 'private', 'shared'] as const
export const guests = ['pets', 'smoke', 'party'] as const // what an inn may forbid
export const cuisines = ['thai', 'greek', 'cuban', 'irish'] as const

export type Town = (typeof towns)[number]
export interface Trip {
  readonly from: Town
  readonly to: Town
  readonly mode: (typeof modes)[number]
  readonly price: number // of a person; of a car, which takes 4
}
export interface Inn {
  readonly town: Town
  readonly room: (typeof rooms)[number]
  readonly price: number // of a room, which takes 2, a night
  readonly allows: readonly (typeof guests)[number][]
  readonly nights: number // at least, in a row
}
export interface Eatery {
  readonly town: Town
  readonly cuisine: (typeof cuisines)[number]
  readonly price: number // of a person
}
export interface Sight {
  readonly town: Town
}

/** The tables, by names: t1, h1, e1, s1, and on. */
export interface World {
  readonly trips: ReadonlyMap<string, Trip>
  readonly inns: ReadonlyMap<string, Inn>
  readonly eats: ReadonlyMap<string, Eatery>
  readonly sights: ReadonlyMap<string, Sight>
}

/** The world of a number: 3 trips between any two towns, 3 inns in each, one of them for a single night, 4 places to eat, 4 sights. */
export function worldOf(seed: number): World {
  const draw = random(seed, 'travel')
  const price = (least: number, steps: number): number => least + 5 * below(draw, steps)
  const each = <T>(n: number, of: (town: Town, i: number) => T): T[] =>
    towns.flatMap(town => Array.from({ length: n }, (_, i) => of(town, i)))
  const trips = towns.flatMap(from =>
    towns
      .filter(to => to !== from)
      .flatMap(to => modes.map(mode => ({ from, to, mode, price: price(10, 12) }))),
  )
  return {
    trips: named('t', trips, draw),
    inns: named(
      'h',
      each(3, (town, i) => ({
        ...{ town, room: pick(draw, rooms), price: price(20, 16) },
        ...{ allows: guests.filter(() => draw() < 0.6), nights: i === 0 ? 1 : 1 + below(draw, 3) },
      })),
      draw,
    ),
    eats: named(
      'e',
      each(4, town => ({ town, cuisine: pick(draw, cuisines), price: price(5, 6) })),
      draw,
    ),
    sights: named(
      's',
      each(4, town => ({ town })),
      draw,
    ),
  }
}

function named<T>(letter: string, things: readonly T[], draw: Random): ReadonlyMap<string, T> {
  return new Map(shuffled(draw, things).map((thing, i) => [`${letter}${i + 1}`, thing]))
}
