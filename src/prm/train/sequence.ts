// A labelled rollout as token labels. A reward is read at closing tokens alone, but a judge learns far faster when it is
// also told where in a step it goes wrong.

import type { HardLabels, LabelledSequence } from '../../engine/engine.ts'
import { concat } from '../../numbers/numeric.ts'
import type { Tokenizer } from '../../tokenizer/tokenizer.ts'
import type { Step } from '../../types.ts'
import { firstWrong, type LabelledRollout } from '../label/labelled.ts'

/** Class 1 or 0 at the closing token of each labelled step, and nowhere else. */
export function closingLabels({ rollout, labels_S }: LabelledRollout): HardLabels {
  const ids = concat(rollout.promptIds, rollout.ids)
  const classes = new Int32Array(ids.length).fill(-100)
  labels_S.forEach((label, s) => {
    if (label === null) return
    classes[rollout.promptIds.length + rollout.steps[s]!.end - 1] = Number(label)
  })
  return { ids, classes }
}

/** Labels of two classes of which a wrong one (class 0) counts as much as `weight` right ones. */
export function weighWrong(labels: HardLabels, weight: number): LabelledSequence {
  if (weight === 1) return labels
  const targets = new Float32Array(2 * labels.ids.length).fill(Number.NaN)
  labels.classes.forEach((label, t) => {
    if (label !== -100) targets.set(label === 0 ? [weight, 0] : [0, 1], 2 * t)
  })
  return { ids: labels.ids, targets }
}

/**
 * Beside the closing tokens, every token of a right step is class 1; in the first wrong step, class 1 while it can still
 * become one of the right texts, class 0 from the token on where it cannot.
 */
export function tokenLabels(
  example: LabelledRollout,
  rightTexts: readonly string[],
  tokenizer: Tokenizer,
): HardLabels {
  const { rollout, labels_S } = example
  const { ids, classes } = closingLabels(example)
  const offset = rollout.promptIds.length
  labels_S.forEach((label, s) => {
    const { start, end } = rollout.steps[s]!
    if (label === true) classes.fill(1, offset + start, offset + end)
  })
  const wrong = firstWrong(labels_S)
  if (wrong >= 0 && rightTexts.length > 0) {
    const step = rollout.steps[wrong]!
    const leaves = leavingToken(step, rollout.ids, rightTexts, tokenizer)
    classes.fill(1, offset + step.start, offset + leaves)
    classes.fill(0, offset + leaves, offset + step.end)
  }
  return { ids, classes }
}

/** The first token of a step after which no right text is possible; its closing token where only the end is wrong. */
export function leavingToken(
  step: Pick<Step, 'start' | 'end' | 'text'>,
  ids: Int32Array,
  rightTexts: readonly string[],
  tokenizer: Tokenizer,
): number {
  const common = Math.max(...rightTexts.map(right => commonPrefix(step.text, right)))
  const pieces = tokenizer.pieces(ids.subarray(step.start, step.end))
  let seen = 0
  for (let t = step.start; t < step.end - 1; t++) {
    seen += pieces[t - step.start]!.length
    if (seen > common) return t
  }
  return step.end - 1
}

function commonPrefix(a: string, b: string): number {
  let n = 0
  while (n < a.length && n < b.length && a[n] === b[n]) n++
  return n
}
