// Recipes, rewards, verifiers and tasks of a user's own, from the command line to the run folder.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readRun } from '../../src/runs/reader.ts'
import { chatServer } from '../rewards/remote/chat-server.ts'
import { userFiles } from '../user/files.ts'
import { rowsFile } from './commands.ts'
import { minform, rows, tinyModels, train } from './train-subject.ts'

let tiny: Awaited<ReturnType<typeof tinyModels>>
const problems = rowsFile(rows.slice(0, 60))
const { folder, file, remove } = userFiles()
beforeAll(async () => {
  tiny = await tinyModels()
})
afterAll(() => {
  tiny.remove()
  remove()
})

let runs = 0
const newRun = (): string => join(folder, `run-${++runs}`)
const brief = ['--iterations', '2', '--batch', '4', '--max-tokens', '24', '--eval-every', '2']
const short = (run: string): string[] => [
  ...['--problems', problems, '--model', tiny.base, '--threads', '1', '--run', run],
  ...brief,
]
const config = (run: string) => readRun(run).config() as Record<string, unknown>

const recipe = `import { learning, method, recipe, credit, advantages, update } from 'minform'
import { scaled } from './scaled.ts'
export default recipe({
  name: 'mine', paper: 'none', about: 'Answers alone.', needs: ['grader'], differs: [],
  options: { ...learning, scale: { default: 1, help: 'of rewards', min: 0 } },
  build: (o, { sample, grade }) => method({
    rollouts: sample(o.groupSize), rewards: scaled(grade, o.scale),
    credit: credit.streams({ outcome: credit.outcome() }),
    advantages: advantages.combine({ outcome: { baseline: advantages.leaveOneOut(), weight: 1 } }),
    loss: update.reinforce(),
  }),
})`
const scaled = `import type { Outcome, Scorer } from 'minform'
export const scaled = (grade: Scorer<Outcome>, by: number): Scorer<Outcome> => async (groups, signal) =>
  (await grade(groups, signal)).map(({ outcome_G }) => ({
    outcome_G: outcome_G.map(reward => (reward === null ? null : by * reward)),
  }))`
/** Half a point for a box, a whole one for the right answer; nothing is known of a text with an 8. */
const reward = `import type { Problem, Rollout } from 'minform'
export default (rollout: Rollout, problem: Problem): number | null => {
  if (rollout.text.includes('8')) throw new Error('an eight')
  if (rollout.text.includes('boxed{' + problem.answer + '}')) return 1
  return rollout.text.includes('boxed') ? 0.5 : 0
}`

test('a recipe and a reward in files: their options, their numbers, and a run that goes on only with them', async () => {
  file('scaled.ts', scaled)
  const [mine, judge, run] = [file('mine.ts', recipe), file('reward.ts', reward), newRun()]
  const help = await train(mine, '--help')
  expect(help.err).toMatch(/options of mine\n(?:.*\n)*.*--scale <number>\s+of rewards; default 1/)
  const args = [mine, ...short(run), '--scale', '2', '--reward', judge]
  const { code, err } = await train(...args)
  expect([code, err]).toEqual([0, expect.stringMatching(/accuracy on .*held-out problems/)])
  expect(config(run)).toMatchObject({
    recipe: 'mine',
    recipeFile: mine,
    reward: judge,
    options: { scale: 2 },
  })
  expect(Object.keys(config(run).code as object).sort()).toEqual(
    [mine, judge, join(folder, 'scaled.ts')].sort(),
  )
  const rows = (await readRun(run).rollouts(1)).map(({ text, outcome }) => ({ text, outcome }))
  for (const { text, outcome } of rows) {
    const worth = text.includes('\\\\boxed{7}') ? 2 : text.includes('\\\\boxed') ? 1 : 0
    expect(outcome).toBe(text.includes('8') ? null : worth)
  }
  const [first] = readRun(run).metrics()
  expect(first!['rewards/failed']).toBeGreaterThanOrEqual(
    rows.filter(({ text }) => text.includes('8')).length,
  )
  expect(await train(...args, '--resume')).toMatchObject({ code: 0 })
  file('scaled.ts', scaled.replace('by * reward', 'by + reward'))
  const changed = await train('--resume', '--run', run)
  expect(changed.code).toBe(1)
  expect(changed.err).toContain(`started with other code: ${join(folder, 'scaled.ts')} changed`)
  file('scaled.ts', scaled)
  const other = await train('--resume', '--run', run, '--reward', file('other.ts', reward))
  expect(other.code).toBe(2)
  expect(other.err).toContain('--reward is ')
})

