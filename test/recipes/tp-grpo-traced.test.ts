import { expect, test } from 'vitest'
import { judgedThoughts } from '../../src/advantages/judged-thoughts.ts'
import { below, random } from '../../src/numbers/random.ts'
import type { Ask } from '../../src/rewards/remote/chat.ts'
import { readSteps, traced } from '../../src/rewards/traced.ts'
import type { advantages } from '../../src/stages.ts'
import { exampleGroup, expectClose, f32 } from '../example-groups.ts'

test('steps are read from the last line that lists them, numbers and ranges, or none', () => {
  expect(readSteps('Step 3 corrects 2.\nSteps: 2, 4-6', 7)).toEqual([1, 3, 4, 5])
  expect(readSteps('Steps: 1\nno, wait\nSteps: none.', 3)).toEqual([])
  expect(readSteps('steps: 3, 3, 1', 3)).toEqual([0, 2])
  for (const bad of [
    '',
    'Steps: all',
    'Steps: 0',
    'Steps: 4',
    'Steps: 3-2',
    'Steps: 1,,2',
    'Steps: 2 and',
  ])
    expect(readSteps(bad, 3)).toBeNull()
})

test('every list of steps is read as it was written, whatever its order', () => {
  const draw = random(5)
  for (let round = 0; round < 100; round++) {
    const some = Array.from({ length: 1 + below(draw, 8) }, () => below(draw, 12))
    const found = readSteps(`so\nSteps: ${some.map(s => s + 1).join(', ')}`, 12)
    expect(found).toEqual([...new Set(some)].sort((a, b) => a - b))
  }
})

const group = exampleGroup([1, 1, 1, 1, 1], [1, 1, 1, 1, 1], [1], [1])
const grade = async () => [{ outcome_G: [1, 0, null, 1] }]

test('what was taken back, or led astray, is wrong; what is not said stays unknown', async () => {
  const asked: string[] = []
  const ask: Ask = async ([message], read) => {
    asked.push(message!.content)
    const { length } = asked
    return read(length === 3 ? 'I cannot tell' : 'Steps: 2, 4')
  }
  const [found] = await traced(grade, ask, 1)([group])
  expect(found!.steps_G_S).toEqual([f32(1, -1, 1, -1, 1), f32(1, -1, 1, -1, 1), null, null])
  expect(asked).toHaveLength(3) // the rollout without an outcome is not asked about
  expect(asked[0]).toContain('The answer is right')
  expect(asked[1]).toContain('The answer is wrong')
  expect(asked[0]).toContain('<step 5>\nstep 4\n</step 5>')
})

test('thoughts right, wrong, right, wrong, right with a cost of 0.6 keep and lose (arXiv:2507.23317, eq. 8)', async () => {
  const ask: Ask = async (_, read) => read('Steps: 2, 4')
  const right = exampleGroup([1, 1, 1, 1, 1])
  const rewards_P = await traced(async () => [{ outcome_G: [1] }], ask, 1)([right])
  const constant = () => ({ advantages_P_G_T: [[f32(0.8, 0.8, 0.8, 0.8, 0.8)]], metrics: {} })
  const found = judgedThoughts(constant as never as ReturnType<typeof advantages.combine>, {
    ability: 0.6,
  })({
    ...{ groups_P: [right], rewards_P, streams_P: [{}] },
  })
  expectClose(found.advantages_P_G_T[0]![0]!, f32(0.8, 0.2, 0.8, 0.2, 0.8))
})
