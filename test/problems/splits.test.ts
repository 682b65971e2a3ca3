import { expect, test } from 'vitest'
import { splitOf, takeProblems } from '../../src/problems/splits.ts'
import { linearEquations } from '../../src/problems/tasks/linear-equations.ts'
import { nestedArithmetic } from '../../src/problems/tasks/nested-arithmetic.ts'

const prompts = (split: 'train' | 'validation' | 'test', seed: number) =>
  takeProblems(nestedArithmetic, 300, { split, seed, difficulty: 1 }).map(one => one.prompt)

test('no prompt is in two splits, whatever the seed', () => {
  const train = new Set([...prompts('train', 1), ...prompts('train', 2)])
  const held = [...prompts('validation', 1), ...prompts('test', 3)]
  expect(held.some(prompt => train.has(prompt))).toBe(false)
  expect(splitOf(prompts('test', 1)[0])).toBe('test')
})

test('a stream is named by its seed and has no repeats while new problems are common', () => {
  expect(prompts('train', 1)).toEqual(prompts('train', 1))
  expect(prompts('train', 1)).not.toEqual(prompts('train', 2))
  expect(new Set(prompts('train', 1)).size).toBe(300)
})

test('a stream goes on when every problem has come', () => {
  const few = takeProblems(linearEquations, 500, { split: 'test', seed: 1, difficulty: 0 })
  expect(few).toHaveLength(500)
})

test('four in five problems train', () => {
  const train = Array.from({ length: 2000 }, (_, i) => splitOf(`Compute ${i}.`) === 'train')
  expect(train.filter(Boolean).length / 2000).toBeCloseTo(0.8, 1)
})
