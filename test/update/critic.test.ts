import { expect, test } from 'vitest'
import { fakeEngine } from '../../src/engine/fake.ts'
import type { ValueLesson } from '../../src/method.ts'
import { critic } from '../../src/update/critic.ts'
import { f32 } from '../example-groups.ts'

test('a critic learns to expect the returns, its values clipped', () => {
  const engine = fakeEngine({ head: 'token-classification', classes: 1 })
  const { lesson, ...rest } = critic(engine, { learningRate: 0.1, clip: 0.2 })
  expect(rest).toEqual({ name: 'critic', engine, learningRate: 0.1 })
  expect(lesson).toMatchObject({ of: 'values', values: 'values', returns: 'returns' })
  const { loss } = lesson as ValueLesson
  const [values_T, before_T, returns_T] = [f32(0.5), f32(0), f32(1)]
  const { dvalues_G_T } = loss.of([{ values_T, before_T, returns_T, trained_T: Uint8Array.of(1) }])
  expect(dvalues_G_T[0][0]).toBe(0)
})
