// Real processes: small programs that answer well, badly, late, too often or not at all.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { commandGrader } from '../../../src/rewards/command/verifier.ts'
import type { Answer, Grader } from '../../../src/rewards/grader.ts'
import { exampleGroup, exampleRollout } from '../../example-groups.ts'

const folder = mkdtempSync(join(tmpdir(), 'minform-verifier-'))
afterAll(() => rmSync(folder, { recursive: true }))
const open: Grader[] = []
afterEach(async () => {
  for (const grader of open.splice(0)) await grader.close()
})

/** A program that runs this for each line that it reads, as `one` with `n` from 0. */
function program(body: string): string {
  const text = `let n = 0
const say = value => process.stdout.write(JSON.stringify(value) + '\\n')
require('node:readline').createInterface({ input: process.stdin }).on('line', line => {
  const one = JSON.parse(line)
  ${body}
  n++
})`
  return `'${process.execPath}' -e '${text.replaceAll("'", `'"'"'`)}'`
}

function grader(command: string, options: Parameters<typeof commandGrader>[1] = {}): Grader {
  const made = commandGrader(command, options)
  open.push(made)
  return made
}

function answers(...texts: readonly string[]): Answer[] {
  const { problem } = exampleGroup()
  return texts.map(text => ({ problem, rollout: { ...exampleRollout([2]), text } }))
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('answers in order, over batches of one process: right, wrong, no label, scores', async () => {
  const judge = grader(
    program('say(one.text === "pid" ? { score: process.pid } : JSON.parse(one.text))'),
  )
  const texts = ['{"correct":true}', '{"correct":false}', '{"correct":null}', '{"score":0.25}']
  expect(await judge.grade(answers(...texts, '{"score":null}'))).toEqual([1, 0, null, 0.25, null])
  const [first] = await judge.grade(answers('pid'))
  const [again] = await judge.grade(answers('pid'))
  expect(again).toBe(first)
  expect(judge.takeFailures()).toEqual({ count: 0, messages: [] })
})

test('it reads the problem, the text, the answer found in it, and the known one', async () => {
  const file = join(folder, 'read.json')
  const judge = grader(
    program(
      `require('node:fs').writeFileSync(${JSON.stringify(file)}, line); say({ correct: true })`,
    ),
  )
  const { problem } = exampleGroup()
  const asked = {
    ...problem,
    prompt: 'Question: 1+1\n\n',
    answer: '2',
    question: '1+1',
    meta: { level: 3 },
  }
  const rollout = { ...exampleRollout([2]), text: 'it is\n\n\\boxed{2}' }
  await judge.grade([{ problem: asked, rollout }])
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    problem: '1+1',
    text: 'it is\n\n\\boxed{2}',
    answer: '2',
    gold: '2',
    meta: { level: 3 },
  })
})

test('a thousand answers, more than its input holds unread', async () => {
  const judge = grader(program('say({ score: one.text.length })'))
  const texts = Array.from({ length: 1000 }, (_, i) => 'x'.repeat(i))
  expect(await judge.grade(answers(...texts))).toEqual(texts.map(text => text.length))
})

test('garbage is a failure of that answer alone, and is no reward', async () => {
  const judge = grader(
    program(
      'if (one.text === "bad") console.log("Traceback \\u001b[31m:"); else say({ correct: true })',
    ),
  )
  expect(await judge.grade(answers('a', 'bad', 'b'))).toEqual([1, null, 1])
  const { count, messages } = judge.takeFailures()!
  expect(count).toBe(1)
  expect(messages[0]).toContain('it printed "Traceback :"; expected {"correct": true')
})

test('what is JSON is not yet a verdict', async () => {
  const judge = grader(
    program('process.stdout.write((one.text === "good" ? `{"correct":true}` : one.text) + "\\n")'),
  )
  const both = ['{"correct":true,"score":0}', '{"correct":false,"score":1}'] // which is meant?
  const odd = [
    ...both,
    '{"correct":"yes"}',
    '{"score":"1"}',
    '{}',
    '[]',
    'null',
    '1',
    '{"score":1e999}',
  ]
  const found = await judge.grade(answers(...odd.flatMap(text => ['good', text])))
  expect(found).toEqual(odd.flatMap(() => [1, null]))
  expect(judge.takeFailures()!.count).toBe(odd.length)
})

