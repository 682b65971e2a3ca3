import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultRule, learnedLabels } from '../../../src/prm/train/labels.ts'

const rightness = { labels_S: [1, 1, 0, 1, null, 0], meaning: 'rightness' } as const
const value = { labels_S: [0.75, 0.25, null, 0.5, 1], meaning: 'value' } as const

test('rightness ends with the first error, a value does not', () => {
  expect(learnedLabels(rightness, defaultRule)).toEqual([1, 1, 0, null, null, null])
  expect(learnedLabels(value, defaultRule)).toEqual([1, 0, null, 1, 1])
})

test('either way can be asked for', () => {
  expect(learnedLabels(rightness, { ...defaultRule, mode: 'all' })).toEqual([1, 1, 0, 1, null, 0])
  expect(learnedLabels(value, { ...defaultRule, mode: 'first-error' })).toEqual([
    1,
    0,
    null,
    null,
    null,
  ])
})

test('soft labels stay as they are; what is wrong is told by the threshold', () => {
  const soft = { ...defaultRule, soft: true }
  expect(learnedLabels(value, soft)).toEqual([0.75, 0.25, null, 0.5, 1])
  const strict = { mode: 'first-error', threshold: 0.8, soft: true } as const
  expect(learnedLabels(value, strict)).toEqual([0.75, null, null, null, null])
  expect(learnedLabels(value, { ...defaultRule, threshold: 0.2 })).toEqual([1, 1, null, 1, 1])
})

test('no label is made where there is none, and none is changed into the other kind', () => {
  const label = fc.option(fc.double({ min: 0, max: 1, noNaN: true }))
  fc.assert(
    fc.property(
      fc.array(label),
      fc.constantFrom('rightness', 'value'),
      fc.constantFrom(null, 'first-error', 'all'),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (labels_S, meaning, mode, threshold) => {
        const hard = learnedLabels({ labels_S, meaning }, { mode, threshold, soft: false })
        const soft = learnedLabels({ labels_S, meaning }, { mode, threshold, soft: true })
        expect(hard).toHaveLength(labels_S.length)
        labels_S.forEach((given, s) => {
          expect(hard[s] === null).toBe(soft[s] === null)
          if (given === null) expect(hard[s]).toBeNull()
          if (hard[s] === null) return
          expect(soft[s]).toBe(given)
          expect(hard[s]).toBe(given! >= threshold ? 1 : 0)
        })
      },
    ),
  )
})
