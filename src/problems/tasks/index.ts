// The procedural tasks, by the name that the command line knows them by.

import { ConfigError } from '../../errors.ts'
import { nearest } from '../../text/nearest.ts'
import { linearEquations } from './linear-equations.ts'
import { moneyProblems } from './money-problems.ts'
import { nestedArithmetic } from './nested-arithmetic.ts'
import { planAndSolve } from './plan-and-solve.ts'
import type { TaskFamily } from './task.ts'

export type { StepVerdict, Task, TaskFamily } from './task.ts'

/** Every procedural task by name. */
export const tasks: ReadonlyMap<string, TaskFamily> = new Map(
  [nestedArithmetic, linearEquations, moneyProblems, planAndSolve].map(task => [task.name, task]),
)

/** The task of a name; unknown names are refused, naming what there is. */
export function taskOf(name: string): TaskFamily {
  const task = tasks.get(name)
  if (task) return task
  const all = [...tasks.keys()]
  const close = nearest(name, all)
  const hint = close === undefined ? `there are: ${all.join(', ')}` : `did you mean "${close}"?`
  throw new ConfigError(`unknown task "${name}"; ${hint}`)
}
