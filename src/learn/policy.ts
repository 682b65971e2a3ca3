// One optimizer step of a language model on some rollouts: a loss of log-probabilities becomes weights of tokens. A number
// that is not finite is never learned from.

import type { Engine, Precision, Scoring, TokenScores } from '../engine/engine.ts'
import { stepOptions } from '../engine/step-options.ts'
import { ConfigError } from '../errors.ts'
import { written } from '../groups/written.ts'
import type { Loss, LossInput, Slope } from '../method.ts'
import { importanceLimit } from '../numbers/importance.ts'
import { concat } from '../numbers/numeric.ts'
import { logprobsOf, scoresOf } from '../rewards/divergence.ts'
import type { Rollout } from '../types.ts'
import type { Learned } from './learned.ts'

/** The model that a step moves, and what its loss may ask. */
export interface Learner {
  readonly policy: Engine
  readonly reference: Scoring | null // frozen; needed where the loss asks for it
  readonly learningRate: number
  /** Rollouts were drawn by weights that are not quite the policy's; default float32: by its own. */
  readonly precision?: Precision
}

/** A rollout to learn from, with what was found of it. */
export interface Lesson {
  readonly rollout: Rollout
  readonly group: number
  readonly outcome: number | null
  readonly advantages_T: Float32Array
}

/** A rollout, and what a loss sees of it that stays the same through the iteration. */
export interface Example {
  readonly rollout: Rollout
  readonly fixed: Omit<LossInput, 'logprobs_T'>
}

/** One optimizer step on some rollouts; `start` is the model's version when the iteration began. */
export async function policyStep(
  examples: readonly Example[],
  loss: Loss,
  { policy, learningRate, precision }: Learner,
  start: number,
): Promise<Learned> {
  const slope = loss.of(await lossInputs(examples, policy, start))
  const drawn_G = examples.map(example =>
    precision === 'int8' && standsIn(example, policy, start) ? drawnOf(example.rollout) : null,
  )
  const metrics: Record<string, number> = { ...slope.metrics, 'update/loss': slope.loss }
  const bad = notFinite(slope, examples)
  if (bad !== null) return { dropped: bad, metrics }
  requireEntropies(slope, policy)
  const sequences = examples.map(({ rollout }, g) => ({
    ids: whole(rollout),
    weights: weightsOf(rollout, slope.dlogprobs_G_T[g]!),
    ...(slope.dentropies_G_T && { entropyWeights: weightsOf(rollout, slope.dentropies_G_T[g]!) }),
    ...(drawn_G[g] && { drawn: drawn_G[g] }),
  }))
  const scores = await policy.accumulate(sequences)
  const { gradNorm, applied } = await policy.step(stepOptions(policy, { learningRate }))
  metrics['update/loss'] = slope.loss + entropyTerms(slope, scores, examples)
  if (!applied || !Number.isNaN(gradNorm)) metrics['update/grad_norm'] = gradNorm // not every server says it
  Object.assign(metrics, importanceMetrics(scores, drawn_G))
  const entropy = meanEntropy(scores, examples)
  if (entropy !== null) metrics['update/entropy'] = entropy
  return { dropped: applied ? null : `gradient norm is ${gradNorm}`, metrics }
}

/** What a loss sees of each rollout, but for the log-probabilities of the model that learns. */
export async function examplesOf(
  lessons: readonly Lesson[],
  { policy, reference }: Pick<Learner, 'policy' | 'reference'>,
  { needsReference, needsProximal = false, needsMeans = false }: Loss,
): Promise<Example[]> {
  const rollouts = lessons.map(({ rollout }) => rollout)
  const scores_G =
    needsProximal || needsMeans
      ? await scoresOf(policy, rollouts, { meanLogprobs: needsMeans })
      : null
  const asked = needsReference ? reference : null
  const reference_G_T = asked && (await logprobsOf(asked, rollouts))
  return lessons.map(({ rollout, ...lesson }, g) => {
    const trained_T = written(rollout)
    return {
      rollout,
      fixed: {
        ...lesson,
        sampled_T: rollout.logprobs_T,
        drawn_T: rollout.sampledLogprobs_T,
        proximal_T: scores_G?.[g]?.logprobs ?? null,
        ...(needsMeans && { proximalMeans_T: scores_G![g]!.meanLogprobs! }),
        reference_T: reference_G_T?.[g] ?? null,
        trained_T,
        replayed_T: rollout.origin === 'replay' ? trained_T : null,
      },
    }
  })
}

/**
 * What the loss sees. A rollout that the model of this very version sampled after the prompt it is learned with, or read, needs
 * no second reading.
 */
async function lossInputs(
  examples: readonly Example[],
  policy: Engine,
  start: number,
): Promise<LossInput[]> {
  const known_G = examples.map(example => knownOf(example, policy, start))
  const stale = examples.flatMap(({ rollout }, g) => (known_G[g] === null ? [rollout] : []))
  const meanLogprobs = examples.some(({ fixed }) => fixed.proximalMeans_T !== undefined)
  const read = (stale.length > 0 ? await scoresOf(policy, stale, { meanLogprobs }) : []).values()
  return examples.map(({ fixed }, g): LossInput => {
    const { logprobs, meanLogprobs } = known_G[g] ?? read.next().value!
    return { ...fixed, logprobs_T: logprobs, ...(meanLogprobs && { means_T: meanLogprobs }) }
  })
}

/** What is known of a rollout's tokens under the policy as it is; null where it has to be read. */
function knownOf(
  { rollout, fixed }: Example,
  { version }: Engine,
  start: number,
): Pick<TokenScores, 'logprobs' | 'meanLogprobs'> | null {
  const { proximal_T, proximalMeans_T } = fixed
  if (version === start && proximal_T !== null)
    return { logprobs: proximal_T, ...(proximalMeans_T && { meanLogprobs: proximalMeans_T }) }
  const own = rollout.origin === undefined && rollout.weightVersion === version
  return own && proximalMeans_T === undefined ? { logprobs: rollout.logprobs_T } : null
}

/** Whether what the sampler said of a rollout stands for what the policy says of it, which nobody has read. */
function standsIn(example: Example, policy: Engine, start: number): boolean {
  const known = knownOf(example, policy, start)
  return known !== null && known.logprobs !== example.fixed.proximal_T
}

/** What the tokens of a rollout were drawn with, as the engine is given it. */
function drawnOf({ promptIds, logprobs_T }: Rollout): Float32Array {
  const drawn = new Float32Array(promptIds.length - 1 + logprobs_T.length).fill(Number.NaN)
  drawn.set(logprobs_T, promptIds.length - 1)
  return drawn
}

/** How often tokens counted for having been drawn by other weights, and how many of them were cut. */
function importanceMetrics(
  scores: readonly TokenScores[],
  drawn_G: readonly (Float32Array | null)[],
): Record<string, number> {
  let [sum, cut, count] = [0, 0, 0]
  scores.forEach(({ logprobs }, g) => {
    drawn_G[g]?.forEach((drawn, t) => {
      const ratio = Math.exp(logprobs[t]! - drawn)
      if (Number.isNaN(ratio)) return // it has no weight
      sum += ratio
      if (ratio > importanceLimit) cut++
      count++
    })
  })
  if (count === 0) return {}
  return { 'update/importance_mean': sum / count, 'update/importance_cut': cut / count }
}

/** Prompt and tokens of a rollout, as a model reads them. */
export function whole({ promptIds, ids }: Rollout): Int32Array {
  return concat(promptIds, ids)
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

/** Whether no number is infinite or NaN. */
export function allFinite(arrays: readonly Float32Array[]): boolean {
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
