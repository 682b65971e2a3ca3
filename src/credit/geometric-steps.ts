import type { StepRewards } from '../method.ts'
import { type Rule, told } from './streams.ts'

export const lengthPriors = ['weibull', 'growth'] as const
export type LengthPrior = (typeof lengthPriors)[number]

/**
 * Every token is credited with m psi(m, n): m the geometric mean of the n steps' scores, read as chances of being right, psi how
 * welcome so many steps are (arXiv:2411.11681, eq. 3 and 4); 0 of a single step.
 */
export function geometricSteps({ prior = 'weibull' as LengthPrior } = {}): Rule<StepRewards> {
  const welcome = { weibull, growth }[prior]
  return told(
    ({ rollouts }, { steps_G_S }) => {
      if (steps_G_S.length !== rollouts.length)
        throw new RangeError(
          `geometricSteps: scores of ${steps_G_S.length} rollouts for ${rollouts.length}`,
        )
      return rollouts.map(({ ids }, g) => {
        const scores_S = steps_G_S[g]
        if (scores_S === null) return null
        const n = scores_S.length
        const m = scores_S.reduce((product, score) => product * ((1 + score) / 2), 1) ** (1 / n)
        const reward = n === 0 ? 0 : n === 1 ? 0 * m : m * welcome(m, n) // NaN stays seen
        return new Float32Array(ids.length).fill(reward)
      })
    },
    {
      name: 'geometric mean of the steps',
      formula: `G[t] = m * psi(m, n), m the geometric mean of (1 + r) / 2 over n steps, psi ${prior}`,
      source: 'arXiv:2411.11681, eq. 3 and 4',
      options: { prior },
    },
  )
}
geometricSteps.trial = { choices: { prior: lengthPriors } }

const [shape, scale, height] = [1.5, 8, 10.735]

/** A density of Weibull with its mode at 3.85 steps, of height 1 there. */
export function weibull(_: number, n: number): number {
  return height * (shape / scale) * (n / scale) ** (shape - 1) * Math.exp(-((n / scale) ** shape))
}

const [threshold, good, bad] = [4, 0.884, 0.2]

/** What the published code has: it grows with steps, beyond four of them only where they are good. */
export function growth(m: number, n: number): number {
  if (n <= threshold) return m * Math.exp(0.5 * n)
  const base = m * Math.exp(0.5 * threshold)
  const turned = 1 / (1 + Math.exp(-10 * (n - threshold)))
  const rate = m > good ? 1 : m < bad ? -1 : (m - 0.21159) / 0.88433
  return base * (1 - turned) + base * Math.exp(0.1 * (n - threshold) * rate) * turned
}
