// A verifier in any language: a process that reads an answer a line and prints a verdict a line, in order. It is kept alive;
// what it fails at is counted and is no reward.

import { saidIn } from '../../groups/talk.ts'
import { counting } from '../counting.ts'
import { extractAnswer } from '../grade/grade.ts'
import type { Answer, Grader } from '../grader.ts'
import { Asking } from './asking.ts'
import { commandWords } from './words.ts'

export interface CommandOptions {
  readonly cwd?: string // default where this process runs
  /** Milliseconds that one answer may take; the first of a fresh process has half a minute more. Default 30,000. */
  readonly timeoutMs?: number
  /** Told what it prints to standard error. Default nothing. */
  readonly say?: (line: string) => void
}

/**
 * A grader that asks a command. In, a line each: {problem, text, answer, gold, meta}; out, in order: {"correct": true | false |
 * null} or {"score": number | null}. A command that dies or breaks the protocol again and again is a VerifierError.
 */
export function commandGrader(
  command: string,
  { cwd = process.cwd(), timeoutMs = 30_000, say = () => {} }: CommandOptions = {},
): Grader {
  const name = `--verifier ${command}`
  const asking = new Asking(commandWords(command), name, { cwd, timeoutMs, say })
  let turn: Promise<unknown> = Promise.resolve()
  return counting(
    name,
    (answers, signal) => {
      const mine = turn.then(() => asking.ask(answers.map(questionOf), signal))
      turn = mine.catch(() => {})
      return mine
    },
    { close: () => asking.close() },
  )
}

/** What a verifier reads of an answer. */
function questionOf({ problem, rollout }: Answer): string {
  return JSON.stringify({
    problem: problem.question ?? problem.prompt,
    text: saidIn(rollout),
    answer: extractAnswer(saidIn(rollout), 'reward'),
    gold: problem.answer,
    meta: problem.meta,
  })
}