test('a reward that fails at everything ends the run with what was learned', async () => {
  const judge = file(
    'tired.ts',
    `let calls = 0
export default () => { if (++calls > 120) throw new Error('tired'); return calls % 2 }`,
  )
  const run = newRun()
  const { code, err } = await train(
    ...['pure-vr', ...short(run), '--iterations', '40', '--eval-every', '0', '--reward', judge],
  )
  expect(code).toBe(1)
  expect(err).toMatch(/--reward .*tired.ts could judge none of \d+ answers: Error: tired/)
  const done = readRun(run).metrics().length
  expect(done).toBeGreaterThan(0)
  expect(readRun(run).checkpoints().at(-1)).toContain(String(done).padStart(5, '0'))
  expect(existsSync(join(run, 'run.lock'))).toBe(false)
})

describe('a verifier', () => {
  const program = (body: string): string =>
    `'${process.execPath}' '${file(
      `verifier-${runs}.cjs`,
      `require('node:readline')
  .createInterface({ input: process.stdin }).on('line', line => { const one = JSON.parse(line); ${body} })`,
    )}'`

  test('decides what is learned, measured and reported', async () => {
    const run = newRun()
    const verifier = program(`console.log(JSON.stringify({ correct: one.answer !== one.gold }))`)
    const { code } = await train('pure-vr', ...short(run), '--verifier', verifier)
    expect(code).toBe(0)
    for (const { text, outcome } of await readRun(run).rollouts(1))
      expect(outcome).toBe(Number(!text.includes('\\\\boxed{7}')))
    const [first] = readRun(run).metrics()
    expect(first!['rewards/failed']).toBe(0)
    expect(first!['rollouts/accuracy']).toBeCloseTo(first!['rewards/outcome_mean'] as number, 12)
    expect(config(run)).toMatchObject({ verifier: { command: verifier, cwd: process.cwd() } })
  })

  test.each([
    [program('console.log("hello")'), 'it printed "hello"', 1],
    ['no-such-program-anywhere', 'it cannot be run', 2],
    ['cat | sh', 'no shell runs it', 2],
  ])('%s is refused, and leaves nothing', async (verifier, message, expected) => {
    const run = newRun()
    const { code, err } = await train('pure-vr', ...short(run), '--verifier', verifier)
    expect([code, existsSync(run)]).toEqual([expected, false])
    expect(err).toContain(message)
  })
})

describe('a task in a file', () => {
  const task = `import { below, type Random } from 'minform'
export default {
  name: 'people',
  generate(random: Random) {
    const prompt = 'Question: Person ' + below(random, 1000) + ' adds 3 and 4\\n\\n'
    return { prompt, answer: '7', solution: ['3+4=7', '\\\\boxed{7}'] }
  },
  grade: (problem: unknown, text: string) => text.includes('3+4'),
}`
  const ofTask = (run: string): string[] => [
    ...['--task', file('people.ts', task), '--model', tiny.base, '--threads', '1', '--run', run],
    ...brief,
  ]

  test('gives problems, and grades itself', async () => {
    const run = newRun()
    const { code, err } = await train('pure-vr', ...ofTask(run))
    expect([code, err]).toEqual([0, expect.stringContaining('people, difficulty 1')])
    expect(config(run)).toMatchObject({ task: join(folder, 'people.ts') })
    for (const { prompt, text, outcome } of await readRun(run).rollouts(1)) {
      expect(prompt).toMatch(/^Question: Person \d+ adds 3 and 4\n\n$/)
      expect(outcome).toBe(Number(text.includes('3+4')))
    }
    writeFileSync(join(folder, 'people.ts'), `${task}\n// changed`)
    expect((await train('--resume', '--run', run)).err).toContain('people.ts changed since')
  })

  test('says what it lacks', async () => {
    const { code, err } = await train(
      'pure-prm',
      ...ofTask(newRun()),
      '--oracle',
      join(folder, 'people.ts'),
    )
    expect(code).toBe(2)
    expect(err).toContain('the task people has no oracle: --oracle needs it')
  })
})

test.each([
  [['./nowhere.ts'], './nowhere.ts: there is no such file'],
  [['pure-vr', '--reward', './nowhere.ts'], './nowhere.ts: there is no such file'],
  [['pure-vr', '--task', './nowhere.ts'], './nowhere.ts: there is no such file'],
  [['pure-vr', '--reward', 'a.ts', '--verifier', 'b'], 'give --reward or --verifier'],
  [['pure-vr', '--answer-timeout', '3'], '--answer-timeout goes with --reward or --verifier'],
])('%j ends with 2', async (args, message) => {
  const { code, err } = await train(...args)
  expect(code).toBe(2)
  expect(err).toContain(message)
})

