// How long a run will take, told before it begins: what it is made of is tried once and timed, and nothing that it learns
// from is changed. Low and high say what cannot be known yet: how long answers will be, which stages end early.

import type { Engine, WeightedSequence } from '../engine/engine.ts'
import { concat } from '../numbers/numeric.ts'
import { hashSeed } from '../numbers/random.ts'
import { once } from '../recipe.ts'
import type { Group } from '../types.ts'
import type { Preparation } from './plan.ts'
import type { Example } from './supervised.ts'
import type { TrainingPlan } from './training.ts'

/** A part of a run, and the seconds that it takes at least and at most, as far as can be told. */
export interface Part {
  readonly what: string
  readonly low: number
  readonly high: number
}

/** A run's parts in order, and all of them together. */
export interface Estimate extends Omit<Part, 'what'> {
  readonly parts: readonly Part[]
}

/** The sum of parts. */
export function estimateOf(parts: readonly Part[]): Estimate {
  const sum = (of: (part: Part) => number): number =>
    parts.reduce((total, part) => total + of(part), 0)
  return { parts, low: sum(part => part.low), high: sum(part => part.high) }
}

/** Answers get longer or shorter while a policy learns, and machines have other work. */
const spread = { low: 0.7, high: 1.5 }
const tried = 4 // groups that are rewarded and learned from in a trial, of a batch
const evaluated = 5 // answers to a problem of an evaluation: four samples and the likeliest

/** What a training will take: one batch is sampled, a part of it rewarded and learned from; no model is changed. */
export async function trainingParts(plan: TrainingPlan, signal?: AbortSignal): Promise<Part[]> {
  const { corpus, learner, seed, iterations, grader } = plan
  const method = plan.methodAt(once)
  if (iterations === 0) return []
  const stream = corpus.train(hashSeed(seed, 'estimate'))
  const batch = Array.from({ length: plan.problems }, () => stream.next().value)
  const sampled = await seconds(() => method.rollouts(batch, hashSeed(seed, 'estimate'), signal))
  const groups = sampled.value
  const some = groups.slice(0, tried)
  const share = groups.length / Math.max(1, some.length)
  const rewarded = await seconds(() => method.rewards(some, signal))
  grader.takeFailures() // of a trial, which nobody is to be told of
  const learned = await trial(learner.policy, sequencesOf(some), signal)
  const { epochs } = method.passes ?? { epochs: 1 }
  const answers = groups.reduce((sum, { rollouts }) => sum + rollouts.length, 0)
  const each = sampled.seconds / Math.max(1, answers)
  const iteration = sampled.seconds + share * (rewarded.seconds + epochs * learned)
  return [
    around(counted(iterations), iterations * iteration),
    around('evaluations', evaluated * each * evaluations(plan)),
  ]
}

/** Problems that a run evaluates, all times together. */
function evaluations(plan: TrainingPlan): number {
  const { corpus, iterations, evaluateEvery } = plan
  const test = corpus.test(plan.testProblems).length
  if (evaluateEvery === 0) return 2 * test
  const validation = corpus.validation(plan.validationProblems).length
  return 2 * test + validation * (1 + Math.ceil(iterations / evaluateEvery))
}

/** What a trial of a preparation found: seconds of one update of the policy, and of one sampled rollout, at most. */
export interface Speed {
  readonly update: number // of `batch` texts
  readonly batch: number
  readonly rollout: number
}

/** What a preparation will take; a stage that may end early takes a quarter of its updates at least. */
export function preparationParts(plan: Preparation, speed: Speed, oracle: boolean): Part[] {
  const { patience, layers, judgeLayers, prmRounds } = plan
  const early = patience === null ? 1 : 0.25
  const stage = (what: string, seconds: number): Part => {
    const { low, high } = around(what, seconds)
    return { what, low: early * low, high }
  }
  const rollouts = oracle ? 2 * plan.labelledProblems * prmRounds : 0
  const judge = prmRounds * plan.prmUpdates * speed.update * (1 + judgeLayers / layers)
  return [
    stage('warm start', (plan.warmUpdates + plan.slipUpdates) * speed.update),
    // a policy that has learned to end its answers takes a fraction of what one takes that never ends them
    ...(rollouts === 0
      ? []
      : [
          {
            what: 'own rollouts',
            low: 0.1 * rollouts * speed.rollout,
            high: rollouts * speed.rollout,
          },
        ]),
    stage('reward model', judge),
  ]
}

/** What iterations will take that come after a preparation, by the trial of an untrained policy. */
export function roughIterations(
  { iterations, rollouts }: { readonly iterations: number; readonly rollouts: number },
  { update, batch, rollout }: Speed,
): Part[] {
  if (iterations === 0) return []
  const high = iterations * rollouts * (rollout + (2 * update) / batch)
  return [{ what: counted(iterations), low: 0.1 * high, high }]
}

/** Seconds that learning sequences takes, the second time, when everything is built; the gradient is forgotten. */
export async function trial(
  engine: Engine,
  sequences: readonly WeightedSequence[],
  signal?: AbortSignal,
): Promise<number> {
  await engine.accumulate(sequences, signal)
  const { seconds: taken } = await seconds(() => engine.accumulate(sequences, signal))
  await engine.clear()
  return taken
}

/** Examples as sequences whose every token weighs the same. */
export function trialSequences(examples: readonly Example[]): WeightedSequence[] {
  return examples.map(({ promptIds, ids }) => {
    const all = concat(promptIds, ids)
    return { ids: all, weights: new Float32Array(all.length - 1).fill(1e-3) }
  })
}

function sequencesOf(groups: readonly Group[]): WeightedSequence[] {
  return trialSequences(groups.flatMap(({ rollouts }) => rollouts))
}

function counted(iterations: number): string {
  return iterations === 1 ? '1 iteration' : `${iterations} iterations`
}

function around(what: string, seconds: number): Part {
  return { what, low: spread.low * seconds, high: spread.high * seconds }
}

/** What an act returns, and the seconds that it took. */
export async function seconds<T>(act: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const started = performance.now()
  const value = await act()
  return { value, seconds: (performance.now() - started) / 1000 }
}
