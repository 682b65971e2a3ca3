// Right solutions spoiled as a whole: each of their steps may be right and the solution be wrong all the same, because it ends too
// early, does not end where it is done, or goes on as that of another problem.

import { below, hashSeed, type Random, random } from '../../numbers/random.ts'
import type { Problem } from '../../types.ts'
import { labelsUntil } from './labeler.ts'
import type { StepOracle } from './labelled.ts'
import type { Mutate } from './mutation.ts'
import type { LabelledProblem } from './work.ts'

export interface CorruptionOptions {
  readonly mutate: Mutate
  readonly seed: number
  readonly before: Problem | null // another problem, whose solution can be spliced in
  readonly oracle: StepOracle | null // says whether a foreign step is wrong; null: one that is not in the solution is
}

/**
 * The worked solution of a problem, all steps right, and three that are spoiled (UI-Genie, arXiv:2505.21496, section 3.2): `early-end`
 * stops before the answer, `goes-on` has another step behind it, with another answer, and `spliced` goes on as the solution of another
 * problem. The step where each goes astray is wrong, and of those behind it nothing is known.
 */
export function corruptions(
  problem: Problem,
  { mutate, seed, before, oracle }: CorruptionOptions,
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
  const splice = before === null ? null : spliced(problem, before, oracle, draw)
  if (splice !== null) labelled.push(made('spliced', splice.steps, splice.at, false))
  return { problem, labelled, skipped: null }
}

/** The first steps of a solution, and the last ones of another problem's, with another answer; null where none is surely wrong. */
function spliced(
  problem: Problem,
  { solution: foreign, answer }: Problem,
  oracle: StepOracle | null,
  draw: Random,
): { readonly steps: readonly string[]; readonly at: number } | null {
  const own = problem.solution!
  if (foreign === null || own.length < 2 || answer === problem.answer) return null
  const at = 1 + below(draw, own.length - 1)
  const wrong = foreign.flatMap((step, from) => {
    const steps = [...own.slice(0, at), ...foreign.slice(from)]
    const said = oracle === null ? !own.includes(step) : oracle(problem, steps)[at]?.right === false
    return said ? [steps] : []
  })
  return wrong.length === 0 ? null : { steps: wrong[below(draw, wrong.length)]!, at }
}
