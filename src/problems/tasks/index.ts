// The procedural tasks, by the name that the command line knows them by.

import { ConfigError } from '../../errors.ts'
import { linearEquations } from './linear-equations.ts'
import { nestedArithmetic } from './nested-arithmetic.ts'
import type { TaskFamily } from './task.ts'

export type { StepVerdict, TaskFamily } from './task.ts'

/** Every procedural task by name. */
export const tasks: ReadonlyMap<string, TaskFamily> = new Map(
  [nestedArithmetic, linearEquations].map(task => [task.name, task]),
)

/** The task of a name; unknown names are refused, naming what there is. */
export function taskOf(name: string): TaskFamily {
  const task = tasks.get(name)
  if (task) return task
  throw new ConfigError(`unknown task "${name}"; there are: ${[...tasks.keys()].join(', ')}`)
}
