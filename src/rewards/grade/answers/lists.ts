// Lists, sets, tuples, matrices and systems: which elements answer to which.

import { keyOfFraction, normalForm } from '../algebra/normal-form.ts'
import type { Steps } from '../algebra/polynomial.ts'
import { TooLarge, Unparsable } from '../limits.ts'
import { isUnit } from '../units.ts'
import { type Answer, isExpression, written } from './answer.ts'
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
  const [systems, others] = [systemsOf(gold), systemsOf(pred)]
  if (systems !== gold || others !== pred) return sameInAnyOrder(systems, others, context)
  const [nouns, counts] = [labelled(gold), labelled(pred)]
  if (nouns && counts) return sameCounts(nouns, counts, context)
  if ((nouns && isBare(pred)) || (counts && isBare(gold))) return sameInOrder(gold, pred, context)
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

/** p = 5, q = 2, p = 7, q = 2 as two systems, whatever stands between them. */
function systemsOf(items: readonly Answer[]): readonly Answer[] {
  const names = assignments(items)?.map(({ name }) => written(name))
  const size = new Set(names ?? []).size
  if (!names || size < 2 || size === names.length || names.length % size !== 0) return items
  const groups = Array.from({ length: names.length / size }, (_, k) => k * size)
  const first = names.slice(0, size).sort().join()
  const alike = groups.every(
    k =>
      names
        .slice(k, k + size)
        .sort()
        .join() === first,
  )
  const system = (k: number): Answer => ({
    kind: 'list',
    joint: ',',
    items: items.slice(k, k + size),
  })
  return alike ? groups.map(system) : items
}

/** Counts of different things by their nouns: 5 apples, 3 pears. Null for any other list. */
function labelled(items: readonly Answer[]): ReadonlyMap<string, Answer> | null {
  const nouns = new Map<string, Answer>()
  for (const item of items) {
    if (item.kind !== 'quantity' || isUnit(item.unit)) return null
    nouns.set(item.unit.toLowerCase().replace(/s$/, ''), item.value)
  }
  return nouns.size === items.length && nouns.size > 1 ? nouns : null
}

function isBare(items: readonly Answer[]): boolean {
  return items.every(isExpression)
}

function sameCounts(
  gold: ReadonlyMap<string, Answer>,
  pred: ReadonlyMap<string, Answer>,
  context: Context,
): boolean {
  if (gold.size !== pred.size) return false
  return [...gold].every(([noun, value]) => {
    const other = pred.get(noun)
    return other !== undefined && context.same(value, other, context)
  })
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

/** The name that the first element of a list bears for all of them; null where none does. */
export function sharedBy(list: Answer): string | null {
  if (list.kind !== 'list') return null
  const [first] = list.items
  const shared = first?.kind === 'relation' && sharedName(list.items) !== list.items
  return shared ? written(first.sides[0]) : null
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
