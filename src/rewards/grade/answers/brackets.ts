// Matrices and tuples, also where their brackets were exchanged or left out.

import { symbolsOf } from '../algebra/symbols.ts'
import { type Answer, call, isExpression, symbol } from './answer.ts'
import type { Context } from './context.ts'
import { sameExpression } from './expressions.ts'
import { sameInOrder } from './lists.ts'
import { assignmentOf } from './relations.ts'

/** Whether matrices have the same entries; where brackets may be exchanged, a tuple is a row or a column. */
export function sameMatrix(gold: Answer, pred: Answer, context: Context): boolean {
  if (gold.kind === 'matrix' && pred.kind === 'matrix') {
    return (
      gold.rows.length === pred.rows.length &&
      gold.rows.every((row, i) => sameInOrder(row, pred.rows[i], context))
    )
  }
  if (!context.policy.looseBrackets) return false
  const [a, b] = [entries(gold), entries(pred)]
  return a !== null && b !== null && sameInOrder(a, b, context)
}

/** 2i - j + 5k for (2, -1, 5): a vector by its entries on one side, by unit vectors on the other. */
export function sameInBasis(gold: Answer, pred: Answer, context: Context): boolean {
  const [vector, sum] = isExpression(pred) ? [gold, pred] : [pred, gold]
  if (!isExpression(sum) || sum.kind !== 'call' || isExpression(vector)) return false
  const named = symbolsOf(sum)
  if (!(named.includes('j') || named.includes('k'))) return false
  const items = vector.kind === 'matrix' && vector.rows[0].length > 1 ? null : entries(vector)
  if (!items?.every(isExpression) || items.length < 2 || items.length > 3) return false
  if (items.some(item => /[ijk]/.test(symbolsOf(item).join()))) return false
  const terms = items.map((item, at) => call('mul', item, symbol('ijk'[at])))
  const spelled = call('add', ...terms)
  const open = { ...context, policy: { ...context.policy, unevaluated: true } }
  return isExpression(pred)
    ? sameExpression(spelled, pred, open)
    : sameExpression(sum, spelled, open)
}

/** The entries of a tuple, or of a matrix of one row or column. */
function entries(answer: Answer): readonly Answer[] | null {
  if (answer.kind === 'tuple') return answer.items
  if (answer.kind === 'interval') return answer.open[0] || answer.open[1] ? null : answer.ends
  if (answer.kind !== 'matrix') return null
  if (answer.rows.length === 1) return answer.rows[0]
  return answer.rows.every(row => row.length === 1) ? answer.rows.map(row => row[0]) : null
}

/** x = 3, y = -2 for (3, -2): names that follow each other in the alphabet say which value is the first. */
export function sameSpelledOut(gold: Answer, pred: Answer, context: Context): boolean {
  const [tuple, list] = gold.kind === 'tuple' ? [gold, pred] : [pred, gold]
  if (tuple.kind !== 'tuple' || list.kind !== 'list' || list.joint === 'or') return false
  if (tuple.items.length !== list.items.length) return false
  const values = new Map(
    list.items.flatMap(item => {
      const named = item.kind === 'relation' ? assignmentOf(item) : null
      return named?.name.kind === 'symbol' ? [[named.name.name, named.value] as const] : []
    }),
  )
  const names = [...values.keys()].sort()
  const follow = (name: string, i: number) =>
    /^[A-Za-z]$/.test(name) && name.charCodeAt(0) === names[0].charCodeAt(0) + i
  if (names.length !== tuple.items.length || !names.every(follow)) return false
  const spelled = names.map(name => values.get(name)!)
  return gold.kind === 'tuple'
    ? sameInOrder(gold.items, spelled, context)
    : sameInOrder(spelled, tuple.items, context)
}

/** A tuple whose brackets were left out on one side. */
export function sameBare(gold: Answer, pred: Answer, context: Context): boolean {
  const [a, b] = [bareItems(gold), bareItems(pred)]
  return a !== null && b !== null && sameInOrder(a, b, context)
}

/** What a tuple or a list holds; values with names in the order of these. */
function bareItems(answer: Answer): readonly Answer[] | null {
  if (answer.kind !== 'tuple' && answer.kind !== 'list') return null
  const named = answer.items.map(item => (item.kind === 'relation' ? assignmentOf(item) : null))
  const letter = (at: number) => {
    const name = named[at]?.name
    return name?.kind === 'symbol' && /^[A-Za-z]$/.test(name.name) ? name.name : null
  }
  if (!answer.items.every((_, at) => letter(at) !== null)) return answer.items
  return [...answer.items.keys()]
    .sort((x, y) => letter(x)!.localeCompare(letter(y)!))
    .map(at => answer.items[at])
}
