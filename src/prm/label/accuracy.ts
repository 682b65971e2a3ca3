// Labels against those of an oracle, as counts that add up over problems.

import type { Labelled } from './labeler.ts'
import { firstWrong, labelByOracle, type StepOracle } from './labelled.ts'

/** Counts of one problem's labels, or of many. */
export interface LabelTally {
  readonly solutions: number // with a label at least
  readonly known: number // steps of them of which the oracle knows whether they are right
  readonly told: number // of these, those that have a label
  readonly agreed: number // of these, those whose label says the same
  readonly wrong: number // solutions with a wrong step
  readonly named: number // solutions of which the labels name a first error
  readonly found: number // solutions of which they name the right one
}

/** Shares in [0, 1]; NaN where there is nothing to count. */
export interface LabelAccuracy {
  readonly solutions: number
  readonly steps: number // that the oracle knows
  readonly coverage: number // share of them that have a label
  readonly stepAccuracy: number // of these, share whose label says what the oracle says
  readonly firstErrorPrecision: number
  readonly firstErrorRecall: number
  readonly firstErrorF1: number
}

export const emptyTally: LabelTally = {
  solutions: 0,
  known: 0,
  told: 0,
  agreed: 0,
  wrong: 0,
  named: 0,
  found: 0,
}

/**
 * Counts how labels agree with an oracle. A label above `above` says right: with 0, a step is wrong where no completion
 * from it was right. Solutions without any label are not counted.
 */
export function tallyOf(
  labelled: readonly Labelled[],
  oracle: StepOracle,
  { above = 0 }: { readonly above?: number } = {},
): LabelTally {
  const counts = { ...emptyTally } as { -readonly [K in keyof LabelTally]: number }
  for (const { labelled: one, rollout } of labelled) {
    if (rollout === null || one.labels_S.every(label => label === null)) continue
    const truth_S = labelByOracle(one.problem, rollout, oracle).labels_S
    counts.solutions++
    truth_S.forEach((truth, s) => {
      const label = one.labels_S[s]!
      if (truth === null) return
      counts.known++
      if (label === null) return
      counts.told++
      if (label > above === truth) counts.agreed++
    })
    const [actual, named] = [
      firstWrong(truth_S),
      one.labels_S.findIndex(label => label !== null && label <= above),
    ]
    counts.wrong += Number(actual >= 0)
    counts.named += Number(named >= 0)
    counts.found += Number(actual >= 0 && actual === named)
  }
  return counts
}

/** The counts of several problems as one. */
export function sumOf(tallies: Iterable<LabelTally>): LabelTally {
  const sum = { ...emptyTally } as { -readonly [K in keyof LabelTally]: number }
  for (const tally of tallies)
    for (const key of Object.keys(sum) as (keyof LabelTally)[]) sum[key] += tally[key]
  return sum
}

/** What counts say. */
export function accuracyOf(tally: LabelTally): LabelAccuracy {
  const { solutions, known, told, agreed, wrong, named, found } = tally
  return {
    solutions,
    steps: known,
    coverage: told / known,
    stepAccuracy: agreed / told,
    firstErrorPrecision: found / named,
    firstErrorRecall: found / wrong,
    firstErrorF1: (2 * found) / (named + wrong),
  }
}
