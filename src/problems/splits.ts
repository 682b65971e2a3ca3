// A problem's split is a property of its text alone, so that no run, whatever its seed, trains on a
// problem that another run tests.

import { DataError } from '../errors.ts'
import { hashSeed, random } from '../numbers/random.ts'
import type { Problem } from '../types.ts'
import type { Task } from './tasks/task.ts'

export type Split = 'train' | 'validation' | 'test'

export interface StreamOptions {
  readonly split: Split
  readonly seed: number
  readonly difficulty: number
}

type Source = Pick<Task, 'name' | 'generate'>

const patience = 100 // repeats in a row after which all problems count as new again
const hopeless = 10_000 // problems of other splits in a row: of a tenth of all, that is no bad luck

/** The split of a prompt: 80 % train, 10 % validation, 10 % test. */
export function splitOf(prompt: string): Split {
  const tenth = hashSeed(0, 'split', prompt) % 10
  return tenth < 8 ? 'train' : tenth === 8 ? 'validation' : 'test'
}

/**
 * An endless stream of a task's problems of one split; none comes twice until new ones are rare.
 */
export function* problemStream(
  family: Source,
  { split, seed, difficulty }: StreamOptions,
): Generator<Problem, never> {
  const draw = random(seed, 'problems', family.name, split, difficulty)
  const seen = new Set<string>()
  let misses = 0
  let others = 0
  for (;;) {
    const problem = family.generate(draw, difficulty)
    if (splitOf(problem.prompt) !== split) {
      if (++others < hopeless) continue
      throw new DataError(
        `${family.name}: none of ${hopeless} problems is for ${split}, which takes those of certain prompts: ` +
          'a task needs many different ones',
      )
    }
    others = 0
    if (seen.has(problem.prompt) && ++misses < patience) continue
    if (misses >= patience || seen.size >= 1_000_000) seen.clear()
    misses = 0
    seen.add(problem.prompt)
    yield problem
  }
}

/** The first problems of a stream. */
export function takeProblems(family: Source, count: number, options: StreamOptions): Problem[] {
  const stream = problemStream(family, options)
  return Array.from({ length: count }, () => stream.next().value)
}
