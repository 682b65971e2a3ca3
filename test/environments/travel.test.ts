import { expect, test } from 'vitest'
import { constraintsOf, costOf, hard, soft } from '../../src/environments/travel/constraints.ts'
import { type Day, planOf, wish } from '../../src/environments/travel/plan.ts'
import { travelProblem } from '../../src/environments/travel/problem.ts'
import { lookedUp } from '../../src/environments/travel/tools.ts'
import { travel } from '../../src/environments/travel/travel.ts'
import { towns, type World, worldOf } from '../../src/environments/travel/world.ts'
import { random } from '../../src/numbers/random.ts'
import type { Score, Talk } from '../../src/rollouts/environment.ts'
import type { Problem } from '../../src/types.ts'

const { signal } = new AbortController()
const taggedPlan = (days: unknown) => `<answer>${JSON.stringify(days)}</answer>`

/** What each word of a policy is answered, and what the rollout is worth. */
function talked(problem: Problem, ...said: readonly string[]) {
  const talk = travel.open(problem, 1, signal) as Talk
  const replies = said.map(text => talk.reply(text, signal))
  return { replies, score: talk.score!(signal) as Score }
}

// a world by hand, of which every number below is worked out
const world: World = {
  trips: new Map([
    ['t1', { from: 'Ash', to: 'Bay', mode: 'train', price: 30 }],
    ['t2', { from: 'Bay', to: 'Ash', mode: 'bus', price: 10 }],
    ['t3', { from: 'Bay', to: 'Ash', mode: 'car', price: 40 }],
  ]),
  inns: new Map([
    ['h1', { town: 'Bay', room: 'whole', price: 50, allows: ['pets'], nights: 1 }],
    ['h2', { town: 'Bay', room: 'shared', price: 20, allows: [], nights: 3 }],
    ['h3', { town: 'Cole', room: 'whole', price: 20, allows: ['pets'], nights: 1 }],
  ]),
  eats: new Map([
    ['e1', { town: 'Bay', cuisine: 'thai', price: 10 }],
    ['e2', { town: 'Bay', cuisine: 'irish', price: 15 }],
    ['e3', { town: 'Bay', cuisine: 'greek', price: 5 }],
  ]),
  sights: new Map([
    ['s1', { town: 'Bay' }],
    ['s2', { town: 'Bay' }],
    ['s3', { town: 'Bay' }],
  ]),
}
const wished = wish.parse({
  ...{ world: 1, from: 'Ash', to: ['Bay'], days: 3, people: 3, budget: 410 },
  ...{ room: 'whole', guest: 'pets', cuisines: ['thai'], without: 'car' },
})
const right: readonly Day[] = [
  { in: 'Ash>Bay', go: 't1', inn: 'h1', eat: ['e1'], see: ['s1'] },
  { in: 'Bay', inn: 'h1', eat: ['e2'], see: ['s2'] },
  { in: 'Bay>Ash', go: 't2', eat: ['e3'], see: ['s3'] },
]
/** The right plan with some of a day changed. */
const but = (day: number, change: Partial<Day>): Day[] =>
  right.map((one, i) => (i === day ? { ...one, ...change } : one))

test('three people need two rooms of two, and a car holds four', () => {
  expect(costOf(world, 3, right)).toBe(3 * 30 + 3 * 10 + 2 * 2 * 50 + 3 * (10 + 15 + 5)) // 410
  expect(costOf(world, 3, but(2, { go: 't3' }))).toBe(410 - 30 + 40)
  expect(costOf(world, 5, but(2, { go: 't3' }))).toBe(5 * 30 + 2 * 40 + 2 * 3 * 50 + 5 * 30)
  expect(costOf(world, 1, but(0, { go: 't9' }))).toBeNaN()
})

test('a right plan keeps all thirteen', () => {
  const found = constraintsOf(world, wished, right)
  expect(Object.keys(found).sort()).toEqual([...soft, ...hard].sort())
  expect(Object.keys(found)).toHaveLength(13)
  expect(Object.values(found)).toEqual(Array(13).fill(true))
})

const allHard = hard.join()
const { inn: _, ...noInn } = right[1]!
test.each<[string, readonly Day[], string]>([
  ['a sight that is nowhere', but(0, { see: ['s9'] }), `known,in_place,${allHard}`],
  ['a day without a meal', but(1, { eat: [] }), `complete,${allHard}`],
  ['a night without an inn', [right[0]!, noInn, right[2]!], `complete,${allHard}`],
  ['a day less', [right[0]!, right[2]!], `complete,${allHard}`],
  ['an inn elsewhere', but(1, { inn: 'h3' }), 'in_place'],
  ['a trip the wrong way', but(0, { go: 't2' }), 'in_place'],
  ['the way home left out', but(2, { in: 'Bay' }), `complete,in_place,route,${allHard}`],
  ['a town that is none', but(1, { in: 'Rome' }), 'in_place,route'],
  ['the same meal twice', but(1, { eat: ['e1'] }), 'meals_differ'],
  ['the same sight twice', but(1, { see: ['s1'] }), 'sights_differ'],
  ['a car home, but a train there', but(2, { go: 't3' }), 'trips_agree,budget,transport'],
  ['an inn for three nights, for one', but(1, { inn: 'h2' }), 'nights,room,guest'],
  ['no thai', but(0, { eat: ['e3'] }), 'meals_differ,cuisine'],
  ['nothing', [{ in: 'Ash', eat: [], see: [] }], [...soft, ...hard].join()],
])('%s breaks what it breaks, and nothing else', (_, days, broken) => {
  const found = Object.entries(constraintsOf(world, wished, days))
  expect(found.flatMap(([name, holds]) => (holds ? [] : [name])).join()).toBe(broken)
})

