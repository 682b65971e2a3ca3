// A reward in a file of the user's: `(rollout, problem) => number | null`, or a promise of it, as the default export. It runs
// in a thread: one that hangs is ended, and the call that hung is counted as failed.

import { counting } from '../rewards/counting.ts'
import type { Grader } from '../rewards/grader.ts'
import { type Code, codeFile } from './load.ts'
import { RewardCalls } from './reward-calls.ts'

export interface RewardOptions {
  /** Milliseconds that one call may take. Default 30,000. */
  readonly timeoutMs?: number
  /** Told what the reward prints, on either stream. Default nothing. */
  readonly say?: (line: string) => void
}

/** The grader of a reward's file, and the code that it is made of. What cannot be loaded of it is a ConfigError. */
export async function rewardGrader(
  name: string,
  { timeoutMs = 30_000, say = () => {} }: RewardOptions = {},
): Promise<{ readonly grader: Grader; readonly code: Code }> {
  const calls = new RewardCalls(codeFile(name), timeoutMs, say)
  const code = await calls.start()
  const grader = counting(
    `--reward ${name}`,
    async (answers, signal) => {
      signal?.throwIfAborted()
      return Promise.all(answers.map(answer => calls.judge(answer)))
    },
    { close: () => calls.close() },
  )
  return { grader, code }
}
