import { expect, test } from 'vitest'
import type { Outcome, Scorer } from '../../src/method.ts'
import { readYesNo, verifiedByModel } from '../../src/rewards/asked-verdict.ts'
import type { Ask } from '../../src/rewards/remote/chat.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'

test.each([
  ['Yes', true],
  ['yes, I thought, but no.', false],
  ['No. Wait: Yes!', true],
  ['yesterday, nothing', null],
  ['', null],
])('the last yes or no of %j counts (arXiv:2505.15801)', (text, said) => {
  expect(readYesNo(text)).toBe(said)
})

const texts = ['right', 'paraphrase', 'trick', 'silent', 'unknown']
const group = exampleGroup(...texts.map(text => ({ ...exampleRollout([1]), text })))
const grade: Scorer<Outcome> = async groups => groups.map(() => ({ outcome_G: [1, 0, 0, 0, null] }))

async function verified(options: { withReference: boolean; behindRule: boolean }) {
  const asked: string[] = []
  const ask: Ask = async (messages, read) => {
    const said = messages[1]!.content
    asked.push(said)
    if (said.includes('silent')) return null
    return read(/paraphrase|trick/.test(said) ? 'Yes' : 'No')
  }
  const [found] = await verifiedByModel(grade, ask, { ...options, seed: 1 })([
    { ...group, problem: { ...group.problem, answer: '42' } },
  ])
  return { ...found!.parts_G, asked }
}

test('behind a rule only what that rejects is asked about: no less is found, and no more is sure (arXiv:2505.22203, section 4)', async () => {
  const { reward, gap, asked } = await verified({ withReference: true, behindRule: true })
  expect(reward).toEqual([1, 1, 1, null, 0])
  expect(gap).toEqual([0, 1, 1, null, null]) // of an answer that nobody can grade nothing is known
  expect(asked).toHaveLength(4)
  expect(asked.every(said => said.includes('<known-answer>\n42\n</known-answer>'))).toBe(true)
  const alone = await verified({ withReference: false, behindRule: false })
  expect(alone.reward).toEqual([0, 1, 1, null, 0])
  expect(alone.gap).toEqual([-1, 1, 1, null, null])
  expect(alone.asked).toHaveLength(5)
  expect(alone.asked.some(said => said.includes('42'))).toBe(false)
})
