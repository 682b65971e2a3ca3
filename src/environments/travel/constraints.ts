// The thirteen constraints on a plan, in the manner of TravelPlanner (arXiv:2402.01622, table 1): eight of common sense, and five
// that a problem wishes for. One on things of which a plan has none does not hold: else nothing would be the safest plan.

import { type Day, townsOf, type Wish } from './plan.ts'
import type { Inn, Trip, World } from './world.ts'

export const soft = [
  'known', // all that is named stands in the tables
  'complete', // as many days as asked, each with a meal and a sight, a trip where it goes, an inn but for the last
  'in_place', // inns, meals and sights are where the day is; trips go where it goes
  'route', // it leaves from home, joins up, sees each town that was asked for once, and comes home
  'meals_differ', // no place to eat twice
  'sights_differ',
  'trips_agree', // a car is not mixed with trains and buses: it would be left behind
  'nights', // in a row in an inn, as many as it wants at least
] as const
export const hard = ['budget', 'room', 'guest', 'cuisine', 'transport'] as const
export type Constraint = (typeof soft)[number] | (typeof hard)[number]

/** What a plan names, found in the tables. */
interface Things {
  readonly trips: readonly (Trip | undefined)[]
  readonly inns: readonly (Inn | undefined)[] // of the days that have one, in order
}

/**
 * Which constraints hold. Those that were not wished for are left out, and what was wished for holds only where all that is named
 * is known and nothing is missing, as TravelPlanner judges.
 */
export function constraintsOf(
  world: World,
  wish: Wish,
  days: readonly Day[],
): Readonly<Partial<Record<Constraint, boolean>>> {
  const things = {
    trips: days.flatMap(({ go }) => (go === undefined ? [] : [world.trips.get(go)])),
    inns: days.flatMap(({ inn }) => (inn === undefined ? [] : [world.inns.get(inn)])),
  }
  const found = {
    known: isKnown(world, days, things),
    complete: isComplete(wish, days),
    in_place: isInPlace(world, days),
    route: isRoute(wish, days),
    meals_differ: differ(days.flatMap(({ eat }) => eat)),
    sights_differ: differ(days.flatMap(({ see }) => see)),
    trips_agree: agree(things.trips),
    nights: areLongEnough(world, days),
  }
  const wished = found.known && found.complete
  const wishes = Object.entries(hardOf(world, wish, days, things))
  return {
    ...found,
    ...Object.fromEntries(wishes.map(([name, holds]) => [name, wished && holds])),
  }
}

/** What a plan costs all who go; NaN where something that it names is not known. */
export function costOf(world: World, people: number, days: readonly Day[]): number {
  const beds = Math.ceil(people / 2)
  const each = days.map(({ go, inn, eat }) => {
    const [trip, room] = [go && world.trips.get(go), inn && world.inns.get(inn)]
    const seats = trip && trip.mode === 'car' ? Math.ceil(people / 4) : people
    const meals = eat.map(name => people * (world.eats.get(name)?.price ?? Number.NaN))
    const going = go === undefined ? 0 : trip ? seats * trip.price : Number.NaN
    const sleeping = inn === undefined ? 0 : room ? beds * room.price : Number.NaN
    return meals.reduce((sum, price) => sum + price, going + sleeping)
  })
  return each.reduce((sum, cost) => sum + cost, 0)
}

function hardOf(
  world: World,
  { people, budget, room, guest, cuisines, without }: Wish,
  days: readonly Day[],
  { trips, inns }: Things,
): Readonly<Record<string, boolean>> {
  const eaten = days.flatMap(({ eat }) => eat.map(name => world.eats.get(name)?.cuisine))
  return {
    budget: costOf(world, people, days) <= budget,
    ...(room !== null && { room: some(inns, inn => inn?.room === room) }),
    ...(guest !== null && { guest: some(inns, inn => inn?.allows.includes(guest) === true) }),
    ...(cuisines.length > 0 && { cuisine: cuisines.every(one => eaten.includes(one)) }),
    ...(without !== null && {
      transport: some(trips, trip => trip !== undefined && trip.mode !== without),
    }),
  }
}

function isKnown(world: World, days: readonly Day[], { trips, inns }: Things): boolean {
  const meals = days.flatMap(({ eat }) => eat.map(name => world.eats.get(name)))
  const sights = days.flatMap(({ see }) => see.map(name => world.sights.get(name)))
  return some([...trips, ...inns, ...meals, ...sights], thing => thing !== undefined)
}

function isComplete(wish: Wish, days: readonly Day[]): boolean {
  return (
    days.length === wish.days &&
    days.every((day, i) => {
      const [goes, isLast] = [day.in.includes('>'), i === days.length - 1]
      const has = day.eat.length > 0 && day.see.length > 0
      return has && goes === (day.go !== undefined) && isLast === (day.inn === undefined)
    })
  )
}

function isInPlace(world: World, days: readonly Day[]): boolean {
  const places = days.flatMap(day => {
    const [from, to] = townsOf(day) ?? [null, null]
    const trip = day.go === undefined ? undefined : world.trips.get(day.go)
    const isHere = (place?: { readonly town: string }): boolean =>
      place !== undefined && (place.town === from || place.town === to)
    return [
      ...(day.go === undefined ? [] : [trip?.from === from && trip?.to === to && from !== null]),
      ...(day.inn === undefined ? [] : [world.inns.get(day.inn)?.town === to]),
      ...day.eat.map(name => isHere(world.eats.get(name))),
      ...day.see.map(name => isHere(world.sights.get(name))),
    ]
  })
  return some(places, isIn => isIn)
}

function isRoute({ from, to }: Wish, days: readonly Day[]): boolean {
  const stops = days.map(townsOf)
  const joins = stops.every((stop, i) => stop !== null && stop[0] === (stops[i - 1]?.[1] ?? from))
  const seen = stops.flatMap(stop => (stop !== null && stop[0] !== stop[1] ? [stop[1]] : []))
  const home = seen.pop()
  return joins && home === from && seen.length === to.length && to.every(one => seen.includes(one))
}

function agree(trips: Things['trips']): boolean {
  const cars = trips.filter(trip => trip?.mode === 'car').length
  return some(trips, trip => trip !== undefined) && (cars === 0 || cars === trips.length)
}

function areLongEnough(world: World, days: readonly Day[]): boolean {
  const stays: { readonly name: string; nights: number }[] = []
  for (const { inn } of days) {
    const last = stays.at(-1)
    if (last !== undefined && last.name === inn) last.nights++
    else stays.push({ name: inn ?? '', nights: 1 })
  }
  const slept = stays.filter(({ name }) => name !== '')
  return some(slept, ({ name, nights }) => nights >= (world.inns.get(name)?.nights ?? Infinity))
}

function differ(names: readonly string[]): boolean {
  return names.length > 0 && new Set(names).size === names.length
}

function some<T>(of: readonly T[], holds: (one: T) => boolean): boolean {
  return of.length > 0 && of.every(holds)
}
