// Runs a reward of the user's in a thread of its own, which is ended where a call never returns.

import { parentPort, workerData } from 'node:worker_threads'
import type { Judged } from '../rewards/counting.ts'
import { type Failure, failureOf } from '../threads/failure.ts'
import type { Problem, Rollout } from '../types.ts'
import { type Code, loadUserModule } from './load.ts'
import { causeOf, described, wrongShape } from './shape.ts'

/** What the thread is told: a call, or a question whether it still listens. */
export type ToThread =
  | {
      readonly kind: 'call'
      readonly id: number
      readonly rollout: Rollout
      readonly problem: Problem
    }
  | { readonly kind: 'ping' }

/** What the thread tells. */
export type FromThread =
  | { readonly kind: 'loaded'; readonly code: Code }
  | { readonly kind: 'unloadable'; readonly failure: Failure }
  | { readonly kind: 'started'; readonly id: number } // told before the call, which may never return
  | { readonly kind: 'judged'; readonly id: number; readonly judged: Judged }
  | { readonly kind: 'pong' }

type Reward = (rollout: Rollout, problem: Problem) => unknown

const port = parentPort!
const tell = (message: FromThread): void => port.postMessage(message)

try {
  const { file } = workerData as { readonly file: string }
  const { value, code } = await loadUserModule(file)
  if (typeof value !== 'function')
    throw wrongShape(
      `${file}: default export`,
      'a function (rollout, problem) => number | null',
      value,
    )
  port.on('message', (message: ToThread) => {
    if (message.kind === 'ping') tell({ kind: 'pong' })
    else void call(value as Reward, message)
  })
  tell({ kind: 'loaded', code })
} catch (error) {
  tell({ kind: 'unloadable', failure: failureOf(error) })
}

async function call(
  reward: Reward,
  { id, rollout, problem }: Extract<ToThread, { kind: 'call' }>,
): Promise<void> {
  tell({ kind: 'started', id })
  let judged: Judged
  try {
    const found = await reward(rollout, problem)
    judged =
      typeof found === 'number' || found === null
        ? found
        : { failed: `gave ${described(found)}, expected a number or null` }
  } catch (error) {
    judged = { failed: causeOf(error) }
  }
  tell({ kind: 'judged', id, judged })
}
