// Sets that are joined from others, whatever their elements are.

import type { Answer } from './answer.ts'
import type { Context } from './context.ts'
import { sameElements, sameInOrder } from './lists.ts'

/** Sets of any kind joined alike: A and B, or B and A, but where one is taken off the other. */
export function sameRegion(gold: Region, pred: Region, context: Context): boolean {
  if (gold.sign !== pred.sign || gold.rest !== pred.rest) return false
  if (gold.sign === 'difference') return sameInOrder(gold.parts, pred.parts, context)
  const parts = (region: Region): readonly Answer[] =>
    region.parts.flatMap(part =>
      part.kind === 'region' && part.sign === region.sign ? parts(part) : [part],
    )
  return sameElements(parts(gold), parts(pred), context)
}

type Region = Extract<Answer, { kind: 'region' }>
