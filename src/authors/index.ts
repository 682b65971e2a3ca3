import type { Author } from './author.ts'
import { checks } from './checks.ts'
import { rewrites } from './rewrites.ts'
import { rubric } from './rubric.ts'
import { solution } from './solution.ts'
import { tailRubric } from './tail-rubric.ts'
import { task } from './task.ts'

/** What can be written, by the name that the command line knows it by. */
export const authors: Readonly<Record<string, Author>> = {
  checks,
  rewrites,
  rubrics: rubric,
  solutions: solution,
  'tail-rubrics': tailRubric,
  tasks: task,
}
