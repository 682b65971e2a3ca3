import { type BeamOptions, beamOf, judgedSteps } from './beam.ts'
import { type Search, worst } from './search.ts'

/** Of n ways to write each step the best one is kept (arXiv:2502.07191, "step-level best-of-N"): a beam of one path. */
export function stepWiseBestOfN(options: Omit<BeamOptions, 'width'>): Search {
  const { n, worth = worst } = options
  const step = { grow: growths => judgedSteps(growths, worth) } satisfies Parameters<
    typeof beamOf
  >[2]
  return beamOf('step-wise-best-of-n', { ...options, width: n }, step)
}