test('a penny too dear, and wishes that nobody has', () => {
  expect(constraintsOf(world, { ...wished, budget: 409 }, right)).toMatchObject({ budget: false })
  const free = wish.parse({ world: 1, from: 'Ash', to: ['Bay'], days: 3, people: 3, budget: 410 })
  expect(Object.keys(constraintsOf(world, free, right))).toEqual([...soft, 'budget'])
})

test('every problem can be solved: its own solution is answered as it says, and keeps everything', () => {
  const draw = random(3)
  for (let round = 0; round < 120; round++) {
    const problem = travelProblem(draw, round % 4)
    const calls = problem.solution!.slice(0, -1).map(step => step.split(/(?<==\})/))
    const { replies, score } = talked(
      problem,
      ...calls.map(([call]) => call!),
      problem.solution!.at(-1)!,
    )
    expect(replies).toEqual([...calls.map(([, reply]) => reply), null])
    expect(score).toMatchObject({ outcome: 1, parts: { schema: 1, soft: 1, hard: 1 } })
    expect(score.parts).toMatchObject({ calls: calls.length, call_errors: 0 })
  }
})

test('what is broken of a right plan is never worth more, in the world that problems have', () => {
  const draw = random(4)
  for (let round = 0; round < 100; round++) {
    const problem = travelProblem(draw, round % 4)
    const [, text] = /<answer>(.*)<\/answer>/.exec(problem.solution!.at(-1)!)!
    const days = JSON.parse(text!) as Day[]
    days.splice(Math.floor(draw() * days.length), 1)
    const { outcome, parts } = talked(problem, taggedPlan(days)).score
    expect(outcome).toBe(0)
    expect(parts!.soft).toBeLessThan(1)
  }
})

const problem = travelProblem(random(5), 1)

test.each([
  ['no tags', 'Bay'],
  ['no JSON', '<answer>[{</answer>'],
  ['no list', '<answer>{"in":"Ash"}</answer>'],
  ['no days', '<answer>[]</answer>'],
  ['a field that no day has', taggedPlan([{ in: 'Ash', price: 0 }])],
  ['a prototype', '<answer>[{"in":"Ash","__proto__":{"eat":["e1"]}}]</answer>'],
  ['numbers for names', taggedPlan([{ in: 'Ash', eat: [1] }])],
  ['more days than any journey', taggedPlan(Array(13).fill({ in: 'Ash' }))],
  ['brackets without end', `<answer>${'['.repeat(50_000)}</answer>`],
  ['nothing', ''],
])('%s is no plan: nothing is known of constraints', (_, text) => {
  expect(talked(problem, text).score).toEqual({
    outcome: 0,
    parts: { schema: 0, calls: 0, call_errors: 0 },
  })
})

test('tools know what they are asked for, and nothing else', () => {
  const asked = [
    'inns Bay',
    'inns Rome',
    'inns',
    'inns Bay Bay',
    'trips Ash',
    'trips Ash Ash',
    'x Bay',
  ]
  const found = asked.map(text => lookedUp(worldOf(1), text))
  expect(found.map(text => text !== null)).toEqual([true, ...Array(6).fill(false)])
  expect(talked(problem, '{inns Rome=}', '{constructor=}').replies).toEqual(['error', 'error'])
})

test('after thirty calls a rollout is over', () => {
  const { replies, score } = talked(problem, ...Array(31).fill('{eats Bay=}'))
  expect(replies.slice(-2)).toEqual([expect.stringContaining('e'), null])
  expect(score).toMatchObject({ outcome: 0, parts: { schema: 0 } })
})

test('a world has three trips between any two towns, a sight for each day, and an inn for one night in each', () => {
  for (let seed = 0; seed < 50; seed++) {
    const { trips, inns, eats, sights } = worldOf(seed)
    expect([trips, inns, eats, sights].map(({ size }) => size)).toEqual([36, 12, 16, 16])
    for (const town of towns)
      expect([...inns.values()].some(inn => inn.town === town && inn.nights === 1)).toBe(true)
  }
  expect(worldOf(7)).toEqual(worldOf(7))
})

test('a problem that wishes for nothing is refused by name', () => {
  const open = () => travel.open({ ...problem, meta: {} }, 1, signal)
  expect(open).toThrow('meta.world: missing')
  expect(planOf('[{"in":"Ash"}]')).toEqual([{ in: 'Ash', eat: [], see: [] }])
})
