// The code of docs/user-code.md, as it stands there.

import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { rewardGrader } from '../../src/user/reward.ts'
import { openTask } from '../../src/user/task.ts'
import { exampleGroup } from '../example-groups.ts'
import { userFiles } from '../user/files.ts'

const page = readFileSync(new URL('../../docs/user-code.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!)
const { file, remove } = userFiles()
afterAll(remove)

test('the reward judges', async () => {
  const { grader } = await rewardGrader(file('reward.ts', blocks[0]!))
  const { problem, rollouts } = exampleGroup([2])
  const right = { ...rollouts[0]!, text: 'it is 42' }
  const answers = [rollouts[0]!, right].map(rollout => ({ problem, rollout }))
  const unknown = { problem: { ...problem, answer: null }, rollout: { ...right } }
  expect(await grader.grade([...answers, unknown])).toEqual([0, 1, null])
  await grader.close()
})

test('the task makes problems', async () => {
  const { task } = await openTask(file('task.ts', blocks[1]!))
  const { prompt, answer } = task.generate(random(1, 'docs'), 0)
  expect(Number(answer)).toBe(2 * Number(/\d+/.exec(prompt)![0]))
})
