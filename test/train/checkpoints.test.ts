import { expect, test } from 'vitest'
import { pace, rollbackTarget } from '../../src/train/checkpoints.ts'

test('saving takes at most a fiftieth of the time, or comes every so many iterations', async () => {
  let now = 0
  const saves = pace(null, () => now)
  expect(saves.due(1)).toBe(true) // the first one shows what it costs
  await saves.saving(async () => {
    now += 20
  })
  const due: boolean[] = []
  for (let i = 2; i <= 6; i++) {
    now += 250
    due.push(saves.due(i))
  }
  expect(due).toEqual([false, false, false, true, true])
  expect([1, 2, 3, 4, 5, 6].filter(i => pace(3).due(i))).toEqual([3, 6])
})

test('a run goes back to before what is suspect, to a checkpoint that every run of its kind has', () => {
  const iterations = [0, 5, 7, 10, 12]
  expect(rollbackTarget(iterations, { every: 5, suspect: null })).toBe(10)
  expect(rollbackTarget(iterations, { every: 5, suspect: 10 })).toBe(5)
  expect(rollbackTarget(iterations, { every: 5, suspect: 3 })).toBe(0)
  expect(rollbackTarget([12], { every: 5, suspect: 3 })).toBeNull()
})
