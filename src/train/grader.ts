// The grader of a run: the user's reward or verifier, else the task's own, else that of boxed answers.

import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { saidIn } from '../groups/talk.ts'
import type { Task } from '../problems/tasks/index.ts'
import { commandGrader } from '../rewards/command/verifier.ts'
import { commandWords } from '../rewards/command/words.ts'
import { counting, type Judged } from '../rewards/counting.ts'
import { askedOnce, boxedGrader, type Grader } from '../rewards/grader.ts'
import { talkedGrader } from '../rewards/talked.ts'
import type { Environment } from '../rollouts/environment.ts'
import { asRollout } from '../rollouts/text-rollout.ts'
import type { Problem } from '../types.ts'
import { type Code, codeOf } from '../user/load.ts'
import { rewardGrader } from '../user/reward.ts'
import type { Settings } from './request/request.ts'

/** What decides who judges. */
export type AnswerRequest = Pick<Settings, 'reward' | 'verifier' | 'answerTimeout'>

/** A grader, and the code of the user's that it is made of. */
export interface OpenGrader {
  readonly grader: Grader
  readonly code: Code
}

/**
 * Opens the grader that a request names; `say` is told what code of the user's prints. Each answer is judged once: by the
 * environment, where there is one that judges it.
 */
export async function openGrader(
  request: AnswerRequest,
  task: Task | null,
  say: (line: string) => void = () => {},
  environment: Environment | null = null,
): Promise<OpenGrader> {
  const { grader, code } = await opened(request, task, say)
  return { grader: askedOnce(environment ? talkedGrader(environment, grader) : grader), code }
}

async function opened(
  { reward, verifier, answerTimeout }: AnswerRequest,
  task: Task | null,
  say: (line: string) => void,
): Promise<OpenGrader> {
  const timeoutMs = 1000 * answerTimeout
  if (reward !== null) return rewardGrader(reward, { timeoutMs, say })
  if (verifier !== null) {
    const { command, cwd } = verifier
    const grader = commandGrader(command, { cwd, timeoutMs, say })
    return { grader, code: codeOf(filesOf(verifier)) }
  }
  return { grader: task?.grade === undefined ? boxedGrader() : taskGrader(task), code: {} }
}

/** The files that a verifier's command names. */
export function filesOf({ command, cwd }: NonNullable<AnswerRequest['verifier']>): string[] {
  return commandWords(command)
    .map(word => resolve(cwd, word))
    .filter(file => statSync(file, { throwIfNoEntry: false })?.isFile())
}

/** A verifier that cannot judge a problem's own solution is an error before anything is trained, or written. */
export async function tryVerifier(
  { verifier }: AnswerRequest,
  grader: Grader,
  problem: Problem,
): Promise<void> {
  if (verifier === null) return
  const { solution, answer } = problem
  const text = solution?.join('\n\n') ?? `\\boxed{${answer ?? ''}}`
  const none = new Int32Array(0)
  const rollout = asRollout({ promptIds: none, ids: none, steps: [], text, stop: 'stop' })
  await grader.grade([{ problem, rollout }])
  grader.takeFailures()
}

function taskGrader(task: Task): Grader {
  return counting(`the task ${task.name}`, async answers =>
    answers.map(({ problem, rollout }): Judged => {
      try {
        const found = task.grade!(problem, saidIn(rollout))
        if (found === null || typeof found === 'number') return found
        return typeof found === 'boolean'
          ? Number(found)
          : { failed: `grade gave ${String(found)}, expected a number, true, false or null` }
      } catch (error) {
        return { failed: (error as Error).message }
      }
    }),
  )
}
