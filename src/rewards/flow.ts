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
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import type { Group, Rollout } from '../types.ts'

/** A flow model as it is remembered: numbers as base64 of float32, so that none is rounded. */
export type StoredFlow = {
  readonly width: number
  readonly given: number
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
  readonly expert: number // of them on worked solutions, before all others
  readonly rate: number
  readonly scale: number // reward of the token that flows worst is -scale
}

const [time, least, most, batch] = [0.8, 0.6, 15, 64]
const depths = [0.25, 0.5, 0.75] // of the layers whose states flow

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
 * Outcomes, and rewards of tokens by the flow model as it was; then it learns the states of right rollouts. Before there is one, it
 * first learns those of the problems' worked solutions, as many steps as `expert` says. Tokens have 0 until it has learned any; those
 * of a rollout without an outcome have none.
 */
export function flow(
  grade: Scorer<Outcome>,
  { engine, tokenizer }: { readonly engine: Pick<Engine, 'hidden'>; readonly tokenizer: Tokenizer },
  { stored, seed, hidden, updates, expert, rate, scale }: FlowOptions,
): { readonly scorer: Scorer<Outcome & TokenRewards>; readonly state: () => StoredFlow | null } {
  let state = stored
  const scorer: Scorer<Outcome & TokenRewards> = async (groups, signal) => {
    const rewards_P = await grade(groups, signal)
    const rollouts = groups.flatMap(group => group.rollouts)
    const outcomes = rewards_P.flatMap(({ outcome_G }) => outcome_G)
    const draw = random(seed, 'flow')
    const experts = stored === null && expert > 0 ? expertsOf(groups, tokenizer) : []
    const flows = await flowsOf(engine, [...rollouts, ...experts], signal)
    const traces = flows.slice(rollouts.length)
    const { target, before } = flows.find(flows_T => flows_T.length > 0)?.[0]?.[0] ?? nowhere
    const shape = { width: target.length, given: before.length, hidden }
    const net = stored === null ? velocityNet(shape, draw) : netOf(stored)
    let loss = stored?.loss ?? 0
    if (traces.length > 0) loss = train(net, traces.flat(2), { updates: expert, rate }, draw)
    const tokens = rollouts.map((_, i) => {
      if (outcomes[i] === null) return null
      if (net.steps === 0) return new Float32Array(flows[i]!.length)
      const score = (of: Pair): number =>
        (time / (1 - time)) * flowLoss(net, { ...of, time, noise: noiseOf(net.width, draw) })
      return flowRewards(
        flows[i]!.map(of => mean(of.map(score))),
        scale,
      )
    })
    const right = rollouts.flatMap((rollout, i) =>
      (outcomes[i] ?? 0) > 0.5 ? flows[i]!.filter((_, t) => written(rollout)[t] === 1) : [],
    )
    if (right.length > 0) loss = train(net, right.flat(), { updates, rate }, draw)
    state = net.steps === 0 ? stored : storedOf(net, loss)
    const next = tokens.values()
    return rewards_P.map(({ outcome_G }) => ({
      outcome_G,
      tokens_G_T: outcome_G.map(() => next.next().value ?? null),
    }))
  }
  return { scorer: Object.assign(scorer, { begin: grade.begin }), state: () => state }
}

type Pair = Pick<Flowing, 'target' | 'before'>
type Text = Pick<Rollout, 'promptIds' | 'ids'>

const nowhere: Pair = { target: new Float32Array(0), before: new Float32Array(depths.length) }

/** The worked solutions of problems, each once. */
function expertsOf(groups: readonly Group[], tokenizer: Tokenizer): Text[] {
  return groups.flatMap(({ problem: { prompt, solution } }) => {
    if (solution === null) return []
    const ids = Int32Array.from([...tokenizer.encode(solution.join('\n\n')), tokenizer.eosId])
    return [{ promptIds: tokenizer.encode(prompt), ids }]
  })
}

/**
 * For each text, token and depth the state there, and, as what came before, that of the token before and which depth it is, 1 of as many
 * numbers as there are depths. States are brought to a mean square of 1: those behind inner layers have seen no norm.
 */
async function flowsOf(
  engine: Pick<Engine, 'hidden'>,
  texts: readonly Text[],
  signal?: AbortSignal,
): Promise<Pair[][][]> {
  const sequences = texts.map(({ promptIds, ids }) => concat(promptIds, ids))
  const states = await engine.hidden(sequences, signal, { depths })
  return texts.map(({ promptIds, ids }, n) => {
    const width = states[n]!.length / sequences[n]!.length / depths.length
    const at = (i: number, d: number): Float32Array => {
      const start = (i * depths.length + d) * width
      return scaled(states[n]!.subarray(start, start + width))
    }
    return Array.from(ids, (_, t) =>
      depths.map((_, d) => {
        const i = promptIds.length + t
        const before = new Float32Array(width + depths.length)
        before.set(at(i - 1, d))
        before[width + d] = 1
        return { target: at(i, d), before }
      }),
    )
  })
}

function scaled(xs: Float32Array): Float32Array {
  const square = xs.reduce((sum, x) => sum + x * x, 0) / xs.length
  return xs.map(x => x / Math.sqrt(square + 1e-6))
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

function storedOf({ width, given, hidden, steps, ...all }: VelocityNet, loss: number): StoredFlow {
  const parts = [all.weights, all.mean, all.square].map(xs => Buffer.from(xs.buffer))
  return { width, given, hidden, steps, loss, numbers: Buffer.concat(parts).toString('base64') }
}

function netOf({ width, given, hidden, steps, numbers }: StoredFlow): VelocityNet {
  const bytes = Uint8Array.from(Buffer.from(numbers, 'base64'))
  const all = new Float32Array(bytes.buffer)
  const size = all.length / 3
  const [weights, mean, square] = [0, 1, 2].map(i => all.slice(i * size, (i + 1) * size))
  return { width, given, hidden, steps, weights: weights!, mean: mean!, square: square! }
}
