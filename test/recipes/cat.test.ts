import { expect, test } from 'vitest'
import { agreement, synthesis } from '../../src/rewards/agreement.ts'
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
