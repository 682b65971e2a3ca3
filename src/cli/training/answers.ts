import { ConfigError } from '../../errors.ts'
import { commandWords } from '../../rewards/command/words.ts'
import type { Settings } from '../../train/request/request.ts'
import { codeFile } from '../../user/load.ts'
import { type Flags, type Given, numberFlag, textFlag } from '../flags.ts'
import { group } from './group.ts'

export const answerArgs = {
  reward: {
    type: 'string',
    valueHint: 'file',
    description:
      'code that judges answers instead of the grader of boxed ones: (rollout, problem) => number | null',
  },
  verifier: {
    type: 'string',
    valueHint: 'command',
    description: "a program that judges them: JSON Lines in and out, such as 'python3 verify.py'",
  },
  answerTimeout: {
    type: 'string',
    valueHint: 'seconds',
    description: 'that one of these may take for an answer; default 30',
  },
} as const satisfies Flags

/** Who judges answers. */
export const answerFlags = group({
  title: 'answers',
  args: answerArgs,
  read: readAnswers,
  told: ({ reward, verifier, answerTimeout }) => ({
    reward,
    verifier: verifier?.command ?? null,
    answerTimeout: (reward ?? verifier) === null ? null : String(answerTimeout),
  }),
})

/** What the flags say of it; those that do not go together are a ConfigError. */
export function readAnswers(args: Given): Pick<Settings, 'reward' | 'verifier' | 'answerTimeout'> {
  const [reward, command] = [textFlag(args, 'reward'), textFlag(args, 'verifier')]
  if (reward !== null && command !== null)
    throw new ConfigError('give --reward or --verifier: one of them judges answers')
  if (reward === null && command === null && args.answerTimeout !== undefined)
    throw new ConfigError('--answer-timeout goes with --reward or --verifier')
  if (command !== null) commandWords(command)
  return {
    reward: reward === null ? null : codeFile(reward),
    verifier: command === null ? null : { command, cwd: process.cwd() },
    answerTimeout: numberFlag('--answer-timeout', textFlag(args, 'answerTimeout') ?? '30', {
      min: 0.001,
      max: 86_400,
    }),
  }
}
