// Right solutions in which digits are miswritten here and there, every token labelled. A judge of steps has to learn to
// compare what came with what was to be expected; one wrong step a solution says little of that, many wrong ones much.

import { pick, type Random } from '../../numbers/random.ts'
import type { Tokenizer } from '../../tokenizer/tokenizer.ts'
import type { Reading } from '../reading.ts'
import type { LabelledSolution } from '../solution.ts'
import { laidOut } from './examples.ts'
import type { Examples, View } from './methods/method.ts'
import type { ClassifiedExample } from './objective.ts'

/** A right solution's tokens, and where its steps begin and end. */
export type RightTokens = Pick<Reading, 'ids' | 'promptLength' | 'ends_S'>

/** The solutions of which every step is labelled right, as they are scored; others are passed over, and not counted. */
export function rightTokens(
  solutions: readonly LabelledSolution[],
  view: View,
): Examples<RightTokens> {
  const right = solutions.filter(
    ({ labels_S, meaning }) =>
      meaning === 'rightness' && labels_S.length > 0 && labels_S.every(label => label === 1),
  )
  return laidOut(right, { ...view, long: 'leave-out' }, view.positions, (_, windows) =>
    windows.map(({ reading }) => reading),
  )
}

/** What a replaced token is drawn from: of each token with a digit, those that differ from it in digits alone. */
export function digitVariants(tokenizer: Tokenizer): ReadonlyMap<number, readonly number[]> {
  const byShape = new Map<string, number[]>()
  const pieces = tokenizer.pieces(Array.from({ length: tokenizer.vocabSize }, (_, id) => id))
  pieces.forEach((piece, id) => {
    if (!/[0-9]/.test(piece)) return
    const shape = piece.replace(/[0-9]/g, '0')
    byShape.set(shape, [...(byShape.get(shape) ?? []), id])
  })
  const variants = new Map<number, readonly number[]>()
  for (const ids of byShape.values())
    for (const id of ids)
      if (ids.length > 1)
        variants.set(
          id,
          ids.filter(other => other !== id),
        )
  return variants
}

/**
 * Replaced-token detection (ELECTRA, arXiv:2003.10555, section 2), carried to the ends of steps: each token that has
 * variants is replaced by one of them with probability `share`, and the first target of a step's tokens is 1 up to its first
 * replaced one, 0 from there on. What later steps make of a replaced token is as it was, so that each is judged by itself.
 * Other targets have no label.
 */
export function replacedExample(
  { ids, promptLength, ends_S }: RightTokens,
  variants: ReadonlyMap<number, readonly number[]>,
  { share, targets, random }: { share: number; targets: number; random: Random },
): ClassifiedExample {
  const mixed = ids.slice(0, ends_S.at(-1))
  const count = mixed.length - promptLength
  const labels = new Float32Array(count * targets).fill(Number.NaN)
  let at = promptLength
  for (const end of ends_S)
    for (let right = 1; at < end; at++) {
      const others = variants.get(ids[at]!)
      if (others !== undefined && random() < share) {
        mixed[at] = pick(random, others)
        right = 0
      }
      labels[(at - promptLength) * targets] = right
    }
  const at_N = Int32Array.from({ length: count }, (_, n) => promptLength + n)
  return { ids: mixed, at_N, labels }
}
