import { expect, test } from 'vitest'
import { withoutOutliers } from '../../src/advantages/without-outliers.ts'
import { random } from '../../src/numbers/random.ts'
import { boxedFormat } from '../../src/rewards/boxed-format.ts'
import { consistency } from '../../src/rewards/consistency.ts'
import { credit, update } from '../../src/stages.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'
import { input, numericSlope } from '../update/example-batch.ts'

test('a log-ratio of 20 counts as 1000, finite and flat (arXiv:2505.02835, eq. 4)', () => {
  const limited = update.clipped({ ratioLimit: 1000 })
  const { loss, dlogprobs_G_T, metrics } = limited.of([input([0], [-20], [-1])])
  expect(loss).toBeCloseTo(1000, 9)
  expect(dlogprobs_G_T[0]![0]).toBe(0)
  expect(metrics['update/ratio_max']).toBe(1000)
  expect(update.clipped().of([input([0], [-20], [-1])]).loss).toBeCloseTo(4.85e8, -6)
  expect(limited.of([input([-20], [0], [1])]).loss).toBeCloseTo(-1e-3, 9)
})

test('within the limit nothing changes; the slope is the derivative', () => {
  const draw = random(2)
  for (let round = 0; round < 50; round++) {
    const xs = Array.from({ length: 3 }, () => -4 * draw())
    const one = input(
      xs,
      xs.map(x => x + 0.15 * (draw() - 0.5)),
      xs.map(() => draw() - 0.5),
    )
    const limited = update.clipped({ ratioLimit: 1000 })
    expect(limited.of([one])).toEqual(update.clipped().of([one]))
  }
  const far = [input([-1, -1, -3], [-1.5, -3, -1], [-1, -1, 1])] // ratios 1.65, 7.39, 0.14
  const limited = update.clipped({ ratioLimit: 5 })
  const found = limited.of(far).dlogprobs_G_T[0]!
  numericSlope(limited, far, 1e-3)[0]!.forEach((slope, t) => {
    expect(found[t]).toBeCloseTo(slope, 2)
  })
  expect(found[1]).toBe(0)
})

test('a right answer earns 2 where its steps bear it and 1 where they do not, a wrong one 0.5', async () => {
  const boxed = { ...exampleRollout([1, 1]), text: 'so \\boxed{3}' }
  const group = exampleGroup(boxed, boxed, boxed, boxed, boxed, { ...boxed, text: 'three' })
  const judged = [f32(0.4, 0.1), f32(0.9, -0.1), f32(0.4, 0.1), f32(0.9, -0.1), null, f32(1, 1)]
  const [{ parts_G: one }] = await consistency(async () => [{ steps_G_S: judged }], 0.5)([group])
  const [{ parts_G: other }] = await boxedFormat(0.5)([group])
  const rule = credit.shapedOutcome(['consistency', 'format'], { ofRight: ['consistency'] })
  const rewards = { outcome_G: [1, 1, 0, 0, 1, 1], parts_G: { ...one, ...other } }
  expect(rule(group, rewards).map(r_T => r_T?.[0] ?? null)).toEqual([2, 1, 0.5, 0.5, null, 1.5])
})

test('advantages beyond 3 deviations count 0, counted; NaN stays', () => {
  const of = [[f32(2.9, -3.1, 0), f32(3.5, Number.NaN, -2)]]
  const filter = withoutOutliers(() => ({ advantages_P_G_T: of, metrics: { x: 1 } }), 3)
  const { advantages_P_G_T, metrics } = filter({ groups_P: [], rewards_P: [], streams_P: [] })
  expect(advantages_P_G_T).toEqual([[f32(2.9, 0, 0), f32(0, Number.NaN, -2)]])
  expect(metrics).toEqual({ x: 1, 'advantages/outliers': 2 / 5 })
})
