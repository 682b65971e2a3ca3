import { z } from 'zod'
import { cuisines, guests, modes, rooms, towns } from './world.ts'

const town = z.enum(towns)
const name = z.string().max(8)

/** What is wished for: the meta of a problem. */
export const wish = z.object({
  world: z.int(), // of which tables
  from: town, // where the journey begins, and ends
  to: z.array(town).min(1), // each once, in any order
  days: z.int().min(2).max(12),
  people: z.int().min(1).max(12),
  budget: z.number(), // for all of them
  room: z.enum(rooms).nullable().default(null), // of every inn; left out: any, as with those below
  guest: z.enum(guests).nullable().default(null), // what every inn must allow
  cuisines: z.array(z.enum(cuisines)).default([]), // each is eaten
  without: z.enum(modes).nullable().default(null), // no trip by it
})
export type Wish = z.infer<typeof wish>

/** A day: in a town, or on the way, `Ash>Bay`. What there is none of that day is left out. */
const day = z.strictObject({
  in: z.string().max(20),
  go: name.optional(), // a trip
  inn: name.optional(), // for the night to come
  eat: z.array(name).max(6).default([]),
  see: z.array(name).max(6).default([]),
})
export type Day = z.infer<typeof day>

const plan = z.array(day).min(1).max(12)

/** The days of a plan in JSON; null where it is none. */
export function planOf(text: string): readonly Day[] | null {
  try {
    return plan.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null // no JSON
  }
}

/** The towns that a day begins and ends in; null where it says none, or goes from a town to itself. */
export function townsOf({ in: where }: Day): readonly [string, string] | null {
  const [from, to = from, ...rest] = where.split('>')
  const known = [from, to].every(one => towns.some(town => town === one))
  const moves = where.includes('>')
  return known && rest.length === 0 && moves === (from !== to) ? [from!, to!] : null
}
