// The update of an iteration: losses of log-probabilities become weights of tokens, one optimizer step for each
// minibatch, and critics learn beside the policy. A number that is not finite is never learned from.

import { ConfigError } from './errors.ts'
import type { Critic, Loss, LossInput, Method, Slope, Streams, ValueInput } from './method.ts'
import { concat, mean } from './numeric.ts'
import { random } from './random.ts'
import { logprobsOf } from './rewards/divergence.ts'
import { valuesOf } from './rewards/values.ts'
import type { Engine, Group, Rollout, Scoring, StepOptions, TokenScores } from './types.ts'
import { minibatches } from './update/minibatches.ts'
import { written } from './written.ts'

/** What an iteration works on beside its method. */
export interface Learner {
  readonly policy: Engine
  readonly reference: Scoring | null // frozen; needed where the loss asks for it
  readonly learningRate: number
}

/** What is learned from: the groups that carry a signal, and what the stages before made of them. */
export interface Batch {
  readonly groups_P: readonly Group[]
  readonly streams_P: readonly Streams[]
  readonly advantages_P_G_T: readonly (readonly Float32Array[])[]
}

/** `dropped` says why nothing was learned; null where something was. */
export interface Learned {
  readonly dropped: string | null
  readonly metrics: Readonly<Record<string, number>>
}

/** A rollout, and what a loss sees of it that stays the same through the iteration. */
interface Example {
  readonly rollout: Rollout
  readonly fixed: Omit<LossInput, 'logprobs_T'>
}

/**
 * The update of an iteration: an optimizer step for each minibatch, then the critics'. A minibatch with a number that is not
 * finite moves nothing; where that is all of them, no model has changed.
 */
export async function learn(
  method: Method,
  batch: Batch,
  learner: Learner,
  seed: number,
): Promise<Learned> {
  const rollouts = batch.groups_P.flatMap(group => group.rollouts)
  if (rollouts.length === 0) return { dropped: 'no group carried a signal', metrics: {} }
  const advantages_G_T = batch.advantages_P_G_T.flat()
  const { loss, passes = { epochs: 1, minibatches: 1 }, also = [] } = method
  const examples = await examplesOf(rollouts, advantages_G_T, learner, loss)
  const parts = minibatches(rollouts.length, passes, random(seed, 'minibatches'))
  const { version } = learner.policy
  const steps: Learned[] = []
  for (const part of parts)
    steps.push(await policyStep(pick(examples, part), loss, learner, version))
  const { dropped, metrics } = together(steps)
  if (dropped !== null) return { dropped, metrics }
  const beside: Learned[] = []
  for (const critic of also) beside.push(await criticSteps(critic, batch, parts))
  return { dropped, metrics: Object.assign({}, metrics, ...beside.map(one => one.metrics)) }
}

/** One optimizer step of the policy on some rollouts; `start` is its version when the iteration began. */
async function policyStep(
  examples: readonly Example[],
  loss: Loss,
  { policy, learningRate }: Learner,
  start: number,
): Promise<Learned> {
  const slope = loss.of(await lossInputs(examples, policy, start))
  const metrics: Record<string, number> = { ...slope.metrics, 'update/loss': slope.loss }
  const bad = notFinite(slope, examples)
  if (bad !== null) return { dropped: bad, metrics }
  requireEntropies(slope, policy)
  const sequences = examples.map(({ rollout }, g) => ({
    ids: whole(rollout),
    weights: weightsOf(rollout, slope.dlogprobs_G_T[g]!),
    ...(slope.dentropies_G_T && { entropyWeights: weightsOf(rollout, slope.dentropies_G_T[g]!) }),
  }))
  const scores = await policy.accumulate(sequences)
  const { gradNorm, applied } = await policy.step(stepOf(policy, learningRate))
  metrics['update/loss'] = slope.loss + entropyTerms(slope, scores, examples)
  metrics['update/grad_norm'] = gradNorm
  const entropy = meanEntropy(scores, examples)
  if (entropy !== null) metrics['update/entropy'] = entropy
  return { dropped: applied ? null : `gradient norm is ${gradNorm}`, metrics }
}

