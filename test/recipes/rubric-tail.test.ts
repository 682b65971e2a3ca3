import { expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { bestTwo, readCriteria, refinedRubrics } from '../../src/rewards/refined-rubrics.ts'
import type { Ask } from '../../src/rewards/remote/chat.ts'
import { rubricScore } from '../../src/rewards/rubrics.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'

test('weights of 3, 2 and 1, the second unmet: 4 of 6 (arXiv:2509.21500, section 2)', () => {
  const rubric = [3, 2, 1].map(weight => ({ criterion: 'c', weight }))
  expect(rubricScore(rubric, [true, false, true])).toBeCloseTo(4 / 6, 12)
})

test('the two best, whatever the order; what is not known comes last', () => {
  expect(bestTwo([0.5, null, 0.9, 0.5])).toEqual([2, 0])
  expect(bestTwo([null, 0.1])).toEqual([1, 0])
  const draw = random(6)
  for (let round = 0; round < 50; round++) {
    const scores = Array.from({ length: 6 }, draw)
    const sorted = [...scores].sort((a, b) => b - a)
    expect(bestTwo(scores).map(g => scores[g])).toEqual(sorted.slice(0, 2))
  }
})

test('criteria are lines with a weight of 1 to 3, and nothing else is one', () => {
  const text = 'Here:\n- [3] Says why.\n* [1]  Is short \n- [4] no\n- none\n[2] no'
  expect(readCriteria(text)).toEqual([
    { criterion: 'Says why.', weight: 3 },
    { criterion: 'Is short', weight: 1 },
  ])
  expect(readCriteria('\\boxed{yes}')).toBeNull()
})

const group = exampleGroup(
  ...['long and why', 'long', 'short and why', 'no'].map(text => ({
    ...exampleRollout([1]),
    text,
  })),
)
const problem = { ...group.problem, meta: { rubric: [{ criterion: 'long', weight: 1 }] } }

/** Says whether an answer has the word of a criterion; asked for more criteria it says `proposal`. */
function judge(proposal: string) {
  const proposals: string[] = []
  const ask: Ask = async (messages, read) => {
    const said = messages.map(({ content }) => content).join('\n')
    if (said.includes('<answer 1>')) {
      proposals.push(said)
      return read(proposal)
    }
    const [, answer] = /<answer>\n(.*)\n<\/answer>/.exec(said)!
    const [, criterion] = /\) (\w+)\n<\/rubric>/.exec(said)!
    return read(answer!.includes(criterion!) ? '\\boxed{yes}' : '\\boxed{no}')
  }
  return { ask, proposals }
}
const scores = async (proposal: string, rounds: number) => {
  const { ask, proposals } = judge(proposal)
  const scorer = refinedRubrics(ask, { form: 'explicit', rounds, seed: 1 })
  const [found] = await scorer([{ ...group, problem }])
  return { rubric: found!.parts_G.rubric, proposals }
}

test('a criterion that tells the two best apart is shown them, and counts for all', async () => {
  expect((await scores('- [3] why', 0)).rubric).toEqual([1, 1, 0, 0])
  const { rubric, proposals } = await scores('- [3] why', 1)
  expect(rubric).toEqual([1, 0.25, 0.75, 0])
  expect(proposals.length).toBe(1)
  expect(proposals[0]).toContain('<answer 1>\nlong and why\n</answer 1>')
  expect(proposals[0]).toContain('<answer 2>\nlong\n</answer 2>')
})

test('each round takes two answers; without a further criterion the rubric stays', async () => {
  expect((await scores('- [3] why', 9)).proposals.length).toBe(2) // of four answers
  const { rubric, proposals } = await scores('I have none', 9)
  expect(rubric).toEqual([1, 1, 0, 0])
  expect(proposals.length).toBe(1)
})
