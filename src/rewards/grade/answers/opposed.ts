// What keeps relations apart that are made of the same parts: the word that joins them, their unknown.

import { symbolsOf } from '../algebra/symbols.ts'
import { type Answer, type Expression, isExpression, written } from './answer.ts'
import type { Relation } from './relations.ts'

/** Whether "or" stands where both must hold: x = 2 or y = 3 for x = 2, y = 3; x > 2 and x < -1 for either. */
export function isOpposed(gold: Answer, pred: Answer): boolean {
  if (gold.kind !== 'list' || pred.kind !== 'list' || gold.joint === pred.joint) return false
  const relations = [...gold.items, ...pred.items].filter(item => item.kind === 'relation')
  const joints = [gold.joint, pred.joint]
  if (joints.includes('or') && joints.includes('and') && [gold, pred].every(isOfPropositions))
    return true
  if (!joints.includes('or') || relations.length !== gold.items.length + pred.items.length)
    return false
  if (!relations.some(({ signs }) => signs.includes('='))) return joints.includes('and')
  const named = [gold, pred].map(({ items }) =>
    items.map(item => (item.kind === 'relation' ? written(item.sides[0]) : '')),
  )
  return named.every(names => names.length > 1 && new Set(names).size === names.length)
}

/** Whether what is joined are letters, and no values: p and q is not p or q. */
function isOfPropositions({ items }: Extract<Answer, { kind: 'list' }>): boolean {
  return items.every(item => isExpression(item) && symbolsOf(item).length > 0 && isWithout(item))
}

function isWithout(e: Expression): boolean {
  return e.kind === 'symbol' || (e.kind === 'call' && e.args.every(isWithout))
}

/** Whether two inequalities are about the same letter; the values of a function have none. */
export function sameUnknown(gold: Relation, pred: Relation): boolean {
  const [a, b] = [gold, pred].map(({ sides }) =>
    sides.some(side => side.kind === 'call' && side.name === 'apply')
      ? null
      : [...new Set(sides.flatMap(side => (isExpression(side) ? symbolsOf(side) : [])))].sort(),
  )
  return a === null || b === null || a.join() === b.join()
}
