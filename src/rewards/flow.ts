// What a flow model of right rollouts' hidden states makes of each token: the worse a state flows from the one before it, the
// less it is like those of right answers.

import type { Engine } from '../engine/engine.ts'
import { written } from '../groups/written.ts'
import type { Outcome, Scorer, TokenRewards } from '../method.ts'
import { concat, mean } from '../numbers/numeric.ts'
import { below, normal, type Random, random } from '../numbers/random.ts'
import {
  type Flowing,
  flowLoss,
  flowStep,
  type VelocityNet,
  velocityNet,
} from '../numbers/velocity-net.ts'
import type { Rollout } from '../types.ts'

/** A flow model as it is remembered: numbers as base64 of float32, so that none is rounded. */
export type StoredFlow = {
  readonly width: number
  readonly hidden: number
  readonly steps: number
  readonly loss: number // of the last training
  readonly numbers: string
}

export interface FlowOptions {
  readonly stored: StoredFlow | null
  readonly seed: number
  readonly hidden: number // units of the network
  readonly updates: number // steps of Adam an iteration
  readonly rate: number
  readonly scale: number // reward of the token that flows worst is -scale
}

const [time, least, most, batch] = [0.8, 0.6, 15, 64]

/**
 * -scale * s for the tokens of a rollout whose score s, taken from least to most to 0 to 1, is at least 0.6, and of those the 15 with the
 * highest; 0 for the others (RLFR, arXiv:2510.10201, section 3.3).
 */
export function flowRewards(scores: readonly number[], scale: number): Float32Array {
  const [low, high] = [Math.min(...scores), Math.max(...scores)]
  const level = scores.map(s => (high > low ? (s - low) / (high - low) : 0))
  const kept = new Set(
    level
      .map((_, t) => t)
      .filter(t => level[t]! >= least)
      .sort((a, b) => level[b]! - level[a]!)
      .slice(0, most),
  )
  return Float32Array.from(level, (s, t) => (kept.has(t) ? -scale * s : 0))
}

/**
 * Outcomes, and rewards of tokens by the flow model as it was; then it learns the states of right rollouts. Tokens have 0 until
 * it has learned any; those of a rollout without an outcome have none.
 */
export function flow(
  grade: Scorer<Outcome>,
  policy: Pick<Engine, 'hidden'>,
  { stored, seed, hidden, updates, rate, scale }: FlowOptions,
): { readonly scorer: Scorer<Outcome & TokenRewards>; readonly state: () => StoredFlow | null } {
  let state = stored
  const scorer: Scorer<Outcome & TokenRewards> = async (groups, signal) => {
    const rewards_P = await grade(groups, signal)
    const rollouts = groups.flatMap(group => group.rollouts)
    const outcomes = rewards_P.flatMap(({ outcome_G }) => outcome_G)
    const sequences = rollouts.map(({ promptIds, ids }) => concat(promptIds, ids))
    const states = await policy.hidden(sequences, signal)
    const draw = random(seed, 'flow')
    const width = states.length === 0 ? 0 : states[0]!.length / sequences[0]!.length
    const net = stored === null ? velocityNet(width, hidden, draw) : netOf(stored)
    const pairs = rollouts.map((rollout, i) => pairsOf(rollout, states[i]!, width))
    const tokens = pairs.map((pairs_T, i) => {
      if (outcomes[i] === null) return null
      if (net.steps === 0) return new Float32Array(pairs_T.length)
      const score = (pair: Pair): number =>
        (time / (1 - time)) * flowLoss(net, { ...pair, time, noise: noiseOf(width, draw) })
      return flowRewards(pairs_T.map(score), scale)
    })
    const right = pairs.flatMap((pairs_T, i) =>
      (outcomes[i] ?? 0) > 0.5 ? pairs_T.filter((_, t) => written(rollouts[i]!)[t] === 1) : [],
    )
    state = right.length === 0 ? stored : storedOf(net, train(net, right, { updates, rate }, draw))
    const next = tokens.values()
    return rewards_P.map(({ outcome_G }) => ({
      outcome_G,
      tokens_G_T: outcome_G.map(() => next.next().value ?? null),
    }))
  }
  return { scorer: Object.assign(scorer, { begin: grade.begin }), state: () => state }
}

type Pair = Pick<Flowing, 'target' | 'before'>

/** The state at each token of a rollout, and the one before it. */
function pairsOf({ promptIds, ids }: Rollout, states: Float32Array, width: number): Pair[] {
  const at = (i: number): Float32Array => states.subarray(i * width, (i + 1) * width)
  return Array.from(ids, (_, t) => {
    const i = promptIds.length + t
    return { target: at(i), before: at(i - 1) }
  })
}

/** Steps on random pairs at random times; the mean loss of the last one. */
function train(
  net: VelocityNet,
  pairs: readonly Pair[],
  { updates, rate }: Pick<FlowOptions, 'updates' | 'rate'>,
  draw: Random,
): number {
  let losses: number[] = []
  for (let step = 0; step < updates; step++) {
    const gradient = new Float32Array(net.weights.length)
    losses = Array.from({ length: batch }, () => {
      const pair = pairs[below(draw, pairs.length)]!
      const flowing = { ...pair, time: draw(), noise: noiseOf(net.width, draw) }
      return flowLoss(net, flowing, gradient, 1 / batch)
    })
    flowStep(net, gradient, rate)
  }
  return mean(losses)
}

function noiseOf(width: number, draw: Random): Float32Array {
  return Float32Array.from({ length: width }, () => normal(draw))
}

function storedOf({ width, hidden, steps, ...all }: VelocityNet, loss: number): StoredFlow {
  const parts = [all.weights, all.mean, all.square].map(xs => Buffer.from(xs.buffer))
  return { width, hidden, steps, loss, numbers: Buffer.concat(parts).toString('base64') }
}

function netOf({ width, hidden, steps, numbers }: StoredFlow): VelocityNet {
  const bytes = Uint8Array.from(Buffer.from(numbers, 'base64'))
  const all = new Float32Array(bytes.buffer)
  const size = all.length / 3
  const [weights, mean, square] = [0, 1, 2].map(i => all.slice(i * size, (i + 1) * size))
  return { width, hidden, steps, weights: weights!, mean: mean!, square: square! }
}
