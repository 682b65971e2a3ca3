import type { Solution } from '../../src/prm/solution.ts'

/** A solution of a problem of which nothing is known but its prompt. */
export function solutionOf(prompt: string, steps: readonly string[], id = 'one'): Solution {
  return { id, problem: { id, prompt, answer: null, solution: null, meta: {} }, steps }
}
