import { DataError } from '../../errors.ts'
import type { Solution } from '../solution.ts'
import type { StepScorer, StepScores } from './step-scorer.ts'

/**
 * The scores of each solution, or why it has none: one that cannot be laid out for the model does not keep the others from
 * being scored. Any other failure is thrown.
 */
export async function scoreEach(
  scorer: StepScorer,
  solutions: readonly Solution[],
  signal?: AbortSignal,
): Promise<readonly (StepScores | DataError)[]> {
  const together = await orDataError(() => scorer.score(solutions, signal))
  if (!(together instanceof DataError)) return together
  const found: (StepScores | DataError)[] = []
  for (const solution of solutions)
    found.push(await orDataError(async () => (await scorer.score([solution], signal))[0]!))
  return found
}

async function orDataError<T>(work: () => Promise<T>): Promise<T | DataError> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DataError) return error
    throw error
  }
}
