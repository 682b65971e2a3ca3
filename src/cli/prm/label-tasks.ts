// What is known of a problem by the procedural task that made it, if one did.

import type { StepOracle } from '../../prm/label/labelled.ts'
import type { Mutate } from '../../prm/label/mutation.ts'
import { mutateStep } from '../../problems/mutate.ts'
import { type TaskFamily, tasks } from '../../problems/tasks/index.ts'
import type { Problem } from '../../types.ts'

/** The oracle of a problem's task; null where no known task made it. */
export function oracleOf(problem: Problem): StepOracle | null {
  const family = familyOf(problem)
  return family && ((one, steps) => family.oracle(one, steps))
}

/** Mistakes of a problem's task; where no known task made it, changes of a number. */
export function mutateOf(problem: Problem): Mutate {
  const family = familyOf(problem)
  if (family === null) return (_, steps, index, random) => mutateStep(steps[index]!, random)
  return (one, steps, index, random) => family.mistake(one, steps, index, random)
}

function familyOf({ meta }: Problem): TaskFamily | null {
  return typeof meta.task === 'string' ? (tasks.get(meta.task) ?? null) : null
}
