import { expect, test } from 'vitest'
import { lineOf, overSeeds, smoothed, tableOf, together } from '../../page/series.ts'
import type { RunBrief } from '../../src/view/api.ts'

const run = (id: string, seed: number, settings: RunBrief['settings'] = {}): RunBrief => ({
  ...{ id, seed, settings, folder: id, wrong: null, note: null, recipe: 'grpo', state: 'done' },
  ...{ iterations: 3, planned: 3, before: null, after: null, alarms: 0 },
})

test('a moving average begins at the first number and passes over what is missing', () => {
  expect(smoothed([null, 1, null, 3], 0.5)).toEqual([null, 1, null, (0.5 + 3) / 1.5])
  expect(smoothed([4, 4, 4], 0.9)).toEqual([4, 4, 4])
  expect(smoothed([1, 2], 0)).toEqual([1, 2])
})

test('runs that differ in their seed alone are one line, from the lowest to the highest', () => {
  const sets = overSeeds([
    run('a', 1, { lr: 1, w: 2 }),
    run('b', 2, { w: 2, lr: 1 }),
    run('c', 1, { lr: 3 }),
  ])
  expect(sets.map(set => set.map(({ id }) => id))).toEqual([['a', 'b'], ['c']])
  const lines = [
    lineOf('a', { iterations: [1, 2], values: { m: [0, 1] } }, 'm')!,
    lineOf('b', { iterations: [2, 3], values: { m: [3, null] } }, 'm')!,
  ]
  const both = together('a and b', lines)
  expect(both).toMatchObject({
    iterations: [1, 2, 3],
    values: [0, 2, null],
    low: [0, 1, null],
    high: [0, 3, null],
  })
  expect(tableOf([lines[0]!, both])).toEqual([
    [1, 2, 3],
    [0, 1, null],
    [0, 2, null],
    [0, 1, null],
    [0, 3, null],
  ])
  expect(lineOf('a', { iterations: [1], values: {} }, 'm')).toBeNull()
})
