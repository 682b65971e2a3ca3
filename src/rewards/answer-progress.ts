import type { Outcome, Scorer, StepRewards } from '../method.ts'
import { type Answering, answerChance } from './answer-chance.ts'
import { type ChanceOptions, chances } from './chances.ts'
import { progress } from './progress.ts'

export interface AnswerProgressOptions {
  readonly attempts: number // answers that are counted; 0: the known one's likelihood in a box
  readonly forced: () => ChanceOptions['goOn'] // how an answer is had at once
  readonly seed: number
}

/** What a step adds to the chance that an answer is right were it given now (MRT, arXiv:2503.07572, definition 4.1). */
export function answerProgress(
  grade: Scorer<Outcome>,
  answering: Answering,
  { attempts: n, forced, seed }: AnswerProgressOptions,
): Scorer<Outcome & StepRewards> {
  if (n === 0) return progress(answerChance(grade, answering, 'probability'))
  return progress(chances(grade, { goOn: forced(), n, seed, fromStart: true }))
}
