// Labelled solutions and a view of them, over the toy vocabulary.

import { minformLayout } from '../../../src/prm/layout.ts'
import type { LabelledSolution } from '../../../src/prm/solution.ts'
import type { View } from '../../../src/prm/train/methods/method.ts'
import { tokenizer } from '../../toy.ts'
import { solutionOf } from '../solutions.ts'

export const tokens = {
  tokenizer,
  bosId: null,
  chat: (): never => {
    throw new Error('no template')
  },
}

/** Solutions as minform lays them out, labels by their own meaning. */
export const view: View = {
  layout: minformLayout,
  tokens,
  positions: 32,
  rule: { mode: null, threshold: 0.5 },
  long: 'leave-out',
  inside: null,
}

/** A solution of `q0` with these labels. */
export function labelled(
  steps: readonly string[],
  labels_S: readonly (number | null)[],
  more: Partial<LabelledSolution> = {},
): LabelledSolution {
  return {
    ...solutionOf('q0', steps),
    labels_S,
    meaning: 'rightness',
    answerRight: null,
    source: 'toy',
    kind: null,
    ...more,
  }
}
