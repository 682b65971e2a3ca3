import { type BeamOptions, beamOf, newSteps, type Scored } from './beam.ts'
import { type Conversation, type Growth, judged, type Search, type StepScores } from './search.ts'

export interface ProgressOptions extends Omit<BeamOptions, 'worth'> {
  readonly weight?: number // of the progress; default 0.5
  readonly prover?: number // answers of which the best counts, for the prover; default 4
}

/**
 * A beam whose candidates are ranked by what the policy reaches from them and how far the step brought a prover (PAV,
 * arXiv:2410.08146, section 3): Q + weight * (Q' - Q' of the step before), Q the judge's chance of a right answer, Q' = 1 - (1 - Q)^K
 * that of the best of K. In the end the chance alone decides.
 */
export function progress({ weight = 0.5, prover = 4, ...options }: ProgressOptions): Search {
  if (!(weight >= 0 && prover >= 1))
    throw new RangeError(`progress: weight ${weight}, prover ${prover}; expected from 0 and from 1`)
  const worth = (scores_S: readonly number[]): number => scores_S.at(-1)!
  return beamOf(
    'progress',
    { ...options, worth },
    {
      *grow(growths: readonly Growth[]): Conversation<Scored[]> {
        const nodes = yield* judged(yield* newSteps(growths))
        return nodes.map(node => ({
          node,
          score: effectiveReward(node.scores_S, { weight, prover }),
        }))
      },
    },
  )
}

/** The worth of the last step; of the first, which nothing stands before, its chance. Null where a chance is not known. */
export function effectiveReward(
  chances_S: StepScores,
  { weight, prover }: { readonly weight: number; readonly prover: number },
): number | null {
  const [last, before] = [chances_S.at(-1) ?? null, chances_S.length > 1 ? chances_S.at(-2)! : null]
  if (last === null || (chances_S.length > 1 && before === null)) return null
  const best = (chance: number): number => 1 - (1 - Math.min(1, Math.max(0, chance))) ** prover
  return last + (before === null ? 0 : weight * (best(last) - best(before)))
}
