import fc from 'fast-check'
import { expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import { digitVariants, replacedExample, rightTokens } from '../../../src/prm/train/replaced.ts'
import { tokenizer } from '../../toy.ts'
import { labelled, tokens, view } from './views.ts'

// q0 to q3 are 5 to 8, good 3, bad 4, a blank line 2, the end 1, boxed answers 9 to 12
const variants = digitVariants(tokenizer)
const targets = 1

test('digits are replaced by other digits alone', () => {
  expect(variants.get(5)).toEqual([6, 7, 8])
  expect(variants.get(12)).toEqual([9, 10, 11])
  expect([...variants.keys()].sort((a, b) => a - b)).toEqual([5, 6, 7, 8, 9, 10, 11, 12])
})

test('right solutions alone have their tokens replaced', () => {
  const solutions = [
    labelled(['good', 'q1'], [1, 1]),
    labelled(['good', 'q1'], [1, 0]),
    labelled(['good', 'q1'], [1, null]),
    labelled(['good', 'q1'], [1, 1], { meaning: 'value' }),
  ]
  const { examples, leftOut } = rightTokens(solutions, view)
  expect(examples.map(({ ids }) => [...ids])).toEqual([[5, 3, 2, 6, 1]])
  expect([examples[0]!.promptLength, examples[0]!.ends_S, leftOut]).toEqual([1, [3, 5], []])
})

const example = rightTokens([labelled(['q1good', 'good', 'goodq2good'], [1, 1, 1])], view)
  .examples[0]!

test('a step is wrong from its first replaced token to its end, and the next is judged anew', () => {
  const all = replacedExample(example, variants, { share: 1, targets, random: random(1) })
  expect([...example.ids]).toEqual([5, 6, 3, 2, 3, 2, 3, 7, 3, 1])
  expect(all.ids[0]).toBe(5) // the prompt stays
  expect([all.ids[1] === 6, all.ids[7] === 7]).toEqual([false, false])
  expect([...all.at_N]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect([...all.labels]).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0])
  const none = replacedExample(example, variants, { share: 0, targets, random: random(1) })
  expect([...none.ids]).toEqual([...example.ids])
  expect([...none.labels]).toEqual(Array(9).fill(1))
})

test('further targets have no label', () => {
  const two = replacedExample(example, variants, { share: 1, targets: 2, random: random(1) })
  expect([...two.labels].filter((_, i) => i % 2 === 0)).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0])
  expect([...two.labels].filter((_, i) => i % 2 === 1)).toEqual(Array(9).fill(Number.NaN))
})

test('labels say what was replaced, whatever is drawn', () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, share) => {
      const made = replacedExample(example, variants, { share, targets, random: random(seed) })
      const changed = [...made.ids].map((id, t) => id !== example.ids[t])
      changed.forEach((is, t) => {
        if (is) expect(variants.get(example.ids[t]!)).toContain(made.ids[t])
      })
      const wrong = example.ends_S.map((end, s) =>
        changed.slice(example.ends_S[s - 1] ?? example.promptLength, end).includes(true),
      )
      const closing = example.ends_S.map(end => made.labels[end - 1 - example.promptLength])
      expect(closing).toEqual(wrong.map(is => Number(!is)))
    }),
  )
})

test('a vocabulary without digits has nothing to replace', () => {
  expect(tokens.tokenizer.pieces([3])).toEqual(['good'])
  const plain = { ...tokenizer, pieces: (ids: ArrayLike<number>) => Array.from(ids, () => 'good') }
  expect(digitVariants(plain).size).toBe(0)
})
