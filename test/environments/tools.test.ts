// Tasks of tools that change a state, and are checked by what they changed (Self-Challenging, arXiv:2506.01716).

import { describe, expect, test } from 'vitest'
import { tools } from '../../src/environments/tools.ts'
import { random } from '../../src/numbers/random.ts'
import type { Task } from '../../src/problems/tasks/index.ts'
import type { Talk } from '../../src/rollouts/environment.ts'
import type { Json, Problem } from '../../src/types.ts'
import { loadUserModule } from '../../src/user/load.ts'

const { signal } = new AbortController()
const task = (await loadUserModule('examples/tools-task.ts')).value as Task

/** What each word of a policy is answered, and what the rollout is worth. */
async function talked(meta: Record<string, Json>, ...said: readonly string[]) {
  const problem: Problem = { id: 'p', prompt: '?', answer: null, solution: null, meta }
  const talk = (await tools.open(problem, 1, signal)) as Talk
  const replies: (string | null)[] = []
  for (const text of said) replies.push(await talk.reply(text, signal))
  return { replies, score: await talk.score!(signal) }
}

const jars = `
  const state = { a: 7, b: 2 }
  const tools = {
    has: jar => state[jar],
    move(from, to, n) {
      if (!(n <= state[from])) throw Error('too few')
      state[from] -= n
      state[to] += n
    },
    forever() { for (;;); },
  }`
const meta = {
  tools: jars,
  checks: ['state.b === 5', 'state.a + state.b === before.a + before.b', 'answer === "done"'],
  solution: '{has b=}\n{move a b 3=}\ndone',
  failures: ['done', '{move a b 4=}\ndone', '{move a b 3=}\n'],
}

test('what is done is told by the state that calls have left, one after another', async () => {
  const { replies, score } = await talked(
    meta,
    '{has b=}',
    '\n\n{move a b 1=}',
    'so {move a b 2=}',
    '{has b=}',
    '\ndone\n',
  )
  expect(replies).toEqual(['2', 'ok', 'ok', '5', null])
  expect(score).toEqual({ outcome: 1, parts: { held: 1, calls: 4, call_errors: 0 } })
})

test.each([
  ['nothing done', ['done'], 2 / 3, 0],
  ['too much', ['{move a b 4=}', 'done'], 2 / 3, 0],
  ['said otherwise', ['{move a b 3=}', 'well'], 2 / 3, 0],
  ['put back', ['{move a b 3=}', '{move b a 3=}', 'done'], 2 / 3, 0],
  ['in tags', ['{move a b 3=}', 'I am <answer> done </answer>'], 1, 0],
  ['more than there is, then the right amount', ['{move a b 9=}', '{move a b 3=}', 'done'], 1, 1],
  ['not brought to its end', ['{move a b 3=}'], 0, 0],
])('%s', async (_, said, held, errors) => {
  const { score } = await talked(meta, ...said)
  expect(score.outcome).toBe(Number(held === 1))
  expect(score.parts!.held).toBeCloseTo(held, 6)
  expect(score.parts!.call_errors).toBe(errors)
})

test.each([
  ['a tool that is none', '{take a=}'],
  ['what every object has', '{constructor a=}'],
  ['what it is made of', '{__proto__ a=}'],
  ['code', '{move(state.b+=3) a b=}'],
  ['a quote', '{has"];state.b=5;//=}'],
  ['nothing', '{=}'],
  ['no call', '=}'],
  ['a tool without end', '{forever=}'],
])('%s is an error, and changes nothing', async (_, call) => {
  const { replies, score } = await talked(meta, call, 'done')
  expect(replies).toEqual(['error', null])
  expect(score).toMatchObject({ outcome: 0, parts: { calls: 1, call_errors: 1 } })
})

test('words are values, and never code', async () => {
  const world =
    'const state = { said: [] }; const tools = { say(...all) { state.said.push(all); return all } }'
  const said = await talked(
    { tools: world, checks: ['state.said.length === 1'] },
    `{say 3 -0.5 1e9 x");state.said.pop() \\" ${'`'}\u0000=}`,
    'done',
  )
  expect(JSON.parse(said.replies[0]!)).toEqual([
    3,
    -0.5,
    '1e9',
    'x");state.said.pop()',
    '\\"',
    '`\u0000',
  ])
  expect(said.score.outcome).toBe(1)
})

// the filter of generated tasks, section 3.2
test.each([
  ['solution passes, failures fail', {}, null],
  ['the solution fails', { solution: '{move a b 2=}\ndone' }, 'its own solution fails a check'],
  [
    'the solution is refused',
    { solution: '{move a b 8=}\ndone' },
    'solution is refused: Error: too few',
  ],
  [
    'one failure passes',
    { failures: ['{move a b 1=}{move a b 2=}done'] },
    'should fail passes all checks',
  ],
  ['a check throws', { checks: ['state.none.b === 5'] }, 'a check cannot be run'],
  ['a check throws on a failure', { checks: ['state.b === 5 || none()'] }, 'a check cannot be run'],
  ['there is no state', { tools: 'const tools = {}' }, 'state'],
  ['there are no tools', { tools: 'const state = {}' }, 'tools'],
  ['its code is none', { tools: 'const state = {' }, 'cannot be run'],
])('a task is kept or dropped: %s', async (_, change, fault) => {
  const found = talked({ ...meta, ...change }, 'done')
  if (fault === null) expect((await found).score.outcome).toBe(0)
  else await expect(found).rejects.toThrow(fault)
})

test('tools that cannot be made are told where the first is called', async () => {
  await expect(talked({ ...meta, tools: 'no(' }, '{has b=}')).rejects.toThrow('cannot be made')
})

test('after thirty calls a rollout is over, and has not come to its end', async () => {
  const { replies, score } = await talked(meta, ...Array<string>(31).fill('{has a=}'))
  expect(replies.slice(-2)).toEqual(['7', null])
  expect(score).toEqual({ outcome: 0, parts: { held: 0, calls: 30, call_errors: 0 } })
})

test('a problem without tools, or without a check, is refused by name', () => {
  expect(() => tools.open({ ...problemOf(1, 1), meta: {} }, 1, signal)).toThrow(
    'meta.tools: missing',
  )
  const none = { ...problemOf(1, 1).meta, checks: [] }
  expect(() => tools.open({ ...problemOf(1, 1), meta: none }, 1, signal)).toThrow('meta.checks')
})

function problemOf(seed: number, difficulty: number): Problem {
  return task.generate(random(seed), difficulty)
}

describe('the tasks of the example', () => {
  test.each([1, 2])(
    'difficulty %i: worked solutions are answered as they say',
    async difficulty => {
      for (let seed = 0; seed < 4; seed++) {
        const problem = problemOf(seed, difficulty)
        const parts = problem.solution!.join('\n\n').split(/(?<==\})/)
        const said = parts.map((part, i) => (i === 0 ? part : part.slice(part.indexOf('\n'))))
        const { replies, score } = await talked(problem.meta, ...said)
        expect(replies).toEqual([...parts.slice(1).map(part => part.split('\n')[0]), null])
        expect(score.outcome).toBe(1) // and each of its failures fails, or it would be no task
      }
    },
  )
})
