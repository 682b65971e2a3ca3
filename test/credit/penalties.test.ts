import { expect, test } from 'vitest'
import { klOfRollout } from '../../src/credit/kl-of-rollout.ts'
import { klToCome } from '../../src/credit/kl-to-come.ts'
import { penalties } from '../../src/credit/penalties.ts'
import { exampleGroup, exampleRollout, expectClose, f32 } from '../example-groups.ts'

const spans = [
  { start: 0, end: 1, role: 'policy' },
  { start: 1, end: 2, role: 'tool' },
  { start: 2, end: 3, role: 'policy' },
] as const
const group = exampleGroup([3], exampleRollout([3], spans), [1])
const rewards = { logRatios_G_T: [f32(0.1, -0.2, 0.3), f32(0.1, 9, 0.3), null] }

test('each token costs its KL, as estimated', () => {
  const of = (estimator: 'k1' | 'k2' | 'k3') =>
    penalties('example', group, rewards, { coefficient: 2, estimator })[0]
  expectClose(of('k1'), [-0.2, 0.4, -0.6])
  expectClose(of('k2'), [-0.01, -0.04, -0.09])
  expectClose(
    of('k3'),
    [0.1, -0.2, 0.3].map(x => -2 * (Math.exp(-x) - 1 + x)),
  )
})

test('what is still to come, and the sum for all; a token of a tool costs nothing', () => {
  const come = klToCome({ coefficient: 1 })(group, rewards)
  expectClose(come[0], [-0.2, -0.1, -0.3])
  expectClose(come[1], [-0.4, -0.3, -0.3])
  expect(come[2]).toBeNull()
  const all = klOfRollout({ coefficient: 1 })(group, rewards)
  expectClose(all[0], [-0.2, -0.2, -0.2])
  expectClose(all[1], [-0.4, -0.4, -0.4])
  expect(all[2]).toBeNull()
})

test('a coefficient of 0 costs nothing and reads nothing', () => {
  const unread = { logRatios_G_T: [] }
  expect(klToCome({ coefficient: 0 })(group, unread)).toEqual([null, null, null])
  expect(klOfRollout({ coefficient: 0 })(group, unread)).toEqual([null, null, null])
})

test('refuses what does not line up; what is not finite is not hidden', () => {
  const rule = klToCome({ coefficient: 1 })
  expect(() => rule(group, { logRatios_G_T: [null] })).toThrow(
    'klToCome: log-ratios of 1 rollouts for 3',
  )
  expect(() => rule(group, { logRatios_G_T: [f32(1), null, null] })).toThrow(
    'klToCome: 1 log-ratios for 3 tokens of rollout 0',
  )
  const [broken] = rule(group, { logRatios_G_T: [f32(0, Number.NaN, 0), null, null] })
  expect(broken![0]).toBeNaN()
})
