import { below, type Random, shuffled } from '../../numbers/random.ts'
import type { Problem } from '../../types.ts'
import { costOf } from './constraints.ts'
import type { Day, Wish } from './plan.ts'
import { lookedUp } from './tools.ts'
import { type Town, towns, type World, worldOf } from './world.ts'

/**
 * A journey to plan, of difficulty 0 (two days, one town) to 3 (five days, two towns), and a plan that is right: wishes are drawn from
 * what that has, so that every problem can be solved. Its worked solution asks the tools first, as rollouts do.
 */
export function travelProblem(draw: Random, difficulty: number): Problem {
  const world = below(draw, 1_000_000)
  const tables = worldOf(world)
  const [from, ...others] = shuffled(draw, towns)
  const to = others.slice(0, difficulty < 2 ? 1 : 2)
  const days = draftOf(draw, tables, { from: from!, to, days: 2 + difficulty })
  const wish = wishOf(draw, tables, { world, from: from!, to, days })
  const stops = [from!, ...to, from!]
  const calls = [
    ...stops.slice(1).map((stop, i) => `trips ${stops[i]} ${stop}`),
    ...to.flatMap(town => ['inns', 'eats', 'sights'].map(tool => `${tool} ${town}`)),
  ]
  const prompt = `${told(wish)}\n\n`
  return {
    ...{ id: `${world} ${prompt.trim()}`, prompt, answer: null, meta: { ...wish } },
    solution: [
      ...calls.map(call => `{${call}=}${lookedUp(tables, call)}`),
      `<answer>${JSON.stringify(days)}</answer>`,
    ],
  }
}

/** A plan that breaks no constraint of common sense: the first inn is for one night, a car is taken for all trips or for none. */
function draftOf(
  draw: Random,
  { trips, inns, eats, sights }: World,
  { from, to, days }: { readonly from: Town; readonly to: readonly Town[]; readonly days: number },
): Day[] {
  const stops = [from, ...to]
  const stays = to.map((_, i) => Math.floor((days - 2 + i) / to.length)) // whole days in each
  const byCar = draw() < 0.3
  const one = <T>(of: ReadonlyMap<string, T>, fits: (thing: T) => boolean): string[] =>
    shuffled(
      draw,
      [...of].filter(([, thing]) => fits(thing)).map(([name]) => name),
    )
  const tripOf = (a: Town, b: Town): string =>
    one(trips, trip => trip.from === a && trip.to === b && (trip.mode === 'car') === byCar)[0]!
  const left = to.map(town => ({
    inn: '',
    eat: one(eats, place => place.town === town),
    see: one(sights, sight => sight.town === town),
  }))
  const found: Day[] = []
  const add = (day: Pick<Day, 'in' | 'go'>, at: number, sleeps: boolean): void => {
    const { inn, eat, see } = left[at]!
    found.push({ ...day, ...(sleeps && { inn }), eat: [eat.pop()!], see: [see.pop()!] })
  }
  to.forEach((town, i) => {
    const nights = stays[i]! + 1
    left[i]!.inn = one(inns, inn => inn.town === town && inn.nights <= nights)[0]!
    add({ in: `${stops[i]}>${town}`, go: tripOf(stops[i]!, town) }, i, true)
    for (let night = 1; night < nights; night++) add({ in: town }, i, true)
  })
  const last = to.length - 1
  add({ in: `${to[last]}>${from}`, go: tripOf(to[last]!, from) }, last, false)
  return found
}

function wishOf(
  draw: Random,
  world: World,
  plan: Pick<Wish, 'world' | 'from' | 'to'> & { readonly days: readonly Day[] },
): Wish {
  const { days, ...rest } = plan
  const people = 1 + below(draw, 4)
  const inns = days.flatMap(({ inn }) => (inn === undefined ? [] : [world.inns.get(inn)!]))
  const used = days.flatMap(({ go }) => (go === undefined ? [] : [world.trips.get(go)!.mode]))
  const eaten = days.flatMap(({ eat }) => eat.map(name => world.eats.get(name)!.cuisine))
  const maybe = <T>(of: readonly T[]): T | null =>
    of.length > 0 && draw() < 0.5 ? of[below(draw, of.length)]! : null
  const both = maybe([...new Set(inns.map(({ room }) => room))])
  const cuisine = maybe(eaten)
  return {
    ...{ ...rest, days: days.length, people },
    budget: 10 * Math.ceil((1.1 * costOf(world, people, days)) / 10),
    room: inns.every(({ room }) => room === both) ? both : null,
    guest: maybe(inns[0]!.allows.filter(guest => inns.every(inn => inn.allows.includes(guest)))),
    cuisines: cuisine === null ? [] : [cuisine],
    without: maybe((['train', 'bus', 'car'] as const).filter(mode => !used.includes(mode))),
  }
}

function told({ from, to, days, people, budget, room, guest, cuisines, without }: Wish): string {
  return [
    `${from} to ${to.join(' and ')} and back`,
    ...[`${days} days`, `${people} people`, `at most ${budget}`],
    ...(room === null ? [] : [`${room} room`]),
    ...(guest === null ? [] : [`inns with ${guest}`]),
    ...cuisines.map(one => `eat ${one}`),
    ...(without === null ? [] : [`no ${without}`]),
  ].join(', ')
}