/** The steps of a critic on the minibatches of the policy, as far as their rollouts have a label. */
async function criticSteps(
  { engine, learningRate, loss, ...names }: Critic,
  { groups_P, streams_P }: Batch,
  parts: readonly (readonly number[])[],
): Promise<Learned> {
  const rollouts = groups_P.flatMap(group => group.rollouts)
  const before_G = streams_P.flatMap(streams => streams[names.values]!)
  const returns_G = streams_P.flatMap(streams => streams[names.returns]!)
  const start = engine.version
  const steps: Learned[] = []
  for (const part of parts) {
    const labelled = part.filter(g => before_G[g] !== null && returns_G[g] !== null)
    const chosen = pick(rollouts, labelled)
    if (chosen.length === 0) continue
    const values_G = engine.version === start ? null : await valuesOf(engine, chosen)
    const slope = loss.of(
      labelled.map((g, i): ValueInput => {
        const [before_T, returns_T] = [before_G[g]!, returns_G[g]!]
        const trained_T = written(rollouts[g]!)
        return { values_T: values_G?.[i] ?? before_T, before_T, returns_T, trained_T }
      }),
    )
    const metrics = { ...slope.metrics, 'critic/loss': slope.loss }
    if (!Number.isFinite(slope.loss) || !allFinite(slope.dvalues_G_T)) {
      steps.push({ dropped: `the critic's loss is ${slope.loss}`, metrics })
      continue
    }
    const sequences = chosen.map((rollout, i) => ({
      ids: whole(rollout),
      slopes: logitSlopes(rollout, slope.dvalues_G_T[i]!),
    }))
    await engine.accumulateLogits(sequences)
    const { gradNorm, applied } = await engine.step(stepOf(engine, learningRate))
    const dropped = applied ? null : `the critic's gradient norm is ${gradNorm}`
    steps.push({ dropped, metrics: { ...metrics, 'critic/grad_norm': gradNorm } })
  }
  return together(steps)
}

/**
 * Several steps told as one: metrics are means over them, the largest where their name ends in _max. Dropped is what none of
 * them learned from; where some did, `update/skipped` counts the others.
 */
function together(steps: readonly Learned[]): Learned {
  const skipped = steps.filter(({ dropped }) => dropped !== null)
  const dropped = skipped.length === steps.length ? (skipped[0]?.dropped ?? null) : null
  const names = [...new Set(steps.flatMap(({ metrics }) => Object.keys(metrics)))]
  const metrics = Object.fromEntries(
    names.map(name => {
      const of = steps.flatMap(step => step.metrics[name] ?? [])
      return [name, name.endsWith('_max') ? Math.max(...of) : mean(of)]
    }),
  )
  const count = steps.length > 1 ? { 'update/skipped': skipped.length } : {}
  return { dropped, metrics: { ...metrics, ...count } }
}

/** What a loss sees of each rollout, but for the log-probabilities of the policy that learns. */
async function examplesOf(
  rollouts: readonly Rollout[],
  advantages_G_T: readonly Float32Array[],
  { policy, reference }: Learner,
  { needsReference, needsProximal = false }: Loss,
): Promise<Example[]> {
  const proximal_G_T = needsProximal ? await logprobsOf(policy, rollouts) : null
  const asked = needsReference ? reference : null
  const reference_G_T = asked && (await logprobsOf(asked, rollouts))
  return rollouts.map((rollout, g) => ({
    rollout,
    fixed: {
      sampled_T: rollout.logprobs_T,
      drawn_T: rollout.sampledLogprobs_T,
      proximal_T: proximal_G_T?.[g] ?? null,
      reference_T: reference_G_T?.[g] ?? null,
      advantages_T: advantages_G_T[g]!,
      trained_T: written(rollout),
    },
  }))
}

