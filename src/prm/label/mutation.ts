// Mutation labels: a right solution of which one step is made wrong. They cost no rollouts, but show the mistakes that
// somebody thought of, not those that a policy makes.

import { hashSeed, type Random, random, shuffled } from '../../numbers/random.ts'
import { grade } from '../../rewards/grade/grade.ts'
import type { Problem } from '../../types.ts'
import { type Labelled, labelsUntil } from './labeler.ts'
import type { LabelledProblem } from './work.ts'

/** A wrong text for a step, and the kind of mistake where that is known. */
export type Mutate = (
  problem: Problem,
  steps: readonly string[],
  index: number,
  random: Random,
) => { readonly text: string; readonly kind: string | null } | null

export interface MutationOptions {
  readonly mutate: Mutate
  readonly seed: number
  /** Solutions made wrong of each right one, at different steps as far as there are so many. Default 1. */
  readonly wrong?: number
  /** Whether the right solution comes first. Default true. */
  readonly right?: boolean
}

/**
 * The worked solution of a problem, all steps right, and versions of it with one step made wrong: right before it, wrong
 * there, and null after it, where steps go on as if nothing had happened. `kind` is that of the mistake.
 */
export function mutations(
  problem: Problem,
  { mutate, seed, wrong = 1, right = true }: MutationOptions,
): LabelledProblem {
  const { solution, id } = problem
  if (solution === null || solution.length === 0)
    return { problem, labelled: [], skipped: 'no-solution' }
  const draw = random(hashSeed(seed, 'mutation', id))
  const made = (
    name: string,
    steps: readonly string[],
    firstWrong: number,
    kind: string | null,
  ) => {
    const labels_S = labelsUntil(firstWrong, steps.length)
    const answerRight = grade({ gold: problem.answer, pred: steps.join('\n\n') }).correct
    const record = { id: `${id}#${name}`, problem, steps, labels_S, kind, source: 'mutation' }
    const labelled = { ...record, meaning: 'rightness' as const, answerRight }
    return { labelled, rollout: null, missing: null }
  }
  const labelled: Labelled[] = right ? [made('right', solution, solution.length, null)] : []
  const places = shuffled(draw, [...solution.keys()])
  for (let i = 0; i < wrong; i++) {
    const at = places[i % places.length]!
    const mistake = mutate(problem, solution, at, draw)
    if (mistake === null) continue
    const steps = solution.with(at, mistake.text)
    labelled.push(made(`wrong-${i}`, steps, at, mistake.kind ?? 'unknown'))
  }
  return { problem, labelled, skipped: null }
}
