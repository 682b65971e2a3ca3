import { describe, expect, test } from 'vitest'
import { fitted, fittedValues } from '../../src/credit/fitted.ts'
import { type Comparison, comparisonLoss, strengthsOf } from '../../src/numbers/bradley-terry.ts'
import { random } from '../../src/numbers/random.ts'
import { compared, pairsOf, readPreference } from '../../src/rewards/compared.ts'
import type { Ask } from '../../src/rewards/remote/chat.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'

describe('strengths from comparisons (arXiv:2410.05656, eq. 2)', () => {
  const draw = random(9)
  const some = (members: number): Comparison[] =>
    Array.from({ length: 12 }, () => {
      const first = Math.floor(members * draw())
      const second = (first + 1 + Math.floor((members - 1) * draw())) % members
      return { first, second, outcome: Math.floor(3 * draw()) / 2 }
    })

  test('the slope is the derivative', () => {
    for (let round = 0; round < 50; round++) {
      const comparisons = some(4)
      const at = Array.from({ length: 4 }, () => 4 * draw() - 2)
      const { slope } = comparisonLoss(at, comparisons)
      for (let m = 0; m < 4; m++) {
        const moved = (by: number) => comparisonLoss(at.with(m, at[m]! + by), comparisons).loss
        expect(slope[m]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 6)
      }
    }
  })

  test('at the strengths that are found it is flat', () => {
    for (let round = 0; round < 20; round++) {
      const comparisons = some(5)
      const found = strengthsOf(5, comparisons).map(r => r ?? 0)
      for (const d of comparisonLoss(found, comparisons).slope)
        expect(Math.abs(d)).toBeLessThan(1e-6)
    }
  })

  test('on a chain, where nearer to the goal is preferred, they rise along the way', () => {
    const length = 8
    const pairs = pairsOf(length, 2)
    const nearer = pairs.map(([first, second]) => ({
      first,
      second,
      outcome: Number(first > second),
    }))
    const found = strengthsOf(length, nearer) as number[]
    for (let s = 1; s < length; s++) expect(found[s]).toBeGreaterThan(found[s - 1]!)
    expect(found.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 6)
  })

  test('ties tell nothing apart, and who was compared with nobody has none', () => {
    const found = strengthsOf(3, [{ first: 0, second: 1, outcome: 0.5 }])
    expect(found).toEqual([0, 0, null])
  })
})

describe('a chat model that compares', () => {
  const group = exampleGroup(
    ...['good', 'bad', 'best'].map(text => ({ ...exampleRollout([1]), text })),
  )
  const order = ['bad', 'good', 'best']
  const by =
    (say: (first: number, second: number) => string): Ask =>
    async (messages, read) => {
      const { content } = messages[1]!
      const of = (tag: string) => order.indexOf(new RegExp(`<${tag}>\n(.*)\n`).exec(content)![1]!)
      return read(say(of('answer-a'), of('answer-b')))
    }
  const options = { seed: 1, opponents: 2 }

  test('makes the better answer stronger, wherever it stands', async () => {
    const ask = by((a, b) => `well, \\boxed{${a > b ? 'A' : 'B'}}`)
    const [found] = await compared(ask, options)([group])
    const [good, bad, best] = found!.parts_G.strength as number[]
    expect(best).toBeGreaterThan(good!)
    expect(good).toBeGreaterThan(bad!)
  })

  test('that says nothing of an answer leaves it without a strength', async () => {
    const ask = by((a, b) => (a === 0 || b === 0 ? 'who knows' : '\\boxed{tie}'))
    const [found] = await compared(ask, options)([group])
    expect(found!.parts_G.strength).toEqual([0, null, 0])
    const [silent] = await compared(async () => null, options)([group])
    expect(silent!.parts_G.strength).toEqual([null, null, null])
  })

  test('is read by its last box, or the last letter that stands alone', () => {
    const said = [
      '\\boxed{B} no, \\boxed{A}',
      '\\boxed{\\text{b}}',
      '\\boxed{Tie}',
      '\\boxed{C}',
      'A',
    ]
    expect(said.map(readPreference)).toEqual([1, 0, 0.5, null, 1])
    const plain = ['A is worse, so B.', 'a Big Answer', 'it is a tie', '']
    expect(plain.map(readPreference)).toEqual([0, null, 0.5, null])
  })

  test('is asked of no pair twice', () => {
    expect(pairsOf(2, 3)).toEqual([[0, 1]])
    expect(pairsOf(5, 2)).toHaveLength(10)
    expect(pairsOf(4, 9)).toHaveLength(6)
  })
})

test('a reward model is fitted to strengths, and is the reward once it has learned', () => {
  const group = exampleGroup([2], [1], [1])
  const rewards = {
    parts_G: { strength: [0.5, null, -1] },
    values_G_T: [f32(9, 3), f32(2), f32(1)],
  }
  expect(fitted('strength', { byPart: true })(group, rewards)).toEqual([
    f32(0.5, 0.5),
    null,
    f32(-1),
  ])
  expect(fitted('strength', { byPart: false })(group, rewards)).toEqual([f32(3, 3), f32(2), f32(1)])
  expect(fittedValues('strength')(group, rewards)).toEqual([f32(9, 3), null, f32(1)])
})

test('on a path of states, the nearer the goal the better: fitted strengths rise all along (arXiv:2410.05656)', () => {
  const states = 6 // of a chain; the goal is the last
  const comparisons = Array.from({ length: states - 1 }, (_, s) => {
    return { first: s, second: s + 1, outcome: 0 }
  })
  const strengths = strengthsOf(states, comparisons) as number[]
  for (let s = 1; s < states; s++) expect(strengths[s]!).toBeGreaterThan(strengths[s - 1]!)
})
