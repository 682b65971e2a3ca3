// Checks that a task has of its own: expressions of JavaScript that are true of what was done, asked in the sandbox where it was done.

import { VerifierError } from '../errors.ts'
import type { Stopped } from '../sandbox/job.ts'
import type { Problem } from '../types.ts'
import type { Run } from './judging.ts'

/** What was done: code that ran, then expressions that were worked out in its place, in order. */
export interface Done {
  readonly code: string
  readonly calls: readonly string[]
}

/** A task: what must hold, what was written that passes it, and what was written that does not. */
export interface Task {
  readonly checks: readonly string[]
  readonly solution?: string | undefined
  readonly failures: readonly string[]
}

type Value = string | Stopped

/** Which checks hold of what was done; one that throws does not. */
export async function holding(checks: readonly string[], done: Done, run: Run): Promise<boolean[]> {
  const { held } = await worked(checks, done, run)
  return held.map(one => one === 'true')
}

/**
 * Why the checks of a task cannot be trusted: on its own solution, which must pass all of them, or on a failure, which must not; null:
 * they can. `doneBy` is what a text does. A check that throws on one of these is a VerifierError.
 */
export async function faultOf(
  { checks, solution, failures }: Task,
  doneBy: (text: string) => Done,
  run: Run,
): Promise<string | null> {
  if (solution !== undefined) {
    const done = doneBy(solution)
    const { called, held } = await worked(checks, done, run)
    const bad = called.findIndex(one => typeof one !== 'string')
    if (bad >= 0) return `its own solution is refused: ${messageOf(called[bad]!)}`
    if (!allHold(held)) return 'its own solution fails a check'
  }
  for (const failure of failures)
    if (allHold((await worked(checks, doneBy(failure), run)).held))
      return `an answer that should fail passes all checks: ${failure.slice(0, 80)}`
  return null
}

const known = new WeakMap<Problem, Promise<string | null>>()

/** Throws a VerifierError where a problem's task cannot be trusted; it is tried once for all rollouts of the problem. */
export async function requireTrusted(
  problem: Problem,
  task: Task,
  doneBy: (text: string) => Done,
  run: Run,
): Promise<void> {
  const found = known.get(problem) ?? faultOf(task, doneBy, run)
  known.set(problem, found)
  const fault = await found.catch(error => {
    known.delete(problem) // a sandbox that died says nothing of the task
    throw error
  })
  if (fault !== null) throw new VerifierError(fault)
}

/** What calls, then checks, came to. */
async function worked(checks: readonly string[], { code, calls }: Done, run: Run) {
  const ran = await run({ language: 'javascript', code, asks: [...calls, ...checks] })
  if (ran.ended === 'value' && 'values' in ran)
    return { called: ran.values.slice(0, calls.length), held: ran.values.slice(calls.length) }
  const why = ran.ended === 'value' ? 'no values' : ran.message
  throw new VerifierError(`checks cannot be run: ${why}`)
}

/** Whether all hold of what the task itself says, where each must be one that runs. */
function allHold(held: readonly Value[]): boolean {
  const broken = held.find(one => typeof one !== 'string')
  if (broken !== undefined) throw new VerifierError(`a check cannot be run: ${messageOf(broken)}`)
  return held.every(one => one === 'true')
}

function messageOf(value: Value): string {
  return typeof value === 'string' ? value : value.message
}
