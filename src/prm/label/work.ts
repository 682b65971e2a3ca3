// What is labelled: solutions that the policy samples, or written ones, as tokens and with their answers graded. What cannot
// be labelled says why, and is counted.

import { unlessData } from '../../errors.ts'
import { hashSeed } from '../../numbers/random.ts'
import { grade } from '../../rewards/grade/grade.ts'
import type { PolicyName } from '../../rewards/grade/policy.ts'
import { rolloutOfSteps } from '../../rollouts/text-rollout.ts'
import type { Tokenizer } from '../../tokenizer/tokenizer.ts'
import type { Problem } from '../../types.ts'
import type { Solution } from '../solution.ts'
import { diverse } from './diverse.ts'
import {
  ask,
  type GradedSolution,
  type Labeler,
  type Labelled,
  type Labelling,
  solutionOf,
  unlabelled,
} from './labeler.ts'

/** Why a problem or a solution could not be labelled. */
export const skips = [
  'no-answer', // the problem has no gold answer
  'ungradable', // it has one that cannot be graded
  'prompt-too-long', // no token can follow the prompt
  'too-long', // a solution fills the model's context before its last step
  'no-steps',
  'empty-step',
  'not-spelled', // no tokens say it, or none end where the steps do
  'no-solution', // the problem has no worked solution
  'no-oracle',
  'solution-fails', // its worked solution is not right by who judges it
  'duplicate', // another problem has its name
] as const
export type Skip = (typeof skips)[number]

/** What became of a problem: solutions with their labels, and why it has none where it was passed over. */
export interface LabelledProblem {
  readonly problem: Problem
  readonly labelled: readonly Labelled[]
  readonly skipped: Skip | null
}

/** What solutions are read and sampled by. */
export interface WorkOptions {
  readonly tokenizer: Tokenizer
  readonly maxPositions: number // of the policy
  readonly seed: number
  readonly grading?: PolicyName | null // default 'reward'; null where answers are judged otherwise
  readonly keep?: number | null // of the sampled solutions, those that are labelled, unlike each other; default null, all
}

/** Labels `samples` solutions that the policy samples of a problem; none where nobody could grade them. */
export function* labelSampled(
  problem: Problem,
  labeler: Labeler,
  samples: number,
  options: WorkOptions,
): Labelling<LabelledProblem> {
  const promptIds = promptOf(problem, options)
  if (typeof promptIds === 'string') return { problem, labelled: [], skipped: promptIds }
  const prefix = { promptIds, ids: new Int32Array(0), steps: [] }
  const seed = hashSeed(options.seed, 'solutions', problem.id)
  const [found] = yield* ask<'rollouts'>([
    { kind: 'rollouts', purpose: 'solutions', problem, prefix, n: samples, seed },
  ])
  const solutions = found!.map(({ rollout, right }, i): GradedSolution => {
    const solution = solutionOf(`${problem.id}#${i}`, problem, rollout)
    return { solution, rollout, logprobs_T: rollout.logprobs_T, answerRight: right === true }
  })
  const { keep = null } = options
  const kept = keep === null ? solutions : diverse(solutions, keep)
  return { problem, labelled: yield* labeler.label({ problem, solutions: kept }), skipped: null }
}

/** Labels written solutions of one problem; each comes out, without labels where it cannot have any. */
export function* labelWritten(
  problem: Problem,
  solutions: readonly Solution[],
  labeler: Labeler,
  options: WorkOptions,
): Labelling<LabelledProblem> {
  const { name } = labeler
  const skipped = promptOf(problem, options)
  if (typeof skipped === 'string') {
    const labelled = solutions.map(solution => unlabelled(solution, skipped, { name }))
    return { problem, labelled, skipped: null }
  }
  const [grades] = yield* ask<'grades'>([
    { kind: 'grades', problem, texts: solutions.map(({ steps }) => steps.join('\n\n')) },
  ])
  const read = solutions.map((solution, i) => spelled(solution, grades![i] === true, options))
  const known = read.filter(one => typeof one !== 'string')
  const ready = labeler.needsLogprobs ? yield* withLogprobs(known) : known
  const labelled = ready.length > 0 ? yield* labeler.label({ problem, solutions: ready }) : []
  return { problem, labelled: inOrder(solutions, read, grades!, labelled, name), skipped: null }
}

/** The tokens of a problem's prompt; or why nothing of it can be labelled by its answers. */
function promptOf(
  { answer, prompt }: Problem,
  { tokenizer, maxPositions, grading = 'reward' }: WorkOptions,
): Int32Array | Skip {
  if (grading !== null && answer === null) return 'no-answer'
  if (grading !== null && grade({ gold: answer, pred: null }, grading).correct === null)
    return 'ungradable'
  const ids = unlessData(() => tokenizer.encode(prompt))
  if (ids === null || ids.length === 0) return 'not-spelled'
  return ids.length < maxPositions ? ids : 'prompt-too-long'
}

/** A written solution as tokens, tokenised once; or why it cannot be. */
function spelled(
  solution: Solution,
  answerRight: boolean,
  { tokenizer, maxPositions }: WorkOptions,
): GradedSolution | Skip {
  const { problem, steps, ended = true } = solution
  if (steps.length === 0) return 'no-steps'
  if (steps.some(step => step.trim() === '')) return 'empty-step'
  const rollout = unlessData(() => rolloutOfSteps(problem.prompt, steps, ended, tokenizer))
  if (rollout === null) return 'not-spelled'
  const last = rollout.steps.at(-2)?.end ?? 0 // completions begin there at the latest
  if (rollout.promptIds.length + last >= maxPositions) return 'too-long'
  return { solution, rollout, logprobs_T: null, answerRight }
}

function* withLogprobs(known: readonly GradedSolution[]): Labelling<GradedSolution[]> {
  const rollouts = known.map(one => one.rollout)
  const [logprobs] = yield* ask<'logprobs'>([{ kind: 'logprobs', rollouts }])
  return known.map((one, i) => ({ ...one, logprobs_T: logprobs![i]! }))
}

/** Solutions in the order in which they were given, then those that the labeler found beside them. */
function inOrder(
  solutions: readonly Solution[],
  read: readonly (GradedSolution | Skip)[],
  grades: readonly (boolean | null)[],
  labelled: readonly Labelled[],
  name: string,
): Labelled[] {
  const by = new Map(labelled.map(one => [one.labelled.id, one]))
  const given = solutions.map((solution, i) => {
    const one = read[i]!
    const skipped = typeof one === 'string'
    if (skipped) return unlabelled(solution, one, { name, answerRight: grades[i]! })
    return by.get(solution.id)!
  })
  const ids = new Set(solutions.map(({ id }) => id))
  return [...given, ...labelled.filter(one => !ids.has(one.labelled.id))]
}
