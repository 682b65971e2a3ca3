import { expect, test } from 'vitest'
import { readLabelled } from '../../../src/prm/formats/read.ts'
import { trlRowOf } from '../../../src/prm/formats/trl.ts'
import { fixture, linesOf } from './files.ts'

const row = { prompt: 'q', completions: ['a\n', ' b'], labels: [true, false] }

test('a row is read as it is, and written as it was', async () => {
  const { solutions } = await readLabelled(linesOf(row))
  expect(solutions[0]).toMatchObject({
    id: 'rows.jsonl:1',
    steps: ['a\n', ' b'],
    labels_S: [1, 0],
    meaning: 'rightness',
  })
  expect(trlRowOf(solutions[0]!)).toEqual(row)
})

test('what TRL cannot say: an unknown label ends a solution, a share becomes a verdict', async () => {
  const { solutions } = await readLabelled(fixture('prm800k.jsonl'), { neutral: 'unknown' })
  expect(trlRowOf(solutions[1]!)!.labels).toEqual([true])
  const soft = { ...solutions[0]!, steps: ['a', 'b', 'c'], labels_S: [0.5, 0.4, null] }
  expect(trlRowOf(soft)!.labels).toEqual([true, false])
  expect(trlRowOf(soft, { threshold: 0.3 })!.labels).toEqual([true, true])
  expect(trlRowOf({ ...soft, labels_S: [null, 1, 1] })).toBeNull()
})

test.each([
  [{ labels: [1, 0] }, 'labels[0]: 1; expected true or false'],
  [{ labels: [true] }, 'labels: 1 for 2 steps; expected one a step'],
  [{ completions: ['a', ''] }, 'steps[1]: is empty'],
])('%j is refused', async (wrong, message) => {
  await expect(readLabelled(linesOf({ ...row, ...wrong }))).rejects.toThrow(`:1: ${message}`)
})
