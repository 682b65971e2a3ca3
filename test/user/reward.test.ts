// Rewards in real threads: ones that answer, wait, throw, hang, end their thread, or give what is no reward.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import type { Answer, Grader } from '../../src/rewards/grader.ts'
import { type RewardOptions, rewardGrader } from '../../src/user/reward.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'
import { userFiles } from './files.ts'

const { file, remove } = userFiles()
afterAll(remove)

let count = 0
/** A reward that does this with a text. */
async function reward(body: string, options?: RewardOptions): Promise<Grader> {
  const text = `import type { Problem, Rollout } from 'minform'
const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
let calls = 0
export default async function reward(rollout: Rollout, problem: Problem): Promise<any> {
  const { text } = rollout; calls++
  ${body}
}`
  return (await rewardGrader(file(`reward-${count++}.ts`, text), options)).grader
}

function answers(...texts: readonly string[]): Answer[] {
  const { problem } = exampleGroup()
  return texts.map(text => ({ problem, rollout: { ...exampleRollout([2]), text } }))
}

describe('in one thread', () => {
  let grader: Grader
  beforeAll(async () => {
    const body = `if (text === 'none') return null
  if (text === 'throw') throw new TypeError('no \\u0007 bell')
  if (text === 'text') return '1'
  if (text === 'object') return { score: 1 }
  if (text === 'nan') return NaN
  if (text === 'undefined') return undefined
  if (text === 'true') return true
  if (text === 'calls') return calls
  if (text === 'for ever') await wait(1e6)
  await wait(20 - text.length)
  return text.length + rollout.ids.length + rollout.steps.length + Number(problem.answer) + rollout.logprobs_T[0]!`
    grader = await reward(body, { timeoutMs: 1500 })
  })
  afterAll(() => grader.close())

  test('the whole rollout and the whole problem, in order; null is no label', async () => {
    const found = await grader.grade(answers('a', 'none', 'bbbb', 'cc'))
    expect(found).toEqual([45, null, 48, 46])
    expect(grader.takeFailures()).toEqual({ count: 0, messages: [] })
    expect(await grader.grade([])).toEqual([])
  })

  test('what throws and what is no reward is counted and told, never a reward', async () => {
    const texts = ['throw', 'a', 'text', 'object', 'nan', 'undefined', 'true', 'b']
    const nothing = texts.map(text => (text.length === 1 ? 45 : null))
    expect(await grader.grade(answers(...texts))).toEqual(nothing)
    const { count, messages } = grader.takeFailures()!
    expect(count).toBe(6)
    expect(messages).toHaveLength(5)
    expect(messages[0]).toMatch(/^TypeError: no {3}bell \(reward-\d+\.ts:7:\d+\)$/)
    expect(messages.slice(1)).toEqual([
      'gave the text "1", expected a number or null',
      'gave an object of score, expected a number or null',
      'gave NaN',
      'gave undefined, expected a number or null',
    ])
    expect(grader.takeFailures()).toEqual({ count: 0, messages: [] })
  })

  test('a batch of which nothing can be judged is an error', async () => {
    await expect(grader.grade(answers('text', 'throw'))).rejects.toThrow(
      /could judge none of 2 answers: gave the text "1"/,
    )
  })

  test('a call that waits for ever is given up, and its thread goes on', async () => {
    const [before] = await grader.grade(answers('calls'))
    expect(await grader.grade(answers('for ever', 'a'))).toEqual([null, 45])
    expect(await grader.grade(answers('calls'))).toEqual([before! + 3])
    expect(grader.takeFailures()!.messages.at(-1)).toBe('no answer within 1.5 s')
  })
})

test('loops and exits end the thread; each fails alone, whatever was begun beside it', async () => {
  const said: string[] = []
  const body = `if (text === 'loop') for (;;) {}
  await wait(50)
  if (text === 'loop later') for (;;) {}
  if (text === 'exit') { console.log('bye'); process.exit(7) }
  if (text === 'throw later') { setTimeout(() => { throw new Error('too late') }, 1); await wait(1e6) }
  return 1`
  const grader = await reward(body, { timeoutMs: 1500, say: line => said.push(line) })
  const bad = ['loop', 'loop later', 'exit', 'throw later']
  const found = await grader.grade(answers(...bad.flatMap(text => ['a', text])))
  expect(found).toEqual(bad.flatMap(() => [1, null]))
  expect(grader.takeFailures()).toEqual({
    count: 4,
    messages: expect.arrayContaining([
      'no answer within 1.5 s',
      'ended its thread, exit code 7',
      'ended its thread: too late',
    ]),
  })
  expect(said).toContain('bye')
  await grader.close()
})

test.each([
  ['export default 5', /expected a function \(rollout, problem\) => number \| null, found 5/],
  ['export default () => {', /reward-\d+\.ts:1:\d+: cannot be parsed/],
  ['process.exit(3)', /ended its thread, exit code 3, while it was loaded/],
])('%s is refused before anything is judged', async (text, message) => {
  const error = await rewardGrader(file(`reward-${count++}.ts`, text)).catch(e => e)
  expect(error).toBeInstanceOf(ConfigError)
  expect(error.message).toMatch(message)
})
