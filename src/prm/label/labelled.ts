// Rollouts whose steps are labelled: what a process reward model learns from. The first wrong step is the last one
// labelled, since what is right after it is undefined (PURE, arXiv:2504.15275, section 4.1).

import { below, type Random } from '../../numbers/random.ts'
import { type Malformation, malformed } from '../../problems/malformed.ts'
import type { StepKind } from '../../problems/tasks/task.ts'
import { type TextRollout, textRollout } from '../../rollouts/text-rollout.ts'
import type { Tokenizer } from '../../tokenizer/tokenizer.ts'
import type { Problem } from '../../types.ts'

/** True: the step is right. False: it is wrong. Null: nobody knows. */
export type StepLabel = boolean | null

export interface LabelledRollout {
  readonly problem: Problem
  readonly rollout: TextRollout
  readonly labels_S: readonly StepLabel[]
}

/** Judges the steps of a problem's solution, as the oracle of a procedural task does, and may say what each one does. */
export type StepOracle = (
  problem: Problem,
  steps: readonly string[],
) => readonly { readonly right: StepLabel; readonly kind?: StepKind | null }[]

/** Makes one step of a right solution wrong; null where it cannot. */
export type StepMutation = (
  problem: Problem,
  steps: readonly string[],
  index: number,
  random: Random,
) => string | null

/** Labels by an oracle, up to the first wrong step. A step that is cut off, or that ends the answer without a box, is wrong. */
export function labelByOracle(
  problem: Problem,
  rollout: TextRollout,
  oracle: StepOracle,
): LabelledRollout {
  return { problem, rollout, labels_S: untilFirstWrong(allLabels(problem, rollout, oracle)) }
}

/** What an oracle says of every step, also after a wrong one. */
export function allLabels(problem: Problem, rollout: TextRollout, oracle: StepOracle): StepLabel[] {
  const verdicts = oracle(
    problem,
    rollout.steps.map(step => step.text),
  )
  const last = rollout.steps.length - 1
  return rollout.steps.map(({ state, text }, s): StepLabel => {
    const right = verdicts[s]?.right ?? null
    const unfinished = s === last && (state === 'truncated' || !text.includes('\\boxed{'))
    return right === true && unfinished ? false : right
  })
}

/** A worked solution, all steps right; null where the problem has none. */
export function rightExample(problem: Problem, tokenizer: Tokenizer): LabelledRollout | null {
  if (problem.solution === null) return null
  const rollout = textRollout(problem.prompt, problem.solution, true, tokenizer)
  return { problem, rollout, labels_S: rollout.steps.map(() => true) }
}

/** A worked solution with one step made wrong, which is the last one labelled; null where none can be made. */
export function mutatedExample(
  problem: Problem,
  tokenizer: Tokenizer,
  mutate: StepMutation,
  random: Random,
): LabelledRollout | null {
  const { solution } = problem
  if (solution === null) return null
  const at = below(random, solution.length)
  const wrong = mutate(problem, solution, at, random)
  if (wrong === null) return null
  const steps = [...solution.slice(0, at), wrong, ...solution.slice(at + 1)]
  return wrongFrom(problem, steps, at, true, tokenizer)
}

/**
 * A worked solution put out of shape: empty, merged, repeated, cut off, planned but not solved. An oracle has the last
 * word, where there is one: steps may be right in another order, or twice.
 */
export function malformedExample(
  problem: Problem,
  tokenizer: Tokenizer,
  kind: Malformation,
  random: Random,
  oracle: StepOracle | null = null,
): LabelledRollout | null {
  if (problem.solution === null) return null
  const made = malformed(problem.solution, kind, random)
  const example = made && wrongFrom(problem, made.steps, made.firstBad, made.ended, tokenizer)
  return example && oracle ? labelByOracle(problem, example.rollout, oracle) : example
}

/** Index of the first wrong step; -1 where none is labelled wrong. */
export function firstWrong(labels_S: readonly StepLabel[]): number {
  return labels_S.indexOf(false)
}

/** Null where the tokens give other steps than were written: one token can spell several blank lines. */
function wrongFrom(
  problem: Problem,
  steps: readonly string[],
  firstBad: number,
  ended: boolean,
  tokenizer: Tokenizer,
): LabelledRollout | null {
  const rollout = textRollout(problem.prompt, steps, ended, tokenizer)
  if (rollout.steps.length !== steps.length) return null
  const labels_S = steps.map((_, s) => (s < firstBad ? true : s === firstBad ? false : null))
  return { problem, rollout, labels_S }
}

function untilFirstWrong(labels_S: readonly StepLabel[]): StepLabel[] {
  const first = firstWrong(labels_S)
  return labels_S.map((label, s) => (first >= 0 && s > first ? null : label))
}