test('a comparison takes recipes of files, and no others of the same name later', async () => {
  file('scaled.ts', scaled)
  const [mine, out] = [file('mine.ts', recipe), join(folder, 'compared')]
  const args = [
    ...['compare', 'pure-vr', `${mine}:scale=2`, '--problems', problems, '--model', tiny.base],
    ...['--out', out, '--seeds', '1', '--threads', '1', ...brief],
  ]
  const { code, err } = await minform(...args)
  expect([code, err]).toEqual([0, expect.stringContaining('mine:scale=2, seed 1 (2 of 2) 2/2')])
  expect(readFileSync(join(out, 'report.md'), 'utf8')).toContain('mine:scale=2')
  expect((await minform(...args)).code).toBe(0)
  file('mine.ts', `${recipe}\n// changed`)
  const again = await minform(...args)
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('mine.ts changed since')])
})

const asking = `import { learning, method, recipe, credit, advantages, update } from 'minform'
export default recipe({
  name: 'asking', paper: 'none', about: 'What a chat model says.', needs: ['chat'], differs: [],
  options: { ...learning },
  build: (o, { sample, ask }) => method({
    rollouts: sample(o.groupSize),
    rewards: (groups, signal) => Promise.all(groups.map(async ({ rollouts }) => ({
      outcome_G: await Promise.all(rollouts.map(({ text }) =>
        ask([{ role: 'user', content: 'Mark this: ' + text }], said => /^[01]$/.test(said) ? Number(said) : null, { signal }))),
    }))),
    credit: credit.streams({ outcome: credit.outcome() }),
    advantages: advantages.combine({ outcome: { baseline: advantages.leaveOneOut(), weight: 1 } }),
    loss: update.reinforce(),
  }),
})`

test('steps of another kind are stored with the run, cut as they say, and refused where they are none', async () => {
  const run = newRun()
  const flags = [...short(run), '--steps', '+', '--iterations', '1']
  expect((await train('pure-vr', ...flags)).code).toBe(0)
  expect(config(run).steps).toBe('+')
  const rows = await readRun(run).rollouts(1)
  for (const { text, steps } of rows)
    expect(steps.map(step => step.text)).toEqual(text.replace(/\+$/, '').split('+'))
  expect(rows.some(({ steps }) => steps.length > 1)).toBe(true)
  const judged = await train(
    'pure-prm',
    ...short(newRun()),
    '--steps',
    'line',
    '--prm',
    tiny.prm,
    '--judge-check',
    'off',
    '--audit',
    'off',
  )
  expect(judged).toMatchObject({
    code: 0,
    err: expect.stringContaining('learned on steps that blank lines close'),
  })
  const none = await train('pure-vr', ...short(newRun()), '--steps', '')
  expect(none).toMatchObject({ code: 2, err: expect.stringContaining('--steps') })
})

describe('a recipe that asks a chat model', () => {
  test('learns from what a server says, which misbehaves; what is never said is counted, and null', async () => {
    const replies = ['1', '0', 'I like it', { status: 500 }, 'close', { raw: '{' }] as const
    const server = await chatServer(({ call }) => (call === 0 ? 'ok' : replies[call % 6]!))
    const [mine, run] = [file('asking.ts', asking), newRun()]
    const flags = ['--chat', server.url, '--chat-model', 'm', '--chat-retries', '0']
    const { code, err } = await train(mine, ...short(run), ...flags)
    expect([code, err]).toEqual([
      0,
      expect.stringContaining('questions to the chat model have no answer'),
    ])
    const [first] = readRun(run).metrics() as unknown as Record<string, number>[]
    const asked = 4 * 8
    expect(first).toMatchObject({ 'chat/asked': asked })
    expect(first!['chat/missing']).toBeGreaterThan(asked / 2)
    expect(first!['rewards/outcome_labelled']).toBe(1 - first!['chat/missing']! / asked)
    expect(readFileSync(join(run, 'log.jsonl'), 'utf8')).toContain('"event":"chat"')
    expect(config(run).chat).toEqual({ kind: 'server', url: server.url, model: 'm', retries: 0 })
    await server.close()
    const again = await minform('train', '--resume', '--run', run, '--iterations', '3')
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('cannot be reached') })
  })

  test('is refused before anything is written where nobody answers; the policy itself may', async () => {
    const [mine, run] = [file('asking.ts', asking), newRun()]
    const none = await train(mine, ...short(run))
    expect(none).toMatchObject({
      code: 2,
      err: expect.stringContaining('--chat ADDRESS --chat-model NAME'),
    })
    const dead = await train(
      mine,
      ...short(run),
      '--chat',
      'http://127.0.0.1:9/v1',
      '--chat-model',
      'm',
      '--chat-retries',
      '0',
    )
    expect(dead).toMatchObject({ code: 1, err: expect.stringContaining('cannot be reached') })
    expect(existsSync(run)).toBe(false)
    const own = await train(mine, ...short(run), '--chat', 'policy', '--chat-retries', '0')
    expect(own).toMatchObject({
      code: 1,
      err: expect.stringContaining('the chat model answered none of 32'),
    })
    expect(readRun(run).metrics().length).toBe(1)
  })
})
