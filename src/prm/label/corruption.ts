// Right solutions spoiled as a whole: each of their steps may be right and the solution be wrong all the same, because it ends too
// early or does not end where it is done.

import { below, hashSeed, random } from '../../numbers/random.ts'
import type { Problem } from '../../types.ts'
import { labelsUntil } from './labeler.ts'
import type { Mutate } from './mutation.ts'
import type { LabelledProblem } from './work.ts'

export interface CorruptionOptions {
  readonly mutate: Mutate
  readonly seed: number
}

/**
 * The worked solution of a problem, all steps right, and two that are spoiled (UI-Genie, arXiv:2505.21496, section 3.2): `early-end`
 * stops before the answer, and `goes-on` has another step behind it, with another answer. The last step of each is wrong: there it
 * goes astray.
 */
export function corruptions(
  problem: Problem,
  { mutate, seed }: CorruptionOptions,
): LabelledProblem {
  const { solution, id } = problem
  if (solution === null || solution.length === 0)
    return { problem, labelled: [], skipped: 'no-solution' }
  const draw = random(hashSeed(seed, 'corruption', id))
  const made = (name: string, steps: readonly string[], right: number, answerRight: boolean) => {
    const kind = answerRight ? null : name
    const labels_S = labelsUntil(right, steps.length)
    const record = { id: `${id}#${name}`, problem, steps, labels_S, kind, source: 'corruption' }
    return {
      labelled: { ...record, meaning: 'rightness' as const, answerRight },
      rollout: null,
      missing: null,
    }
  }
  const labelled = [made('right', solution, solution.length, true)]
  if (solution.length > 1) {
    const kept = 1 + below(draw, solution.length - 1)
    labelled.push(made('early-end', solution.slice(0, kept), kept - 1, false))
  }
  const another = mutate(problem, solution, solution.length - 1, draw)
  if (another !== null)
    labelled.push(made('goes-on', [...solution, another.text], solution.length, false))
  return { problem, labelled, skipped: null }
}
