import { afterAll, expect, test } from 'vitest'
import { feedback, rewardCode } from '../../src/authors/reward.ts'
import { coded, rewardOf } from '../../src/environments/coded.ts'
import { random } from '../../src/numbers/random.ts'
import type { Ask } from '../../src/rewards/remote/chat.ts'
import { sandbox } from '../../src/sandbox/sandbox.ts'

const box = sandbox()
afterAll(() => box.close())
const run = (job: Parameters<typeof box.run>[0]) => box.run(job)

// a goal 3 away on a line: what is said are distances
const store = [
  { question: 'go', text: '3\n\n2\n\n1\n\n0', right: true },
  { question: 'go', text: '3\n\n3\n\n2\n\n1\n\n0', right: true },
  { question: 'go', text: '3\n\n3\n\n3\n\n3\n\n3\n\n3', right: false },
  { question: 'go', text: '3\n\n2\n\n3\n\n4\n\n4\n\n4', right: false },
]
const near = 'function reward(step) { return { near: -Number(step), calm: 0 } }'
const alive = 'function reward() { return 1 }'

function coder(...codes: string[]) {
  const asked: string[] = []
  const ask: Ask = async (messages, read) => {
    asked.push(messages.at(-1)!.content)
    const code = codes.shift()
    return code === undefined ? null : read(`<code>${code}</code>`)
  }
  return { ask, asked }
}
const coding = { rounds: 3, enough: 0.8, after: null }
const written = (...codes: string[]) => {
  const { ask, asked } = coder(...codes)
  return rewardCode(store, { ask, run, seed: 1 }, coding).then(found => ({ found, asked }))
}

test('a distance to the goal prefers every success, staying alive none (arXiv:2410.14660, section 3.3)', async () => {
  expect((await written(near)).found).toMatchObject({ code: near, preferred: 1 })
  const { found } = await written(alive, alive, alive)
  expect(found).toMatchObject({ code: alive, preferred: 0 }) // a tie is none
  expect(found.told).toHaveLength(3)
})

test('what does not run is told why, what prefers too little by the pair that it gets wrong; the best is kept', async () => {
  const { found, asked } = await written('function reward() { return none }', alive, near)
  expect(found).toMatchObject({ code: near, preferred: 1 })
  expect(asked[1]).toMatch(/It does not run: .*none/)
  expect(asked[2]).toContain('0 % of what succeeded')
  expect(asked[2]).toContain(`<failure terms='{"reward":1}'>`)
  const { found: none } = await written('function reward() { for (;;); }', 'reward = 1')
  expect(none).toEqual({
    code: null,
    preferred: 0,
    told: [expect.stringContaining('does not run'), expect.any(String), 'no code'],
  })
})

test('a reward is the mean of its terms over steps; what is no number is no reward', async () => {
  expect(await rewardOf(near, '3\n\n1', 'go', run)).toEqual({
    mean: -2,
    terms: { near: -2, calm: 0 },
  })
  const seen = 'function reward(step, before, question) { return before.length + question.length }'
  expect(await rewardOf(seen, 'a\n \nb\n\nc', 'go', run)).toMatchObject({ mean: 3 })
  for (const bad of [
    'function reward() { return "1" }',
    'function reward() { return 1 / 0 }',
    'function reward() { return { a: null } }',
  ])
    expect(typeof (await rewardOf(bad, 'a', 'go', run))).toBe('string')
  expect(typeof (await rewardOf(near, ' ', 'go', run))).toBe('string')
})

test('the environment gives the part, and leaves the outcome to the grader', async () => {
  const problem = {
    id: 'p',
    prompt: 'go',
    answer: '0',
    solution: null,
    meta: { reward: { code: near } },
  }
  const signal = new AbortController().signal
  const talk = await coded.open(problem, 1, signal)
  await talk.reply('3\n\n1', signal)
  expect(await talk.score!(signal)).toEqual({ parts: { coded: -2 } })
  expect(coded.judges).toBe(false)
  expect(() => coded.open({ ...problem, meta: {} }, 1, signal)).toThrow('reward')
})

test('the share that is preferred is that of successes above every failure, over random rewards', () => {
  const draw = random(5)
  for (let round = 0; round < 100; round++) {
    const found = store.map(() => ({ mean: Math.floor(4 * draw()), terms: {} }))
    const worst = Math.max(found[2]!.mean, found[3]!.mean)
    const above = found.slice(0, 2).filter(({ mean }) => mean > worst).length / 2
    const { preferred, said } = feedback(store, found)
    expect(preferred).toBe(above)
    expect(said.includes('second of these')).toBe(above < 1)
  }
})
