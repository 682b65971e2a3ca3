// The training loop: problems in, iterations, evaluations, alarms and checkpoints out. It knows no method.

import { RunError } from '../errors.ts'
import type { Evaluation } from '../eval/accuracy.ts'
import { checkpointIterations } from '../runs/layout.ts'
import { readRun } from '../runs/reader.ts'
import type { RunWriter } from '../runs/writer.ts'
import { type Alarm, suspectSince, watch } from './alarms.ts'
import {
  type Learning,
  pace,
  readAhead,
  readState,
  restoreCheckpoint,
  rewriteState,
  rollbackTarget,
  saveCheckpoint,
  startState,
  type TrainingState,
  type Validated,
} from './checkpoints.ts'
import { type Learnt, oneIteration } from './iteration.ts'
import { measure, validate, validatedBy } from './measure.ts'
import { validationKey } from './metrics.ts'
import { silent, type TrainingReport } from './report.ts'
import { Sampling } from './sampling.ts'
import type { TrainingPlan, TrainingResult } from './training.ts'

/** A checkpoint that a run may go back to, where it says no other number of iterations between them. */
const rollbackEvery = 5
/** So often a run goes back; one that comes to the same pattern again is then left to its user. */
const maxRollbacks = 3
/** What going back does to the learning rate: the same batches come again, and are to end elsewhere. */
const rollbackRate = 0.5

/**
 * Trains until the iterations are done or the signal aborts, then measures the policy that is best on validation problems.
 * A run that is continued begins at its last checkpoint. An abort loses nothing; an alarm that pauses is a RunError.
 */
export async function train(
  plan: TrainingPlan,
  run: RunWriter,
  report: TrainingReport = silent,
  signal: AbortSignal = new AbortController().signal,
): Promise<TrainingResult> {
  const saves = pace(intervalOf(plan))
  let state = await begin(plan, run, signal)
  report.start(state.before, state.done)
  if (state.done === 0) warnOfWeakStart(plan, state.before, run, report)
  let sampling = await samplingAfter(plan, run, state)
  let versions = versionsOf(plan)
  let alarm: Raised | null = null
  try {
    while (state.done < plan.iterations && alarm === null && !signal.aborted) {
      const { failure, seenAt, ...learnt } = await oneIteration(plan, sampling, state, run, report)
      const watched = watch(state.alarms, state.done + 1, learnt.metrics)
      state = { ...after(plan, state, learnt), alarms: watched.state }
      versions = versionsOf(plan)
      if (failure !== null) throw failure // what was learned before it is kept
      const raised = watched.alarms.map(one => ({ ...one, address: seenAt(one.pattern) }))
      for (const one of raised) tell(one, state, run, report)
      if (goesBack(plan, state, watched.alarms)) {
        await sampling.stop()
        state = await rollBack(plan, run, state, report)
        sampling = await samplingAfter(plan, run, state)
        versions = versionsOf(plan)
        continue
      }
      if (plan.onAlarm !== 'warn' && state.done < plan.iterations) alarm = raised[0] ?? null
      const isBest = state.best?.iteration === state.done // the one that is reported, if it stays
      if (alarm !== null || isBest || saves.due(state.done)) {
        await sampling.ahead(state.done + 1) // which is no part of what saving costs
        await saves.saving(() => save(plan, run, state, sampling))
      }
    }
    if (alarm === null) await save(plan, run, state, sampling)
  } catch (error) {
    await keepWhatIsLearned(plan, run, state, { versions, sampling, error })
    throw error
  } finally {
    await sampling.stop()
  }
  if (alarm !== null) throw paused(run, alarm, state)
  return (await finish(plan, run, state, signal)) ?? stopped(plan, run, state)
}

/** An alarm, and where what it is about is seen best. */
type Raised = Alarm & { readonly address: string }

function tell(
  { message, pattern, since, address }: Raised,
  { done }: TrainingState,
  run: RunWriter,
  report: TrainingReport,
): void {
  run.log('warn', `alarm: ${message}`, { iteration: done, pattern, since, address })
  report.say?.(`alarm after ${done} iterations: ${message}; ${run.folder}/${address} shows it`)
}

/** What is told of a run that was stopped: it goes on from its last checkpoint. */
function stopped(
  plan: TrainingPlan,
  run: RunWriter,
  { done, before, start }: TrainingState,
): TrainingResult {
  run.log('warn', 'stopped by the user', { after: done })
  const checkpoint = run.checkpointFolder(done)
  const validated = validatedBy(plan)
  return { iterations: done, before, after: null, checkpoint, chosen: null, start, validated }
}

