import { expect, test } from 'vitest'
import {
  agreement,
  comparable,
  criteria,
  readCriteria,
  synthesis,
} from '../../src/rewards/agreement.ts'
import type { Ask } from '../../src/rewards/remote/chat.ts'
import { lastBox } from '../../src/text/boxes.ts'
import type { Group } from '../../src/types.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'

const group = (...answers: readonly string[]): Group =>
  exampleGroup(...answers.map(a => ({ ...exampleRollout([1]), text: `so \\boxed{${a}}` })))
const agrees = async (of: Group, aggregate: Parameters<typeof agreement>[0]) =>
  (await agreement(aggregate)([of]))[0]!.parts_G.agrees

/** The answer that most of a group give. */
const majority = async ({ rollouts }: Group) => {
  const answers = rollouts.map(({ text }) => lastBox(text)!)
  const count = (a: string) => answers.filter(b => b === a).length
  return answers.reduce((found, a) => (count(a) > count(found) ? a : found))
}

test('held against the majority it is the pseudo-label of votes (arXiv:2509.14234, section 3)', async () => {
  expect(await agrees(group('7', '7', '8'), majority)).toEqual([1, 1, 0])
  expect(await agrees(group('42', '7', '7'), majority)).toEqual([0, 1, 1]) // 42 is known to be right
})

test('a reference that no rollout gives is 0 for all; equal answers are so however they are written', async () => {
  expect(await agrees(group('7', '8'), async () => '9')).toEqual([0, 0])
  expect(await agrees(group('1/2', '3'), async () => '0.5')).toEqual([1, 0])
  expect(await agrees(group('7', '8'), async () => null)).toEqual([null, null])
})

test('the chat model is shown the answers, and neither the question nor what is known', async () => {
  const seen: string[] = []
  const ask: Ask = async (messages, read) => {
    seen.push(messages.map(({ content }) => content).join('\n'))
    return read('They differ. \\boxed{8}')
  }
  expect(await agrees(group('7', '8'), synthesis(ask, 3))).toEqual([0, 1])
  expect(
    await agrees(
      group('7', '8'),
      synthesis(async (_, read) => read('about 7.'), 3),
    ),
  ).toEqual([1, 0])
  expect(seen[0]).toContain('<answer 2>\nso \\boxed{8}\n</answer 2>')
  expect(seen[0]).not.toContain('six times seven')
  expect(seen[0]).not.toContain('42')
})

const plain = (...texts: readonly string[]): Group =>
  exampleGroup(...texts.map(text => ({ ...exampleRollout([1]), text })))

test('where answers cannot be compared, 3 of 4 criteria of the reference are 0.75 (section 3.2)', async () => {
  const asked: string[] = []
  const anchor: Ask = async ([message], read) => {
    asked.push(message!.content)
    return read(
      asked.length === 1 ? 'Rest, and drink.' : '- says rest\n- says drink\n2. is kind\n* is short',
    )
  }
  const judge: Ask = async (messages, read) => {
    const { content } = messages.at(-1)!
    return read(`\\boxed{${content.includes('is kind') ? 'no' : 'yes'}}`)
  }
  const [found] = await criteria(anchor, judge, 1)([plain('Rest.', 'Drink.')])
  expect(found!.parts_G.agrees).toEqual([0.75, 0.75])
  expect(asked[0]).not.toContain('six times seven') // the anchor is not told the question
  expect(asked[1]).toContain('Rest, and drink.')
  const silent: Ask = async () => null
  expect((await criteria(silent, judge, 1)([plain('a', 'b')]))[0]!.parts_G.agrees).toEqual([
    null,
    null,
  ])
  expect((await criteria(anchor, silent, 1)([plain('a')]))[0]!.parts_G.agrees).toEqual([null])
})

test('criteria are lines of a list, at most ten', () => {
  expect(readCriteria('So:\n- one\n 2. two')).toEqual(['one', 'two'])
  expect(readCriteria('one, two')).toBeNull()
  expect(readCriteria('- so\n'.repeat(12))).toHaveLength(10)
})

test('each group is held against what fits it, in order', async () => {
  const marking = (mark: number) => async (groups: readonly Group[]) =>
    groups.map(({ rollouts }) => ({ parts_G: { agrees: rollouts.map(() => mark) } }))
  const groups = [plain('a'), group('7', '8'), plain('b', 'c')]
  const found = await comparable(marking(1), marking(0))(groups)
  expect(found.map(({ parts_G }) => parts_G.agrees)).toEqual([[0], [1, 1], [0, 0]])
})