/** What the loss sees. A rollout that the policy of this very version sampled or read needs no second reading. */
async function lossInputs(
  examples: readonly Example[],
  policy: Engine,
  start: number,
): Promise<LossInput[]> {
  const known_G = examples.map(({ rollout, fixed }) => {
    if (policy.version === start && fixed.proximal_T !== null) return fixed.proximal_T
    return rollout.weightVersion === policy.version ? rollout.logprobs_T : null
  })
  const stale = examples.flatMap(({ rollout }, g) => (known_G[g] === null ? [rollout] : []))
  const read = (stale.length > 0 ? await logprobsOf(policy, stale) : []).values()
  return examples.map(({ fixed }, g) => ({
    ...fixed,
    logprobs_T: known_G[g] ?? read.next().value!,
  }))
}

function whole({ promptIds, ids }: Rollout): Int32Array {
  return concat(promptIds, ids)
}

/** Slopes of values, each at the token before its own, where a critic says it. */
function logitSlopes({ promptIds }: Rollout, slopes_T: Float32Array): Float32Array {
  const out = new Float32Array(promptIds.length + slopes_T.length) // nothing is expected after the last
  out.set(slopes_T, promptIds.length - 1)
  return out
}

/** What the engine is given for slopes: it descends -sum weights * logprob. */
function weightsOf({ promptIds }: Rollout, slopes_T: Float32Array): Float32Array {
  const weights = new Float32Array(promptIds.length - 1 + slopes_T.length)
  for (let t = 0; t < slopes_T.length; t++) weights[promptIds.length - 1 + t] = -slopes_T[t]!
  return weights
}

function notFinite(slope: Slope, examples: readonly Example[]): string | null {
  if (!allFinite(examples.map(({ fixed }) => fixed.advantages_T)))
    return 'an advantage is not finite'
  if (!Number.isFinite(slope.loss)) return `the loss is ${slope.loss}`
  const finite = allFinite(slope.dlogprobs_G_T) && allFinite(slope.dentropies_G_T ?? [])
  return finite ? null : 'a slope of the loss is not finite'
}

function allFinite(arrays: readonly Float32Array[]): boolean {
  return arrays.every(xs => xs.every(Number.isFinite))
}

/** The part of a loss that is known once the entropies are: sum of slope * entropy. */
function entropyTerms(
  { dentropies_G_T }: Slope,
  scores: readonly TokenScores[],
  examples: readonly Example[],
): number {
  let sum = 0
  dentropies_G_T?.forEach((slopes_T, g) => {
    const { promptIds } = examples[g]!.rollout
    for (let t = 0; t < slopes_T.length; t++)
      if (slopes_T[t] !== 0) sum += slopes_T[t]! * scores[g]!.entropies![promptIds.length - 1 + t]!
  })
  return sum
}

/** The settings of a step: clipped as ever, where the engine clips. */
function stepOf({ abilities }: Engine, learningRate: number): StepOptions {
  return abilities.clipNorm ? { learningRate } : { learningRate, clipNorm: null }
}

/** A loss of entropies, and an engine that has none: a mistake of whoever wired them. */
function requireEntropies({ dentropies_G_T }: Slope, { abilities }: Engine): void {
  if (dentropies_G_T !== undefined && !abilities.entropies)
    throw new ConfigError(
      'learn: the loss has a slope for entropies, which this engine does not give; use a loss without an entropy bonus, or another engine',
    )
}

/** The mean over the tokens that were read; null where the engine has none. */
function meanEntropy(scores: readonly TokenScores[], examples: readonly Example[]): number | null {
  let [sum, count] = [0, 0]
  scores.forEach(({ entropies }, g) => {
    if (entropies === null) return
    for (let t = examples[g]!.rollout.promptIds.length - 1; t < entropies.length; t++) {
      if (Number.isNaN(entropies[t])) continue
      sum += entropies[t]!
      count++
    }
  })
  return count === 0 ? null : sum / count
}

function pick<T>(items: readonly T[], indices: readonly number[]): T[] {
  return indices.map(i => items[i]!)
}