/** The state of a run that is continued, its models restored; or of one that starts, its first policy measured. */
async function begin(
  plan: TrainingPlan,
  run: RunWriter,
  signal: AbortSignal,
): Promise<TrainingState> {
  const last = checkpointIterations(run.folder).at(-1)
  if (last !== undefined) {
    const state = await restoreCheckpoint(run.checkpointFolder(last), learningOf(plan))
    run.log('info', 'continued', { after: state.done })
    return state
  }
  const before = await measure(plan, plan.corpus.test(plan.testProblems), { signal })
  run.log('info', 'test accuracy before', { ...before })
  const start = plan.evaluateEvery > 0 ? (await validate(plan, 0, { signal })).sampled : null
  if (start !== null) run.log('info', 'validation accuracy before', { sampled: start })
  const state = startState(before, Number.isFinite(start) ? start : null)
  await save(plan, run, state, null)
  return state
}

/** Says so where a policy is one that the recipe has been seen to fail with: at once, while nothing is lost. */
function warnOfWeakStart(
  { fails }: TrainingPlan,
  { sampled, graded }: Evaluation,
  run: RunWriter,
  report: TrainingReport,
): void {
  if (fails === undefined || graded === 0 || !(sampled < fails.below)) return
  const share = (of: number): string => `${Number((100 * of).toFixed(1))} %`
  run.log('warn', 'weak start', { sampled, below: fails.below, how: fails.how })
  report.say?.(
    `the policy is right ${share(sampled)} of the time on ${graded} problems, less than ${share(fails.below)}: ${fails.how}`,
  )
}

/** What is to be learned after where the training stands: a checkpoint has it where it was sampled ahead. */
async function samplingAfter(
  plan: TrainingPlan,
  run: RunWriter,
  state: TrainingState,
): Promise<Sampling> {
  return new Sampling(plan, state, await readAhead(run.checkpointFolder(state.done)))
}

/**
 * The state after one more iteration; its alarms are still those of before. The validation that closes a run out of turn is
 * not among the best: a run that goes on for longer then ends as one that was as long from the start.
 */
function after(
  { evaluateEvery }: TrainingPlan,
  state: TrainingState,
  { metrics, drawn, memory }: Omit<Learnt, 'failure' | 'seenAt'>,
): TrainingState {
  const iteration = state.done + 1
  const accuracy = iteration % evaluateEvery === 0 ? metrics[validationKey] : undefined
  const better = accuracy !== undefined && accuracy >= (state.best?.accuracy ?? 0)
  const best = better ? { iteration, accuracy } : state.best
  return { ...state, done: iteration, best, drawn, memory }
}

/** Saves, with what is sampled ahead once it is there, and removes the checkpoints that are not needed any more. */
async function save(
  plan: TrainingPlan,
  run: RunWriter,
  state: TrainingState,
  sampling: Sampling | null,
): Promise<void> {
  if (checkpointIterations(run.folder).at(-1) === state.done) return
  const ahead = (await sampling?.ahead(state.done + 1)) ?? null
  const started = performance.now()
  await saveCheckpoint(run, learningOf(plan), state, ahead)
  run.keepCheckpoints(needed(plan, run, state))
  const seconds = (performance.now() - started) / 1000
  run.log('debug', 'checkpoint', { iteration: state.done, seconds })
}

/** The newest checkpoint and the best; also those two of where a run may go back to. */
function needed(plan: TrainingPlan, run: RunWriter, state: TrainingState): (number | undefined)[] {
  const iterations = checkpointIterations(run.folder)
  const back = plan.onAlarm === 'rollback' ? rollbackTarget(iterations, reachOf(plan, state)) : null
  const earlier = back === null ? null : readState(run.checkpointFolder(back))
  return [state.done, state.best?.iteration, earlier?.done, earlier?.best?.iteration]
}

function goesBack(
  { onAlarm }: TrainingPlan,
  { rollbacks }: TrainingState,
  alarms: readonly Alarm[],
): boolean {
  return onAlarm === 'rollback' && alarms.length > 0 && rollbacks < maxRollbacks
}

