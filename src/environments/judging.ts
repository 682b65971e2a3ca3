// What judges a rollout by running its answer. It says nothing while the policy writes; where the sandbox fails, the rollout
// counts for nothing.

import type { z } from 'zod'
import { checked } from '../data/checked.ts'
import { DataError } from '../errors.ts'
import type { Environment, Score } from '../rollouts/environment.ts'
import type { Job, Ran } from '../sandbox/job.ts'
import { type Sandbox, sandbox } from '../sandbox/sandbox.ts'
import { taggedAnswer } from '../text/answer-tags.ts'
import type { Problem } from '../types.ts'
import { tagged } from './tagged.ts'

let shared: Sandbox | null = null // one process for all: jobs are short, and wait for each other

export type Run = (job: Job) => Promise<Ran>

/** Runs a job within the bounds of the one sandbox of this process. */
export function runCode(job: Job, signal?: AbortSignal): Promise<Ran> {
  shared ??= sandbox()
  return shared.run(job, signal)
}

/** What a rollout said, where it came to its end. */
export interface Said {
  readonly text: string
  readonly answer: string | null // between its answer tags; null where there is none
}

/** An environment that judges; `judge` is what a problem's meta says, and is given what a rollout says, null of one cut off. */
export function judging<M>(
  name: string,
  meta: z.ZodType<M>,
  judge: (meta: M, problem: Problem) => (said: Said | null, run: Run) => Promise<Score>,
  {
    judges = true, // whether it gives outcomes
    what = 'your final answer', // that stands between the tags
  } = {},
): Environment {
  return {
    ...{ name, stops: [], judges },
    ...(judges && { answers: tagged(what) }),
    timeoutMs: 3_600_000, // a job has a bound of its own; what it waits for is not its fault
    open(problem) {
      const wrong = (what: string) => new DataError(`problem ${problem.id}: ${what}`)
      const judged = judge(checked(meta, problem.meta, wrong, { at: 'meta' }), problem)
      let said: Said | null = null
      return {
        reply(text) {
          said = { text, answer: taggedAnswer(text) }
          return null
        },
        score(signal) {
          return judged(said, job => runCode(job, signal))
        },
      }
    },
  }
}
