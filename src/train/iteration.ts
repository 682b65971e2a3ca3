// One iteration of a run: its rollouts judged and learned from, validated where that is due, and all of it written down.

import type { VerifierError } from '../errors.ts'
import { sampledTokens } from '../groups/talk.ts'
import { written } from '../groups/written.ts'
import { type Iteration, iterate } from '../iterate.ts'
import { addressOf } from '../runs/address.ts'
import { type ComputedGroup, rolloutRows, type StepLabels } from '../runs/rollout-table.ts'
import type { RunWriter } from '../runs/writer.ts'
import type { Json } from '../types.ts'
import { fallingRate } from '../update/learning-rate.ts'
import type { TrainingState } from './checkpoints.ts'
import { chatMetrics, failureMetrics, orFailure, validate } from './measure.ts'
import { iterationMetrics, type Metrics, stepLabels, validationMetrics } from './metrics.ts'
import type { TrainingReport } from './report.ts'
import { methodOf, type Sampling, staleness } from './sampling.ts'
import { suspect } from './suspect.ts'
import { type StageSeconds, timed } from './timing.ts'
import type { TrainingPlan } from './training.ts'

/** What an iteration showed; `failure` says that nobody can judge answers any more, once it is learned. */
export interface Learnt {
  readonly metrics: Metrics
  readonly failure: VerifierError | null
  readonly drawn: number // problems, since the run began
  readonly memory: Json // of the method
  /** Where in the iteration a pattern that it raised an alarm for is seen best: `iteration/group/rollout`. */
  readonly seenAt: (pattern: string) => string
}

/** The iteration after those that are done. */
export async function oneIteration(
  plan: TrainingPlan,
  sampling: Sampling,
  { done, rateScale, memory }: TrainingState,
  run: RunWriter,
  report: TrainingReport,
): Promise<Learnt> {
  const { corpus, iterations, learningRate: rate, learningRateEnd: end } = plan
  const { number, problems, seed, drawn } = sampling.batch(done + 1, memory)
  const learningRate = rateScale * fallingRate(done, { iterations, rate, end })
  const { version } = plan.learner.policy
  const own = methodOf(plan, number, memory)
  let sampled = 0 // seconds, which this iteration need not have waited for
  const { method, take } = timed({
    ...own,
    rollouts: async () => {
      const { groups_P, seconds } = await sampling.take(number, memory)
      sampled = seconds
      return groups_P
    },
  })
  const started = performance.now()
  const found = await iterate(method, problems, { ...plan.learner, learningRate }, seed)
  const iterated = performance.now()
  if (found.dropped !== null) {
    const fields = { iteration: number, address: addressOf({ iteration: number }) }
    run.log('warn', 'iteration dropped, the policy is unchanged', { ...fields, why: found.dropped })
  }
  const labels_P = stepLabels(found, corpus.oracle)
  const seen = await orFailure(
    () => iterationMetrics(found, labels_P, plan.limits, plan.grader),
    found.metrics,
  )
  run.rollouts(number, rolloutRows(computedGroups(found, labels_P)))
  const recorded = performance.now()
  const due = plan.evaluateEvery > 0 && (number % plan.evaluateEvery === 0 || number === iterations)
  const validation = await orFailure(async () => (due ? await validate(plan, number) : null), null)
  const failed = failureMetrics(plan, number, run, report)
  const chat = chatMetrics(plan, number, run, report)
  const metrics: Metrics = {
    ...seen.value,
    ...failed,
    ...chat.metrics,
    ...(plan.judged && { 'rewards/judged': plan.judged() }),
    'update/tokens': learnedTokens(found),
    ...(validation.value === null ? {} : validationMetrics(validation.value)),
    'rollouts/staleness': staleness(found.groups_P, version),
    'update/learning_rate': learningRate,
  }
  const timing = {
    ...timesOf(found, (iterated - started) / 1000, take(), sampled),
    'time/record_s': (recorded - iterated) / 1000,
  }
  run.metrics({ iteration: number, ...metrics, ...timing })
  report.iteration(number, { ...metrics, ...timing })
  if (validation.value !== null) report.validation(number, validation.value)
  const failure = seen.failure ?? validation.failure ?? chat.failure
  const seenAt = (pattern: string) => seenBest(number, pattern, found, plan)
  return { metrics, failure, drawn, memory: found.memory, seenAt }
}

function seenBest(
  iteration: number,
  pattern: string,
  found: Iteration,
  { limits }: TrainingPlan,
): string {
  return addressOf({ iteration, ...suspect(pattern, found, limits) })
}

/** Tokens of the policy's own that were learned from; what branches share counts once. */
function learnedTokens({ credited, learned, dropped }: Iteration): number {
  if (dropped !== null) return 0
  const rollouts = credited.groups_P.flatMap((group, p) =>
    learned.rollouts_P[p]!.map(g => group.rollouts[g]!),
  )
  return rollouts.reduce((sum, one) => sum + written(one).reduce((a, b) => a + b, 0), 0)
}

/** The seconds of an iteration, by stage; `sampled` is what its rollouts took, also where nobody waited for them. */
function timesOf(
  { groups_P }: Iteration,
  seconds: number,
  { sample, reward, credit }: StageSeconds,
  sampled: number,
): Metrics {
  const rollouts = groups_P.flatMap(group => group.rollouts).filter(r => r.origin !== 'replay')
  const tokens = rollouts.reduce((sum, one) => sum + sampledTokens(one), 0)
  return {
    'time/iteration_s': seconds,
    'time/sample_s': sample,
    'time/ahead_s': Math.max(0, sampled - sample),
    'time/reward_s': reward,
    'time/credit_s': credit,
    'time/update_s': Math.max(0, seconds - sample - reward - credit),
    'time/tokens_per_s': tokens / seconds,
  }
}

/** What an iteration computed, group by group, as a run stores it; null where a rollout was not credited. */
export function computedGroups(
  { groups_P, rewards_P, credited, learned, dropped }: Iteration,
  labels_P: readonly StepLabels[] | null = null,
): ComputedGroup[] {
  const none = { streams: null, advantages_G_T: null, learned_G: null }
  return groups_P.map((group, p): ComputedGroup => {
    const labels = labels_P === null ? {} : { labels_G: labels_P[p]! }
    const rewards = rewards_P[p] ?? null
    const at = credited.groups.indexOf(p)
    if (at < 0) return { group, rewards, ...none, ...labels }
    const places = group.rollouts.map((_, g) => credited.rollouts_P[at]!.indexOf(g))
    const spread = <T>(of_G: readonly T[]) => places.map(i => (i < 0 ? null : of_G[i]!))
    const streams = Object.entries(credited.streams_P[at]!)
    return {
      group,
      rewards,
      ...labels,
      streams: Object.fromEntries(streams.map(([name, of_G]) => [name, spread(of_G)])),
      advantages_G_T: spread(credited.advantages_P_G_T[at]!),
      learned_G: places.map(i => dropped === null && learned.rollouts_P[at]!.includes(i)),
    }
  })
}
