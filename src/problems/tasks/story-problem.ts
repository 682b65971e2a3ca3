// From a story to a problem with a worked solution.

import { hashSeed, type Random } from '../../numbers/random.ts'
import type { Problem } from '../../types.ts'
import { askedFor, type Quantity, solveText, startSheet, workOf } from './sheet.ts'
import { randomStory } from './story.ts'
import type { Level } from './story-parts.ts'
import { levelOf } from './task.ts'

const levels: readonly Level[] = [
  { max: 9, count: 9, price: 4, operations: [2], asides: [0, 1] },
  { max: 20, count: 9, price: 9, operations: [2, 3], asides: [1] },
  { max: 99, count: 9, price: 12, operations: [3, 4], asides: [1, 2] },
  { max: 200, count: 15, price: 20, operations: [4, 5, 6], asides: [2] },
]

/**
 * A story of a difficulty as a problem of a task, which says with what steps a quantity is found: its work is given.
 * Throws RangeError for difficulties but 0 to 3.
 */
export function storyProblem(
  task: string,
  random: Random,
  difficulty: number,
  stepsOf: (work: string, quantity: Quantity) => readonly string[],
): Problem {
  const { text, sheet } = randomStory(random, levelOf(levels, difficulty))
  const bare = { id: `${task}:${idOf(text)}`, prompt: `${text}\n\n`, meta: { task, sheet } }
  const progress = startSheet({ ...bare, answer: null, solution: null })
  const steps = sheet.quantities.flatMap(one => stepsOf(solveText(workOf(progress, one)), one))
  const answer = String(progress.values.get(askedFor(sheet).name))
  return { ...bare, answer, solution: [...steps, `\\boxed{${answer}}`] }
}

/** 64 bits of a text: a story is too long to name a problem. */
function idOf(text: string): string {
  return [0, 1].map(seed => hashSeed(seed, text).toString(36)).join('-')
}
