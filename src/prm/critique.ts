// Critiques that a language model writes itself of a solution, a verdict after each step up to the first wrong one
// (ThinkPRM, arXiv:2504.16828).

import { DataError } from '../errors.ts'
import type { PrmLayout } from './layout.ts'
import { readingOf, type Tokens } from './reading.ts'
import { judgeMessages, type StepVotes } from './score/judge-styles.ts'
import type { Solution } from './solution.ts'

/** What a critique goes on with to check itself again (section 3.3 of the paper has another wording). */
export const onceMore = 'Let us check this once more.'

/**
 * The tokens that a critique follows: the judge's turn of a model with a chat template, else the solution as it is laid out,
 * its last step closed like the others.
 */
export function critiquePrompt(solution: Solution, layout: PrmLayout, tokens: Tokens): Int32Array {
  const template = templateOf(tokens)
  if (template === null) {
    const closed = { ...layout, step: { ...layout.step, last: 'mark' as const } }
    return readingOf(solution, closed, tokens).ids
  }
  const messages = judgeMessages(solution, 'each-step').map(one => ({ ...one }))
  return tokens.tokenizer.encode(template.render(messages))
}

function templateOf(tokens: Tokens) {
  try {
    return tokens.chat()
  } catch (error) {
    if (error instanceof DataError) return null // it has none
    throw error
  }
}

/** The shortest critique that says what labels say: each step again, up to the first wrong one, and its verdict. Null where one is missing. */
export function critiqueOf(
  steps: readonly string[],
  labels_S: readonly (number | null)[],
): string | null {
  const wrong = labels_S.indexOf(0)
  const judged = wrong < 0 ? labels_S : labels_S.slice(0, wrong + 1)
  if (judged.length === 0 || judged.includes(null)) return null
  const verdict = (label: number | null): string => (label === 1 ? 'correct' : 'incorrect')
  return judged.map((label, s) => `${steps[s]} \\boxed{${verdict(label)}}`).join('\n\n')
}

/** Whether every verdict is as the labels have it, up to the first wrong step; steps without a label agree with any. */
export function agrees(votes_S: StepVotes, labels_S: readonly (number | null)[]): boolean {
  const wrong = labels_S.indexOf(0)
  return votes_S.every((vote, s) => {
    if (wrong >= 0 && s > wrong) return vote === null
    return labels_S[s] === null || vote === (labels_S[s] === 1)
  })
}
