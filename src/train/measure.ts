import { VerifierError } from '../errors.ts'
import { type Evaluation, evaluate } from '../eval/accuracy.ts'
import type { RunWriter } from '../runs/writer.ts'
import type { Problem } from '../types.ts'
import type { Metrics } from './metrics.ts'
import type { TrainingReport } from './report.ts'
import type { TrainingPlan } from './training.ts'

interface Stoppable {
  readonly signal?: AbortSignal
}

/** How the policy does on validation problems after an iteration, which decides the samples. */
export function validate(
  plan: TrainingPlan,
  iteration: number,
  stop: Stoppable = {},
): Promise<Evaluation> {
  const problems = plan.corpus.validation(plan.validationProblems)
  return measure(plan, problems, { seed: iteration, ...stop })
}

/** How many problems a validation asks. */
export function validatedBy({ corpus, validationProblems }: TrainingPlan): number {
  return corpus.validation(validationProblems).length
}

/** How the policy does on problems. */
export function measure(
  { sampler, grader }: TrainingPlan,
  problems: readonly Problem[],
  options: Stoppable & { readonly seed?: number } = {},
): Promise<Evaluation> {
  return evaluate(sampler, problems, { grader, ...options })
}

/** How many answers could not be judged, in evaluations too; the log and the report say why. */
export function failureMetrics(
  { grader }: TrainingPlan,
  iteration: number,
  run: RunWriter,
  report: TrainingReport,
): Metrics {
  const failures = grader.takeFailures()
  if (failures === null) return {}
  const { count, messages } = failures
  if (count > 0) {
    run.log('warn', 'answers that could not be judged', { iteration, count, messages })
    report.say?.(`${count} answers could not be judged, and count for nothing: ${messages[0]}`)
  }
  return { 'rewards/failed': count }
}

/** What the chat model was asked in an iteration; where it answered nothing at all, the failure that ends the run. */
export function chatMetrics(
  { chat }: TrainingPlan,
  iteration: number,
  run: RunWriter,
  report: TrainingReport,
): { readonly metrics: Metrics; readonly failure: VerifierError | null } {
  if (!chat) return { metrics: {}, failure: null }
  const { asked, missing } = chat.take()
  const count = Object.values(missing).reduce((sum, n) => sum + n, 0)
  const reasons = Object.entries(missing).map(([why, n]) => `${n} ${why}`)
  if (count > 0) {
    run.log('warn', 'questions that the chat model left unanswered', { iteration, asked, missing })
    report.say?.(
      `${count} of ${asked} questions to the chat model have no answer: ${reasons.join(', ')}`,
    )
  }
  const none = asked > 0 && count === asked
  return {
    metrics: { 'chat/asked': asked, 'chat/missing': count },
    failure: none
      ? new VerifierError(
          `the chat model answered none of ${asked} questions (${reasons.join(', ')})`,
        )
      : null,
  }
}

/** Answers that nobody can judge any more, once the iteration is learned: it is written down before that ends the run. */
export async function orFailure<T>(
  work: () => Promise<T>,
  otherwise: T,
): Promise<{ readonly value: T; readonly failure: VerifierError | null }> {
  try {
    return { value: await work(), failure: null }
  } catch (error) {
    if (error instanceof VerifierError) return { value: otherwise, failure: error }
    throw error
  }
}
