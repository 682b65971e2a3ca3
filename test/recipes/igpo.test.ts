import { expect, test } from 'vitest'
import { stepNorm } from '../../src/advantages/step-norm.ts'
import { sum } from '../../src/credit/sum.ts'
import { deviation, mean } from '../../src/numbers/numeric.ts'
import { below, random } from '../../src/numbers/random.ts'
import { progress } from '../../src/rewards/progress.ts'
import { advantages } from '../../src/stages.ts'
import { credited, exampleGroup, f32 } from '../example-groups.ts'

const own = sum({ discount: 0 })
const gains = stepNorm({ toCome: true, last: false })

test('gains of a belief of 0.1, 0.3, 0.25 and 0.7 (arXiv:2510.14967, eq. 3)', async () => {
  const potentials_G_S = [f32(0.1, 0.3, 0.25, 0.7)]
  const [found] = await progress(async () => [{ outcome_G: [1], potentials_G_S }])([
    exampleGroup([1]),
  ])
  const steps = [...found!.steps_G_S[0]!].map(x => Number(x.toFixed(6)))
  expect(steps).toEqual([0.2, -0.05, 0.45])
  expect(steps.reduce((a, b) => a + b, 0)).toBeCloseTo(0.6, 6)
})

test('a step is worth itself and the gains after it, in units of all gains; the last has none', () => {
  const draw = random(4)
  for (let round = 0; round < 50; round++) {
    const steps_G_S = Array.from({ length: 4 }, () =>
      Float32Array.from({ length: 2 + below(draw, 4) }, draw),
    )
    const group = exampleGroup(...steps_G_S.map(s => Array.from(s, () => 1)))
    const found_G = gains(group, own(group, { steps_G_S }))
    const pool = steps_G_S.flatMap(s => [...s.slice(0, -1)])
    for (const [g, steps_S] of steps_G_S.entries()) {
      let toCome = 0
      for (let s = steps_S.length - 1; s >= 0; s--) {
        if (s < steps_S.length - 1) toCome += (steps_S[s]! - mean(pool)) / (deviation(pool) + 1e-6)
        expect(found_G[g]![s]).toBeCloseTo(toCome, 4)
      }
    }
  }
})

test('where all outcomes are the same there is still something to learn', () => {
  const group = exampleGroup([1, 1], [1, 1])
  const streams = {
    process: own(group, { steps_G_S: [f32(0.2, 0), f32(-0.1, 0)] }),
    outcome: [f32(0, 0), f32(0, 0)],
  }
  const combined = advantages.combine({
    process: { baseline: gains, weight: 1 },
    outcome: { baseline: advantages.groupNorm(), weight: 1 },
  })
  const { advantages_P_G_T } = combined(credited([group], [streams]))
  expect(advantages_P_G_T[0]!.map(a_T => [...a_T].map(a => Number(a.toFixed(3))))).toEqual([
    [1, 0],
    [-1, 0],
  ])
})

test('what is not known, and a single step, get zeros', () => {
  const group = exampleGroup([1, 1], [2])
  expect(gains(group, [f32(1, 1), null])).toEqual([f32(0, 0), f32(0, 0)])
})
