// The training loop: problems in, iterations, evaluations and checkpoints out. It knows no method.

import { accuracy } from '../eval/accuracy.ts'
import { type Iteration, iterate, type Learner } from '../iterate.ts'
import { hashSeed } from '../random.ts'
import type { Sampler } from '../rollouts/independent.ts'
import { checkpointName } from '../runs/layout.ts'
import { rolloutRows } from '../runs/rollout-table.ts'
import type { RunWriter } from '../runs/writer.ts'
import type { Method, Problem } from '../types.ts'
import { fallingRate } from '../update/learning-rate.ts'
import type { Corpus } from './corpus.ts'
import { iterationMetrics } from './metrics.ts'

const samples = 4 // of a problem in an evaluation

export interface TrainingPlan {
  readonly method: Method
  readonly corpus: Corpus
  readonly learner: Omit<Learner, 'learningRate'>
  readonly learningRate: number // of the first iteration
  readonly learningRateEnd: number // share of it towards which it falls evenly
  readonly sampler: Sampler // how evaluations sample, greedy ones aside
  readonly tokenizerFolder: string
  readonly seed: number
  readonly iterations: number
  readonly problems: number // of one iteration
  readonly evaluateEvery: number // iterations; 0 never between start and end
  readonly validationProblems: number
  readonly testProblems: number
}

/** On the test problems: of samples at temperature 1, which is what training improves, and of the likeliest answers. */
export interface TestAccuracy {
  readonly sampled: number
  readonly greedy: number
  readonly graded: number // problems
}

/** Told what happens; the numbers are those of metrics.jsonl. */
export interface TrainingReport {
  start(before: TestAccuracy): void
  iteration(done: number, metrics: Readonly<Record<string, number>>): void
  validation(done: number, accuracy: number): void
}

export interface TrainingResult {
  readonly iterations: number // completed
  readonly before: TestAccuracy
  readonly after: TestAccuracy
  readonly checkpoint: string
}

/** Trains until the iterations are done or the signal aborts, then saves and measures; an abort loses nothing. */
export async function train(
  plan: TrainingPlan,
  run: RunWriter,
  report: TrainingReport,
  signal: AbortSignal,
): Promise<TrainingResult> {
  const { corpus, iterations, seed } = plan
  const problems = corpus.train(hashSeed(seed, 'training problems'))
  const before = await testAccuracy(plan)
  run.log('info', 'test accuracy before', { ...before })
  report.start(before)
  let done = 0
  try {
    while (done < iterations && !signal.aborted) {
      const batch = Array.from({ length: plan.problems }, () => problems.next().value)
      await oneIteration(plan, batch, done + 1, run, report)
      done++
    }
  } catch (error) {
    run.log('error', 'failed', { after: done, error })
    if (done > 0) await save(plan, run, done).catch(() => {}) // the first error says more
    throw error
  }
  if (signal.aborted) run.log('warn', 'stopped by the user', { after: done })
  const checkpoint = await save(plan, run, done)
  const after = done === 0 ? before : await testAccuracy(plan)
  run.log('info', 'test accuracy after', { ...after, iterations: done, checkpoint })
  return { iterations: done, before, after, checkpoint }
}

/** Writes the policy as it is; returns where. */
function save(plan: TrainingPlan, run: RunWriter, done: number): Promise<string> {
  return run.commitCheckpoint(async folder => {
    await plan.learner.policy.save(folder, { tokenizer: plan.tokenizerFolder })
  }, checkpointName(done))
}

async function oneIteration(
  plan: TrainingPlan,
  batch: readonly Problem[],
  number: number,
  run: RunWriter,
  report: TrainingReport,
): Promise<void> {
  const { method, corpus, seed, iterations, learningRate: rate, learningRateEnd: end } = plan
  const learningRate = fallingRate(number - 1, { iterations, rate, end })
  const learner = { ...plan.learner, learningRate }
  const started = performance.now()
  const found = await iterate(method, batch, learner, hashSeed(seed, 'iteration', number))
  if (found.dropped !== null) {
    run.log('warn', 'iteration dropped, the policy is unchanged', { number, why: found.dropped })
  }
  const seconds = (performance.now() - started) / 1000
  const tokens = found.groups_P.flatMap(g => g.rollouts).reduce((sum, r) => sum + r.ids.length, 0)
  const metrics: Record<string, number> = await iterationMetrics(found, corpus.oracle)
  run.rollouts(number, rolloutRows(computed(found)))
  const due = plan.evaluateEvery > 0 && number % plan.evaluateEvery === 0
  if (due) {
    const problems = corpus.validation(plan.validationProblems)
    metrics['eval/validation_accuracy'] = (
      await accuracy({ ...plan.sampler, greedy: false }, problems, { n: samples, seed: number })
    ).accuracy
  }
  const timing = { 'time/iteration_s': seconds, 'time/tokens_per_s': tokens / seconds }
  const learned = { 'update/learning_rate': learningRate }
  run.metrics({ iteration: number, ...metrics, ...learned, ...timing })
  report.iteration(number, { ...metrics, ...timing })
  if (due) report.validation(number, metrics['eval/validation_accuracy']!)
}

function computed({ groups_P, rewards_P, kept, streams_P, advantages_P_G_T }: Iteration) {
  return groups_P.map((group, p) => {
    const at = kept.indexOf(p)
    return {
      group,
      rewards: rewards_P[p] ?? null,
      streams: at < 0 ? null : streams_P[at]!,
      advantages_G_T: at < 0 ? null : advantages_P_G_T[at]!,
    }
  })
}

async function testAccuracy({
  sampler,
  corpus,
  testProblems,
}: TrainingPlan): Promise<TestAccuracy> {
  const problems = corpus.test(testProblems)
  const sampled = await accuracy({ ...sampler, greedy: false }, problems, { n: samples })
  const greedy = await accuracy({ ...sampler, greedy: true }, problems)
  return { sampled: sampled.accuracy, greedy: greedy.accuracy, graded: greedy.graded }
}
