// Rewards in real threads: ones that answer, wait, throw, hang, end their thread, or give what is no reward.

import { afterAll, afterEach, expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import type { Answer, Grader } from '../../src/rewards/grader.ts'
import { type RewardOptions, rewardGrader } from '../../src/user/reward.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'
import { userFiles } from './files.ts'

const { file, remove } = userFiles()
const open: Grader[] = []
afterEach(async () => {
  for (const grader of open.splice(0)) await grader.close()
})
afterAll(remove)

let count = 0
async function reward(body: string, options?: RewardOptions): Promise<Grader> {
  const text = `import type { Problem, Rollout } from 'minform'
export default async function reward(rollout: Rollout, problem: Problem): Promise<any> {
  const { text } = rollout;
  ${body}
}`
  const { grader } = await rewardGrader(file(`reward-${count++}.ts`, text), options)
  open.push(grader)
  return grader
}

function answers(...texts: readonly string[]): Answer[] {
  const { problem } = exampleGroup()
  return texts.map(text => ({ problem, rollout: { ...exampleRollout([2]), text } }))
}

test('the whole rollout and the whole problem, in order; null is no label', async () => {
  const grader = await reward(
    `if (text === 'none') return null
  await new Promise(resolve => setTimeout(resolve, 20 - text.length))
  return text.length + rollout.ids.length + rollout.steps.length + Number(problem.answer) + rollout.logprobs_T[0]!`,
  )
  const found = await grader.grade(answers('a', 'none', 'bbbb', 'cc'))
  expect(found).toEqual([45, null, 48, 46])
  expect(grader.takeFailures()).toEqual({ count: 0, messages: [] })
})

test('what throws and what is no reward is counted and told, never a reward', async () => {
  const grader = await reward(`if (text === 'throw') throw new TypeError('no such thing')
  if (text === 'text') return '1'
  if (text === 'object') return { score: 1 }
  if (text === 'nan') return NaN
  if (text === 'undefined') return undefined
  if (text === 'true') return true
  return 1`)
  const texts = ['throw', 'a', 'text', 'object', 'nan', 'undefined', 'true', 'b']
  expect(await grader.grade(answers(...texts))).toEqual([null, 1, null, null, null, null, null, 1])
  const { count, messages } = grader.takeFailures()!
  expect(count).toBe(6)
  expect(messages).toHaveLength(5)
  expect(messages[0]).toMatch(/^TypeError: no such thing \(reward-\d+\.ts:4:\d+\)$/)
  expect(messages.slice(1)).toEqual([
    'gave the text "1", expected a number or null',
    'gave an object of score, expected a number or null',
    'gave NaN',
    'gave undefined, expected a number or null',
  ])
  expect(grader.takeFailures()).toEqual({ count: 0, messages: [] })
})

test('an endless loop is ended; what was asked beside it is judged', async () => {
  const grader = await reward(
    `if (text === 'hang') for (;;) {}
  return 1`,
    { timeoutMs: 200 },
  )
  const texts = ['a', 'hang', ...Array.from({ length: 12 }, () => 'b')]
  const found = await grader.grade(answers(...texts))
  expect(found).toEqual(texts.map(text => (text === 'hang' ? null : 1)))
  expect(grader.takeFailures()).toEqual({ count: 1, messages: ['no answer within 0.2 s'] })
})

test('of several that were begun, the one that loops after its first wait is found', async () => {
  const grader = await reward(
    `await new Promise(resolve => setTimeout(resolve, 100))
  if (text === 'hang') for (;;) {}
  return 1`,
    { timeoutMs: 400 },
  )
  expect(await grader.grade(answers('a', 'b', 'hang', 'c'))).toEqual([1, 1, null, 1])
})

test('one that waits for ever is given up, and its thread goes on', async () => {
  const grader = await reward(
    `(globalThis as any).seen = ((globalThis as any).seen ?? 0) + 1
  if (text === 'wait') await new Promise(() => {});
  return (globalThis as any).seen`,
    { timeoutMs: 200 },
  )
  expect(await grader.grade(answers('a', 'wait', 'b'))).toEqual([1, null, 3])
  expect(await grader.grade(answers('c'))).toEqual([4])
})

test('one that ends its thread, or throws outside of its promise, fails alone', async () => {
  const said: string[] = []
  const grader = await reward(
    `if (text === 'exit') { console.log('bye'); await new Promise(r => setTimeout(r, 50)); process.exit(7) }
  if (text === 'later') { setTimeout(() => { throw new Error('too late') }, 1); await new Promise(() => {}) }
  return 1`,
    { say: line => said.push(line) },
  )
  expect(await grader.grade(answers('a', 'exit', 'b', 'later', 'c'))).toEqual([1, null, 1, null, 1])
  expect(grader.takeFailures()!.messages.toSorted()).toEqual([
    'ended its thread, exit code 7',
    'ended its thread: too late',
  ])
  expect(said).toContain('bye')
})

test('a batch of which nothing can be judged is an error; one without answers is not', async () => {
  const grader = await reward("throw new Error('never')")
  await expect(grader.grade(answers('a', 'b'))).rejects.toThrow(
    /could judge none of 2 answers: Error: never/,
  )
  expect(await grader.grade([])).toEqual([])
})

test.each([
  ['export default 5', /expected a function \(rollout, problem\) => number \| null, found 5/],
  ['export const reward = () => 1', /expected a default export; it exports reward/],
  ['export default () => {', /reward-\d+\.ts:1:\d+: cannot be parsed/],
  ['process.exit(3)', /ended its thread while it was loaded/],
])('%s is refused before anything is judged', async (text, message) => {
  const error = await rewardGrader(file(`reward-${count++}.ts`, text)).catch(e => e)
  expect(error).toBeInstanceOf(ConfigError)
  expect(error.message).toMatch(message)
})
