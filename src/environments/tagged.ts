import { instructionTo } from '../problems/prompt.ts'
import type { Answers } from '../rollouts/environment.ts'
import { taggedAnswer } from '../text/answer-tags.ts'

/** Answers between tags; `what` says to the policy what stands there. */
export function tagged(what: string): Answers {
  return {
    instruction: instructionTo(`put ${what} between <answer> and </answer>`),
    read: taggedAnswer,
  }
}
