// Lists, sets, tuples, matrices and systems: which elements answer to which.

import { keyOfFraction, normalForm } from '../algebra/normal-form.ts'
import type { Steps } from '../algebra/polynomial.ts'
import { TooLarge, Unparsable } from '../limits.ts'
import { type Answer, isExpression } from './answer.ts'
import { by, type Context, spend } from './context.ts'
import { type Assignment, assignmentOf, distinctNames } from './relations.ts'

/** Whether elements agree one by one. */
export function sameInOrder(
  gold: readonly Answer[],
  pred: readonly Answer[],
  context: Context,
): boolean {
  return (
    gold.length === pred.length && gold.every((item, i) => context.same(item, pred[i], context))
  )
}

/** Whether each element has its own equal among the others, in any order. */
export function sameInAnyOrder(
  gold: readonly Answer[],
  pred: readonly Answer[],
  context: Context,
): boolean {
  if (gold.length !== pred.length) return false
  const { steps } = context.state
  const left = [...pred]
  const keys = left.map(item => keyOrNull(item, steps))
  for (const item of gold) {
    spend(context)
    const key = keyOrNull(item, steps)
    let at = key === null ? -1 : keys.indexOf(key)
    if (at >= 0) by(context, 'exact')
    else at = left.findIndex(other => context.same(item, other, context))
    if (at < 0) return false
    left.splice(at, 1)
    keys.splice(at, 1)
  }
  return true
}

/** The elements of a list, as the policy orders them. */
export function sameElements(
  gold: readonly Answer[],
  pred: readonly Answer[],
  context: Context,
): boolean {
  const [named, given] = [assignments(gold), assignments(pred)]
  const bare = !pred.some(item => item.kind === 'relation')
  if (named && bare && distinctNames(named)) {
    return sameInOrder(
      named.map(({ value }) => value),
      pred,
      context,
    )
  }
  if (given && distinctNames(given) && !gold.some(item => item.kind === 'relation')) {
    return (
      context.policy.assignment !== 'none' &&
      sameInOrder(
        gold,
        given.map(({ value }) => value),
        context,
      )
    )
  }
  const inOrder = context.policy.listOrder === 'same' || [...gold, ...pred].some(isEllipsis)
  if (inOrder) return sameInOrder(gold, pred, context)
  if (!context.policy.repeats || gold.length === pred.length)
    return sameInAnyOrder(gold, pred, context)
  return sameInAnyOrder(withoutRepeats(gold, context), withoutRepeats(pred, context), context)
}

/** Elements of a set: those that occur twice count once. */
export function withoutRepeats(items: readonly Answer[], context: Context): readonly Answer[] {
  const kept: Answer[] = []
  for (const item of items) {
    spend(context)
    if (!kept.some(other => context.same(other, item, context))) kept.push(item)
  }
  return kept
}

/** Elements with the name that only the first one bears given to none: n = 1, 2, 3. */
export function sharedName(items: readonly Answer[]): readonly Answer[] {
  const [first, ...rest] = items
  if (first?.kind !== 'relation' || rest.some(item => item.kind === 'relation')) return items
  const assignment = assignmentOf(first)
  if (assignment) return [assignment.value, ...rest]
  return first.signs.length === 1 && first.signs[0] === 'in' ? [first.sides[1], ...rest] : items
}

function assignments(items: readonly Answer[]): Assignment[] | null {
  const named = items.map(item => (item.kind === 'relation' ? assignmentOf(item) : null))
  return named.every(item => item !== null) ? (named as Assignment[]) : null
}

function isEllipsis(item: Answer): boolean {
  return item.kind === 'symbol' && item.name === '...'
}

/** A text that equal elements share, where the exact tier has one. */
function keyOrNull(item: Answer, steps: Steps): string | null {
  if (!isExpression(item)) return null
  try {
    return keyOfFraction(normalForm(item, steps))
  } catch (error) {
    const harmless = error instanceof TooLarge && steps.left >= 0
    if (harmless || error instanceof Unparsable) return null
    throw error
  }
}
