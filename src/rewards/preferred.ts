import type { Method, Parts, Scorer, StepRewards } from '../method.ts'
import { knownMean, mean } from '../numbers/numeric.ts'

/** How a score becomes a reward, given those of the references (r less each of them, a sigmoid, and what others do). */
export const shapings = {
  sigmoid: (score: number, references: readonly number[], steep: number) =>
    mean(references.map(reference => 1 / (1 + Math.exp(-steep * (score - reference))))),
  tanh: (score: number, references: readonly number[], steep: number) =>
    mean(references.map(reference => Math.tanh(steep * (score - reference)))),
  centred: (score: number, references: readonly number[], steep: number) =>
    steep * (score - mean(references)),
} as const
export type Shaping = keyof typeof shapings

export interface PreferredOptions {
  readonly answers: Method['rollouts'] // of who is to be done better than
  readonly seed: number // of those
  readonly shaping?: string // one of shapings; default sigmoid
  readonly steep?: number // default 1
}

/**
 * How far a rollout is preferred to reference answers to its problem: the mean over them of sigmoid(steep * (score - its score)), the
 * score being the mean of a judge's steps (arXiv:2502.18770, eq. 6). Known steps of at least one reference are asked for; else null.
 */
export function preferred(
  scoreSteps: Scorer<StepRewards>,
  { answers, seed, shaping = 'sigmoid', steep = 1 }: PreferredOptions,
): Scorer<StepRewards & Parts<'preferred'>> {
  return async (groups, signal) => {
    const others = await answers(
      groups.map(({ problem }) => problem),
      seed,
      signal,
    )
    const found = await scoreSteps([...groups, ...others], signal)
    const scoresOf = ({ steps_G_S }: StepRewards): (number | null)[] => steps_G_S.map(knownMean)
    return groups.map((_, p) => {
      const { steps_G_S } = found[p]!
      const beside = scoresOf(found[groups.length + p]!).filter(score => score !== null)
      const preferred = scoresOf({ steps_G_S }).map(score =>
        score === null || beside.length === 0
          ? null
          : shapings[shaping as Shaping](score, beside, steep),
      )
      return { steps_G_S, parts_G: { preferred } }
    })
  }
}
