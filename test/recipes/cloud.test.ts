import { expect, test } from 'vitest'
import { deviation } from '../../src/numbers/numeric.ts'
import { critiqued } from '../../src/rewards/critiqued.ts'
import type { Ask } from '../../src/rewards/remote/chat.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'

const many = exampleGroup(
  ...Array.from({ length: 400 }, (_, g) => ({ ...exampleRollout([1]), text: `answer ${g}.` })),
)

/** Marks by chance, of the text and the seed. */
const noisy: Ask = async (messages, read, { seed = 0 } = {}) => {
  const g = Number(/answer (\d+)/.exec(messages.at(-1)!.content)![1])
  return read(
    `\\boxed{${1 + (((Math.imul(g + 1, 2654435761) ^ Math.imul(seed, 40503)) >>> 8) % 10)}}`,
  )
}

const marksOf = async (critiques: number) =>
  (await critiqued(noisy, { critiques, seed: 1 })([many]))[0]!.parts_G.critique as number[]

test('the variance of the mean of m critiques falls as 1 / m (arXiv:2408.11791, section 3.3)', async () => {
  const [one, sixteen] = [deviation(await marksOf(1)), deviation(await marksOf(16))]
  expect(one / sixteen).toBeGreaterThan(3)
  expect(one / sixteen).toBeLessThan(5)
})

test('each critique has a seed of its own; half of them must come', async () => {
  const seeds: (number | undefined)[] = []
  const answers: (string | null)[] = ['\\boxed{10}', null, 'nothing', null, '\\boxed{1}', '8/10']
  const ask: Ask = async (_, read, asked) => {
    seeds.push(asked?.seed)
    const text = answers[seeds.length - 1]!
    return text === null ? null : read(text)
  }
  const group = exampleGroup([1], [1])
  const found = await critiqued(ask, { critiques: 3, seed: 1 })([group])
  expect(found).toEqual([{ parts_G: { critique: [null, (0 + 7 / 9) / 2] } }])
  expect(new Set(seeds).size).toBe(3)
})
