import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadTokenizer } from '../../src/tokenizer/load.ts'
import { readableBy } from '../../src/train/readable.ts'
import type { Problem } from '../../src/types.ts'

const base = fileURLToPath(new URL('../../models/base', import.meta.url))
const problem = (prompt: string): Problem => ({
  ...{ id: prompt, prompt, answer: null, solution: null, meta: {} },
})

test('why problems are left out: the letters that are missing, and that they are too long', async () => {
  const tokenizer = await loadTokenizer(base)
  const policy = { info: { maxPositions: 8 } }
  const { fits, why } = readableBy({ policy, tokenizer, judge: null }, 4)
  expect(why()).toBe('')
  expect(fits(problem('1+1'))).toBe(true)
  expect(fits(problem('Q 1+1 €'))).toBe(false)
  expect(why()).toBe('the vocabulary lacks "Q", "€"')
  expect(fits(problem('1'.repeat(8)))).toBe(false)
  expect(why()).toBe('too long for the model, or the vocabulary lacks "Q", "€"')
})

test('what a judge reads is the shorter of both', async () => {
  const tokenizer = await loadTokenizer(base)
  const policy = { info: { maxPositions: 100 } }
  const judge = { positions: 10 } as never
  const { fits } = readableBy({ policy, tokenizer, judge }, 4)
  expect([fits(problem('1'.repeat(6))), fits(problem('1'.repeat(7)))]).toEqual([true, false])
})
