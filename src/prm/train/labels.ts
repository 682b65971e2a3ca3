// Which labels of a solution are learned, and as what.

import { firstBelow, type LabelledSolution } from '../solution.ts'

/** 'first-error': those up to the first wrong step (PURE, arXiv:2504.15275, section 4.1); 'all': every one that there is. */
export const labelModes = ['first-error', 'all'] as const
export type LabelMode = (typeof labelModes)[number]

export interface LabelRule {
  /** Null: by what labels mean. Rightness ends with the first error, a value may rise again after a low one. */
  readonly mode: LabelMode | null
  readonly threshold: number // a label below it says wrong
  readonly soft: boolean // as they are; otherwise 0 or 1, by the threshold
}

export const defaultRule: LabelRule = { mode: null, threshold: 0.5, soft: false }

/** The label of each step that is learned, 1 being right; null where there is none, or none that counts. */
export function learnedLabels(
  { labels_S, meaning }: Pick<LabelledSolution, 'labels_S' | 'meaning'>,
  { mode, threshold, soft }: LabelRule,
): (number | null)[] {
  const shown = mode ?? (meaning === 'value' ? 'all' : 'first-error')
  const first = shown === 'all' ? -1 : firstBelow(labels_S, threshold)
  return labels_S.map((label, s) => {
    if (label === null || (first >= 0 && s > first)) return null
    return soft ? label : Number(label >= threshold)
  })
}