test('one that dies of an answer is asked once more, then goes on without it', async () => {
  const said: string[] = []
  const judge = grader(
    program(
      'if (one.text === "die") { console.error("no \\u0007bell"); process.exit(3) } else say({ score: n })',
    ),
    { say: line => said.push(line) },
  )
  expect(await judge.grade(answers('a', 'die', 'b'))).toEqual([0, null, 0])
  expect(said).toEqual(Array(3).fill('verifier: no  bell')) // in the batch, alone, and once more
  expect(judge.takeFailures()).toMatchObject({
    count: 1,
    messages: [expect.stringContaining('it ended (exit code 3); standard error: no  bell')],
  })
})

test('one that ends after every answer is started again', async () => {
  const judge = grader(program('say({ correct: true }); process.exit(0)'))
  expect(await judge.grade(answers('a', 'b', 'c'))).toEqual([1, 1, 1])
})

test('one that hangs is ended, and the answers after it are judged', async () => {
  const judge = grader(
    program('if (one.text === "hang") for (;;) {} else say({ correct: true })'),
    {
      timeoutMs: 300,
    },
  )
  expect(await judge.grade(answers('a', 'hang', 'b', 'c'))).toEqual([1, null, 1, 1])
  expect(judge.takeFailures()!.messages[0]).toContain('no answer within 0.3 s')
})

test('an answer that is left out is missing, and no other takes its place', async () => {
  const judge = grader(program('if (one.text !== "skip") say({ score: Number(one.text) })'), {
    timeoutMs: 200,
  })
  const found = await judge.grade(answers('1', '2', 'skip', '3', '4'))
  expect(found).toEqual([1, 2, null, 3, 4])
  expect(judge.takeFailures()!.count).toBe(1)
})

test.each([
  [
    'dies at once',
    `'${process.execPath}' -e 'console.error("no module x"); process.exit(1)'`,
    'it ended (exit code 1); standard error: no module x',
  ],
  ['is not there', 'no-such-program-anywhere', 'it cannot be run: spawn no-such-program-anywhere'],
  ['prints nothing but garbage', program('console.log("loading")'), 'it printed "loading"'],
])('one that %s is an error that says why', async (_, command, why) => {
  const judge = grader(command)
  await expect(judge.grade(answers('a', 'b', 'c', 'd', 'e', 'f', 'g'))).rejects.toThrow(why)
})

test('too many lines: nothing that it says can be believed', async () => {
  const judge = grader(program('say({ correct: true }); say({ correct: true })'))
  // a second line may still be on its way when the next answer is asked about, and is then taken for its line
  const often = async () => {
    for (let n = 0; n < 20; n++) {
      await judge.grade(answers('a'))
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
  await expect(often()).rejects.toThrow('it printed more lines than it was asked for')
})

test('a batch of which nothing can be judged is an error', async () => {
  const judge = grader(program('say({ correct: 2 })'))
  await expect(judge.grade(answers('a', 'b'))).rejects.toThrow(/could judge none of 2 answers/)
})

test('it ends with the run, what it started and what ignores the end of its input too', async () => {
  const file = join(folder, 'pids')
  const stubborn = `
    const { spawn } = require("node:child_process")
    process.on("SIGTERM", () => {})
    setInterval(() => {}, 1000)
    if (n === 0) {
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" })
      require("node:fs").writeFileSync(${JSON.stringify(file)}, process.pid + " " + child.pid)
    }
    say({ correct: true })`
  const judge = commandGrader(program(stubborn))
  await judge.grade(answers('a'))
  const pids = readFileSync(file, 'utf8').split(' ').map(Number)
  expect(pids.map(alive)).toEqual([true, true])
  await judge.close()
  await vi.waitFor(() => expect(pids.map(alive)).toEqual([false, false]), 5000)
  expect(existsSync(file)).toBe(true)
})
