import { expect, test } from 'vitest'
import { untilWorst, worstStep } from '../../src/credit/worst-step.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

test('the worst reward up to the worst step, then nothing', () => {
  expect([...untilWorst(f32(0.5, -1, 0.25))]).toEqual([-1, -1, 0])
})

test('of equal minima the first counts', () => {
  expect([...untilWorst(f32(0.5, 0.25, 0.25))]).toEqual([0.25, 0.25, 0])
})

test('a reward that is not finite is not hidden, worst or not', () => {
  const [returns_T] = worstStep()(exampleGroup([1, 1]), { steps_G_S: [f32(0, Infinity)] })
  expect([...returns_T!]).toEqual([Number.NaN, Number.NaN])
})
