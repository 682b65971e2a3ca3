import { expect, test } from 'vitest'
import { followed } from '../../src/advantages/followed.ts'
import type { AdvantageTrace } from '../../src/method.ts'

const trace: AdvantageTrace = {
  parts: {},
  masked_P_G_T: [],
  kept_P_G_T: [],
  whitening: { form: 'none', mean: 0, deviation: 1 },
}
const doubled = { name: 'doubled', formula: '2 A', source: '' }
const halved = { name: 'halved', formula: 'A / 2', source: '' }

test('what stages made of advantages is told in their order, beside what these came from', () => {
  const [twice, once] = [[[Float32Array.of(2)]], [[Float32Array.of(1)]]]
  const first = followed({ trace }, doubled, twice)
  const second = followed(first, halved, once)
  expect(second.advantages_P_G_T).toBe(once)
  expect(second.trace).toEqual({
    ...trace,
    after: [
      { formula: doubled, advantages_P_G_T: twice },
      { formula: halved, advantages_P_G_T: once },
    ],
  })
  expect(trace.after).toBeUndefined()
})

test('where nothing was told before, nothing is told', () => {
  expect(followed({}, doubled, [])).toEqual({ advantages_P_G_T: [] })
})
