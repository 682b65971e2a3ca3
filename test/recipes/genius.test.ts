import { expect, test } from 'vitest'
import { calibratedPairs } from '../../src/credit/calibrated-pairs.ts'
import type { LossInput } from '../../src/method.ts'
import { random } from '../../src/numbers/random.ts'
import { foreseen, foresight, foresightShares } from '../../src/rollouts/foresight.ts'
import { preference } from '../../src/update/preference.ts'
import { exampleGroup, exampleRollout, expectClose, f32 } from '../example-groups.ts'
import { problems, toyPolicy, toySampler } from '../toy.ts'

const weightsOf = (gain: (number | null)[], scale = 1) =>
  calibratedPairs({ scale })(exampleGroup(...gain.map(() => [1])), { parts_G: { gain } }).map(
    r_T => r_T?.[0] ?? null,
  )

test('foresight -.2, -.4, -.9 at temperature .6: shares .493, .353, .154 (arXiv:2504.08672, eq. 5)', () => {
  expectClose(foresightShares([-0.2, -0.4, -0.9], 0.6), [0.493113, 0.353331, 0.153557])
})

test('a loser that gained .2 more counts .819; one that gained no more counts as DPO has it', () => {
  expect(weightsOf([0, 0.2])).toEqual([1, Math.fround(-Math.exp(-0.2))])
  expect(Math.exp(-0.2)).toBeCloseTo(0.819, 3)
  expect(weightsOf([0.3, 0.1, 0.5, 0.5])).toEqual([1, -1, 1, -1])
  expect(weightsOf([0, 5], 1e9)).toEqual([1, -1])
  expect(weightsOf([null, 1, 1, 2])).toEqual([null, null, 1, Math.fround(-Math.exp(-1))])
})

const draw = random(2)
const inputs = (advantages: readonly number[]): LossInput[] =>
  advantages.map((a, g) => {
    const numbers = (): Float32Array => Float32Array.from({ length: 3 }, () => -draw())
    const unread = { sampled_T: numbers(), drawn_T: numbers(), proximal_T: null, replayed_T: null }
    return {
      ...unread,
      ...{ group: g >> 2, outcome: null, logprobs_T: numbers(), reference_T: numbers() },
      advantages_T: new Float32Array(3).fill(a),
      trained_T: Uint8Array.of(1, 1, g % 3 === 0 ? 0 : 1),
    }
  })

test('its slopes are those of its loss; weights of 1 and pairs alone are DPO', () => {
  const loss = preference({ beta: 0.7, pairs: 'neighbours', weighted: true })
  const batch = inputs([1, -0.4, 1, -0.9, 1, -1])
  const { dlogprobs_G_T, metrics } = loss.of(batch)
  expect(metrics['update/pairs']).toBe(3)
  batch.forEach((input, g) => {
    for (let t = 0; t < 3; t++) {
      const at = (by: number): number =>
        loss.of(
          batch.with(g, {
            ...input,
            logprobs_T: input.logprobs_T.map((x, i) => (i === t ? x + by : x)),
          }),
        ).loss
      expect(dlogprobs_G_T[g]![t]).toBeCloseTo((at(1e-2) - at(-1e-2)) / 2e-2, 4)
    }
  })
  const pair = inputs([1, -1])
  expect(loss.of(pair)).toEqual(preference({ beta: 0.7 }).of(pair))
})

test('what is foreseen is the mean of what comes after the step, or of a last step itself', () => {
  const rollout = { ...exampleRollout([2, 2]), logprobs_T: f32(-4, -2, -1, -3) }
  const path = { ...rollout, ids: rollout.ids.subarray(0, 1), stop: 'paused' as const }
  expect([foreseen(path, rollout), foreseen(rollout, rollout)]).toEqual([-2, -2])
})

test('each step is a pair of whole rollouts: the one with the most foresight, and another', async () => {
  const shape = { beams: 2, candidates: 3, steps: 3, temperature: 0.1 }
  const { rollouts, scores } = foresight(toySampler(toyPolicy(3)), shape)
  const groups = await rollouts(problems, 4)
  const rewards = await scores(groups)
  expect(groups.map(({ problem }) => problem)).toEqual(problems)
  groups.forEach(({ rollouts }, p) => {
    const { foresight, gain } = rewards[p]!.parts_G
    expect(rollouts.length).toBeGreaterThanOrEqual(2)
    expect(rollouts.length % 2).toBe(0)
    for (let g = 0; g < rollouts.length; g += 2)
      expect(foresight[g]!).toBeGreaterThanOrEqual(foresight[g + 1]!)
    expect(gain.slice(0, 2)).toEqual(foresight.slice(0, 2)) // nothing is foreseen of the prompt
  })
  expect(groups.some(({ rollouts }) => rollouts.length > 2)).toBe(true)
  expect(await rollouts(problems, 4)).toEqual(groups)
  expect(await scores([exampleGroup([1])])).toEqual([
    { parts_G: { foresight: [null], gain: [null] } },
  ])
})