/** Restores the last checkpoint from before the alarm, with a lower learning rate. */
async function rollBack(
  plan: TrainingPlan,
  run: RunWriter,
  state: TrainingState,
  report: TrainingReport,
): Promise<TrainingState> {
  const iterations = checkpointIterations(run.folder)
  const target = rollbackTarget(iterations, reachOf(plan, state)) ?? iterations[0]!
  const folder = run.checkpointFolder(target)
  const rateScale = state.rateScale * rollbackRate
  const earlier = await restoreCheckpoint(folder, learningOf(plan))
  const next = { ...earlier, rateScale, rollbacks: state.rollbacks + 1 }
  rewriteState(folder, next) // before the cut: a process killed between the two comes here again
  run.cut(target)
  const fields = { from: state.done, to: target, rateScale, rollback: next.rollbacks }
  run.log('warn', 'rolled back', { iteration: state.done, ...fields, of: maxRollbacks })
  report.say?.(
    `back to iteration ${target}, with ${rateScale} of the learning rate (${next.rollbacks} of ${maxRollbacks} times)`,
  )
  return next
}

function reachOf(plan: TrainingPlan, { alarms }: TrainingState) {
  return { every: intervalOf(plan) ?? rollbackEvery, suspect: suspectSince(alarms) }
}

/** Where a run may go back, what it goes back to must not depend on how fast the machine is. */
function intervalOf({ checkpointEvery, onAlarm }: TrainingPlan): number | null {
  return checkpointEvery ?? (onAlarm === 'rollback' ? rollbackEvery : null)
}

interface Failed {
  readonly versions: string // of the models, when the last iteration was whole
  readonly sampling: Sampling
  readonly error: unknown
}

/**
 * After an error: saves unless a model has moved since the last whole iteration, or what belongs to it could not be sampled.
 * The error itself says more than a second one.
 */
async function keepWhatIsLearned(
  plan: TrainingPlan,
  run: RunWriter,
  state: TrainingState,
  { versions, sampling, error }: Failed,
): Promise<void> {
  try {
    run.log('error', 'failed', { after: state.done, error })
    if (state.done > 0 && versionsOf(plan) === versions) await save(plan, run, state, sampling)
  } catch {}
}

function paused(
  run: RunWriter,
  { message, pattern, address }: Raised,
  { done }: TrainingState,
): RunError {
  run.log('warn', 'paused by an alarm', { iteration: done, pattern, address })
  return new RunError(
    `paused after ${done} iterations by an alarm: ${message}; minform show ${run.folder}/${address} shows it; ` +
      `continue with minform train --resume --run ${run.folder} --on-alarm warn, or start another run`,
  )
}

/** Measures the checkpoint that is best on validation problems on the test problems; null where a stop comes before. */
async function finish(
  plan: TrainingPlan,
  run: RunWriter,
  state: TrainingState,
  signal: AbortSignal,
): Promise<TrainingResult | null> {
  if (signal.aborted) return null
  try {
    return await measured(plan, run, state, signal)
  } catch (error) {
    if (signal.aborted && (error as Error).name === 'AbortError') return null
    throw error
  }
}

async function measured(
  plan: TrainingPlan,
  run: RunWriter,
  state: TrainingState,
  signal: AbortSignal,
): Promise<TrainingResult> {
  const { done, before, start } = state
  const chosen = await chosenOf(plan, run, state, signal)
  const checkpoint = run.checkpointFolder(chosen?.iteration ?? done)
  if (chosen !== null && chosen.iteration !== done)
    await restoreCheckpoint(checkpoint, learningOf(plan))
  const problems = plan.corpus.test(plan.testProblems)
  const measured = done === 0 ? before : await measure(plan, problems, { signal })
  const fields = { iterations: done, checkpoint, chosen, validationBefore: start }
  run.log('info', 'test accuracy after', { ...measured, ...fields })
  const validated = validatedBy(plan)
  return { iterations: done, before, after: measured, checkpoint, chosen, start, validated }
}

/** The best of the checkpoints that were validated in their turn and of the last one; null where none is. */
async function chosenOf(
  plan: TrainingPlan,
  run: RunWriter,
  { done, best }: TrainingState,
  signal: AbortSignal,
): Promise<Validated | null> {
  if (plan.evaluateEvery === 0 || done === 0 || done % plan.evaluateEvery === 0) return best
  const closing = readRun(run.folder).metrics().at(-1)?.[validationKey]
  const accuracy =
    typeof closing === 'number' ? closing : (await validate(plan, done, { signal })).sampled
  const better = Number.isFinite(accuracy) && accuracy >= (best?.accuracy ?? 0)
  return better ? { iteration: done, accuracy } : best
}

function learningOf({ learner, beside, tokenizerFolder, corpus }: TrainingPlan): Learning {
  return { policy: learner.policy, beside, tokenizerFolder, prompt: corpus.prompt }
}

function versionsOf({ learner, beside }: TrainingPlan): string {
  return [learner.policy, ...beside].map(({ version }) => version).join()
}
