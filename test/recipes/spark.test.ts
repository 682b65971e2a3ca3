import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { type Recycled, recycle, recycledOf, withRecycled } from '../../src/rollouts/recycled.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'
import { problems } from '../toy.ts'

const groupOf = (outcome_G: readonly (number | null)[]) =>
  exampleGroup(
    ...outcome_G.map((outcome, g) => ({
      ...exampleRollout([1]),
      text: `${outcome === 1 ? 'right' : outcome === 0 ? 'wrong' : 'unknown'} ${g}`,
    })),
  )
const made = (outcome_G: readonly (number | null)[], seed: number) =>
  recycledOf(groupOf(outcome_G), { outcome_G }, random(seed))

test('all right: one is judged right; all wrong: wrong, and done anew with the known answer', () => {
  const [judged, ...none] = made([1, 1], 1)
  expect([judged!.kind, judged!.answer, none]).toEqual(['one', '1', []])
  const [wrong, anew] = made([0, 0, null], 1)
  expect([wrong!.kind, wrong!.answer]).toEqual(['one', '0'])
  expect([anew!.kind, anew!.answer]).toEqual(['anew', '42'])
  expect(made([null, Number.NaN], 1)).toEqual([])
})

test('mixed: seven of ten are pairs, either side as often, labels as the texts have them', () => {
  const counts: Record<string, number> = {}
  for (let seed = 0; seed < 1000; seed++) {
    const [judged, anew] = made([1, 0, 0, null], seed)
    const key = `${judged!.kind} ${judged!.answer}`
    counts[key] = (counts[key] ?? 0) + 1
    const { question, kind, answer } = judged!
    const firstRight = question.indexOf('right 0') < question.indexOf('wrong')
    if (kind === 'two') expect(answer).toBe(firstRight ? '1' : '2')
    else expect(question.includes('right 0')).toBe(answer === '1')
    expect(anew!.question).toMatch(/wrong [12]/)
    expect(`${question}${anew!.question}`).not.toMatch(/unknown/)
  }
  // 1000 draws: five standard errors are 0.08
  const share = (key: string): number => counts[key]! / 1000
  expect(Math.abs(share('two 1') + share('two 2') - 0.7)).toBeLessThan(0.08)
  expect(Math.abs(share('two 1') - 0.35)).toBeLessThan(0.08)
  expect(Math.abs(share('one 1') - 0.15)).toBeLessThan(0.08)
})

test('the next iteration asks them, in the place of its last problems; never of such again', async () => {
  const base = fileURLToPath(new URL('../../models/base', import.meta.url))
  const tokenizer = await loadTokenizer(join(base))
  const engine = { info: { maxPositions: 512 } }
  const sampler = { engine, tokenizer, maxTokens: 100 } as unknown as Parameters<
    typeof recycle
  >[0]['sampler']
  const how = { share: 0.5, seed: 1, render: (q: string) => `${q}\n\n`, sampler }
  const group = exampleGroup(
    { ...exampleRollout([1]), text: '1 + 1 = 2\n\nThe answer is \\boxed{2}' },
    { ...exampleRollout([1]), text: '1 + 1 = 3\n\nThe answer is \\boxed{3}' },
  )
  const own = { ...group, problem: { ...group.problem, prompt: 'Compute 1 + 1.', answer: '2' } }
  const rewards = { outcome_G: [1, 0] }
  const batch = { groups_P: Array(4).fill(own), rewards_P: Array(4).fill(rewards) }
  const items = recycle(how)(batch) as Recycled[]
  expect(items).toHaveLength(2)
  const next = withRecycled(items, how)(() => problems[0]!, 4)
  expect(next.slice(0, 2)).toEqual([problems[0], problems[0]])
  expect(next[2]!.prompt.startsWith('Compute 1 + 1.\n\n')).toBe(true)
  const again = { ...group, problem: next[3]! }
  expect(recycle(how)({ groups_P: [again, again], rewards_P: [rewards, rewards] })).toEqual([])
  const tight = { ...sampler, maxTokens: 500 }
  expect(recycle({ ...how, sampler: tight })(batch)).toEqual([])
})
