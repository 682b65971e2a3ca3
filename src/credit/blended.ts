// A judge's scores as a reward whose weights, by where in a rollout a step stands, and whose discount are learned from outcomes.

import type { Outcome, Rewarded, StepRewards } from '../method.ts'
import { implicitSlope, meanSlope } from '../numbers/implicit-slope.ts'
import { mean } from '../numbers/numeric.ts'
import type { Json } from '../types.ts'
import { type Rule, told } from './streams.ts'

/** What is learned: a weight for the beginning, the middle and the end of a rollout, and the discount of a step later. */
export type Blend = {
  readonly weights: readonly number[]
  readonly discount: number
  readonly slopes: readonly (readonly number[])[] // of the last iterations: what earlier policies have shown
}

const places = 3
const most = 2 // of a weight, to both sides
const terms = 20
const shrink = 0.01 // of the discount, which the outcome has to pay for

/** The blend that an iteration begins with: what was remembered, else `first` everywhere and no discount. */
export function blendOf(memory: Json, first: number): Blend {
  return (memory as Blend | null) ?? { weights: Array(places).fill(first), discount: 1, slopes: [] }
}

/** Every token is credited with the steps to come, its own among them, each by its place's weight and the discount. */
export function blended({ weights, discount }: Blend): Rule<StepRewards> {
  return told(
    ({ rollouts }, { steps_G_S }) =>
      rollouts.map(({ ids, steps }, g) => {
        const scores_S = steps_G_S[g]
        if (scores_S == null) return null
        const returns_T = new Float32Array(ids.length)
        let toCome = 0
        for (let s = steps.length - 1; s >= 0; s--) {
          toCome = weights[placeOf(s, steps.length)]! * scores_S[s]! + discount * toCome
          returns_T.fill(toCome, steps[s]!.start, steps[s]!.end)
        }
        return returns_T
      }),
    {
      name: 'blended steps',
      formula: `G[s] = w * r[s] + ${discount} * G[s + 1], w ${weights.join(', ')} by its place`,
      source: 'arXiv:2310.19007',
    },
  )
}
blended.trial = { not: 'its weights and discount are learned over iterations' }

/**
 * Moves weights and discount along the slopes of the outcome by them, once a policy has climbed outcome and blended scores
 * (implicitSlope), the mean over the groups of the last `window` iterations; weights stay within 2 of 0, the discount in [0, 1].
 */
export function nextBlend(
  blend: Blend,
  { rate, window }: { readonly rate: number; readonly window: number },
): (batch: Rewarded<Outcome & StepRewards>) => Json {
  return ({ rewards_P }) => {
    const found = rewards_P.flatMap(rewards => slopesOf(rewards, blend) ?? [])
    const own = meanSlope(found)
    const slopes = own === null ? blend.slopes : [...blend.slopes, own].slice(-window)
    const slope = own === null ? null : meanSlope(slopes)
    if (slope === null || !slope.every(Number.isFinite)) return blend as Json
    const weights = blend.weights.map((w, k) => clamp(w + rate * slope[k]!, -most, most))
    const down = slope[places]! - shrink * blend.discount
    return { weights, discount: clamp(blend.discount + rate * down, 0, 1), slopes }
  }
}

/** The slopes of one group, free at each of its rollouts, as a list of one; null where fewer than two are known. */
export function slopesOf(
  { outcome_G, steps_G_S }: Outcome & StepRewards,
  { weights, discount }: Pick<Blend, 'weights' | 'discount'>,
): number[][] | null {
  const known = outcome_G.flatMap((outcome, g) => {
    const scores_S = steps_G_S[g]
    return outcome === null || scores_S == null || scores_S.length === 0
      ? []
      : [{ outcome, scores_S }]
  })
  if (known.length < 2) return null
  const features = known.map(({ scores_S }) => {
    const of = Array<number>(places + 1).fill(0)
    for (const [s, score] of scores_S.entries()) {
      const k = placeOf(s, scores_S.length)
      of[k] = of[k]! + discount ** s * score
      if (s > 0) of[places] = of[places]! + weights[k]! * s * discount ** (s - 1) * score
    }
    return of
  })
  const rewards = known.map(
    ({ outcome }, i) => outcome + weights.reduce((sum, w, k) => sum + w * features[i]![k]!, 0),
  )
  const chances = known.map(() => 1 / known.length)
  const outcomes = known.map(({ outcome }) => outcome)
  const [usual, n] = [mean(rewards), known.length]
  // held to 0 so far that what is climbed is concave where the policy stands
  const ridge = (1 + 2 * Math.max(...rewards.map(x => Math.abs(x - usual)))) / n
  return [implicitSlope({ chances, rewards, features, outcomes }, { ridge, terms })]
}

function placeOf(s: number, steps: number): number {
  return Math.floor((places * s) / steps)
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, x))
}
