// The score of a whole solution, for ranking: only where the judge has said all that it has to say.

import { aggregate } from '../score/aggregate.ts'
import { type Aggregation, aggregations, type StepScores } from '../score/step-scorer.ts'

/**
 * A solution's steps' scores as one; null where one is missing. Steps after the first that is not above the threshold may
 * be without: judges that look for the first error stop there.
 */
export function wholeScore(
  scores_S: StepScores,
  how: Aggregation,
  { threshold = -Infinity } = {},
): number | null {
  const missing = scores_S.indexOf(null)
  const stopped = scores_S.findIndex(score => score !== null && !(score > threshold))
  if (missing >= 0 && !(stopped >= 0 && stopped < missing)) return null
  const said = missing < 0 ? scores_S : scores_S.slice(0, stopped + 1)
  return aggregate(said, how)
}

/** The ways to aggregate scores of a range that begins here: shares of chances need scores of 0 or more. */
export function aggregationsOf(lowest: number): readonly Aggregation[] {
  return aggregations.filter(how => lowest >= 0 || (how !== 'product' && how !== 'geometric-mean'))
}
