// Whether a predicted answer is the known one: by what each of them is. The known answer decides what
// is asked for, so the rules are not the same in both directions.

import { symbolsOf } from '../algebra/symbols.ts'
import { type Answer, isExpression } from './answer.ts'
import { sameBare, sameInBasis, sameMatrix, sameSpelledOut } from './brackets.ts'
import { by, type Context, spend } from './context.ts'
import { sameRegion } from './joined-sets.ts'
import { sameElements, sameInOrder, sharedBy, sharedName, withoutRepeats } from './lists.ts'
import { withConstantOf } from './names.ts'
import { isOpposed, sameUnknown } from './opposed.ts'
import { withRest } from './otherwise.ts'
import { closesInfinity } from './pieces.ts'
import { filled } from './progressions.ts'
import {
  isMeasured,
  isTimeOrRatio,
  loosely,
  sameNumber,
  sameQuantity,
  sameRatio,
} from './quantities.ts'
import {
  assignmentOf,
  measureOf,
  type Relation,
  sameAssignment,
  sameRelation,
  spreadOf,
} from './relations.ts'
import { isCongruence, residueOf } from './residues.ts'
import { piecesOf, samePieces } from './sets.ts'
import { sameOption, sameWord } from './spoken.ts'

/** Whether the prediction is the known answer, under the policy of the context. */
export function same(gold: Answer, pred: Answer, context: Context): boolean {
  spend(context)
  if (gold.kind === 'option' || pred.kind === 'option') return sameOption(gold, pred, context)
  if (gold.kind === 'relation') return sameAsRelation(gold, pred, context)
  if (pred.kind === 'relation') return sameAsNamed(gold, pred, context)
  if (sameInBasis(gold, pred, context)) return true
  if (isMeasured(gold) || isMeasured(pred)) return sameQuantity(gold, pred, context)
  if (gold.kind === 'word' || pred.kind === 'word') return sameWord(gold, pred, context)
  if (isExpression(gold) && isExpression(pred))
    return sameNumber(gold, withConstantOf(gold, pred), context)
  if (gold.kind === 'based' && pred.kind === 'based') {
    return (
      gold.base === pred.base &&
      trimmed(gold.digits) === trimmed(pred.digits) &&
      by(context, 'exact')
    )
  }
  if (isTimeOrRatio(gold) || isTimeOrRatio(pred)) return sameRatio(gold, pred, context)
  if (gold.kind === 'matrix' || pred.kind === 'matrix') return sameMatrix(gold, pred, context)
  return sameCollection(gold, pred, context)
}

function sameAsRelation(gold: Relation, pred: Answer, context: Context): boolean {
  const named = assignmentOf(gold)
  if (pred.kind === 'relation') {
    const residue = isCongruence(gold) && !isCongruence(pred) ? residueOf(pred) : null
    if (residue) return sameRelation(gold, residue, context)
    const other = assignmentOf(pred)
    if (named && other && sameAssignment(named, other, context)) return true
    if (gold.signs[0] === 'in' && pred.signs[0] === 'in')
      return [0, 1].every(side => same(gold.sides[side], pred.sides[side], context))
    if (sameRelation(gold, pred, context)) return true
    if (gold.signs.includes('=') || pred.signs.includes('=')) return false
    return sameUnknown(gold, pred) && sameSet(gold, pred, context)
  }
  if (gold.signs[0] === 'in') return same(gold.sides[1], pred, context)
  const value = (named ?? measureOf(gold))?.value
  const system = sameSystem(gold, pred, context)
  if (system !== null) return system
  if (value) return context.policy.assignment !== 'none' && same(value, pred, context)
  const chain =
    context.policy.assignment === 'chain' && gold.signs.every(sign => sign === '=' || sign === '~')
  const worked = gold.sides.every(side => isExpression(side) && symbolsOf(side).length === 0)
  if (chain && (gold.signs.length > 1 || worked)) return same(gold.sides.at(-1)!, pred, context)
  if (chain && gold.signs[0] === '~') return same(gold.sides[0], pred, context)
  const bracketed =
    pred.kind === 'interval' ||
    pred.kind === 'region' ||
    pred.kind === 'set' ||
    pred.kind === 'builder' ||
    (pred.kind === 'symbol' && pred.name.startsWith('mathbb:'))
  const tuple = pred.kind === 'tuple' && context.policy.tupleForInterval
  return (
    (bracketed || tuple || pred.kind === 'list') &&
    !gold.signs.includes('=') &&
    sameSet(gold, pred, context)
  )
}

/** (x, y) = (2, 3) and x = 2, y = 3; null where these are not what there is. */
function sameSystem(pair: Relation, list: Answer, context: Context): boolean | null {
  const spread = spreadOf(pair)
  const named = list.kind === 'list' && list.items.every(item => item.kind === 'relation')
  return spread && named ? sameElements(spread, list.items, context) : null
}

/** A prediction that names its value, or that is a relation where a set is asked for. */
function sameAsNamed(gold: Answer, pred: Relation, context: Context): boolean {
  const { assignment, relationForSet } = context.policy
  const system = sameSystem(pred, gold, context)
  if (system !== null) return system
  if (pred.signs.length === 1 && pred.signs[0] === 'in') {
    return pred.sides[0].kind === 'symbol' && same(gold, pred.sides[1], context)
  }
  const named = assignmentOf(pred)
  if (named && (pred.signs.length === 1 || assignment === 'chain')) {
    return assignment !== 'none' && isChain(pred, context) && same(gold, named.value, context)
  }
  if (assignment === 'chain' && pred.signs.every(sign => sign === '=' || sign === '~')) {
    const exact = pred.signs[0] === '~' ? pred.sides[0] : pred.sides.at(-1)!
    const closed = pred.signs[0] === '~' || same(pred.sides[0], exact, context)
    return closed && same(gold, exact, context)
  }
  // a range is an answer, where bounds of the unknown may repeat the question
  const range =
    pred.sides.length === 3 && pred.sides[1].kind === 'call' && pred.sides[1].name === 'apply'
  const conditions = gold.kind === 'list' && gold.items.every(item => item.kind === 'relation')
  const rest = gold.kind === 'region' && gold.rest === true
  return (relationForSet || range || conditions || rest) && sameSet(gold, pred, context)
}

/** Whether the numbers of x = 2 + 3 = 5 are one number, as far as signs of equality join them. */
function isChain({ signs, sides }: Relation, context: Context): boolean {
  return signs.every((sign, i) => {
    const [left, right] = [sides[i], sides[i + 1]]
    if (i === 0 || sign !== '=' || !isExpression(left) || !isExpression(right)) return true
    const closed = symbolsOf(left).length === 0 && symbolsOf(right).length === 0
    return !closed || same(left, right, loosely(context))
  })
}

function sameSet(gold: Answer, pred: Answer, context: Context): boolean {
  if (!context.policy.closedInfinity && closesInfinity(pred) && !closesInfinity(gold)) return false
  const [a, b] = [gold, pred].map(side => piecesOf(side, context.state.steps))
  return a !== null && b !== null && samePieces(a, b, context) && by(context, 'exact')
}

function trimmed(digits: string): string {
  return digits.replace(/^0+(?=.)/, '')
}

function sameCollection(gold: Answer, pred: Answer, context: Context): boolean {
  const { looseBrackets, tupleForInterval } = context.policy
  const [known, found] = [withRest(gold), withRest(pred)]
  if (
    gold.kind === 'tuple' &&
    pred.kind === 'tuple' &&
    sameInOrder(gold.items, pred.items, context)
  )
    return true
  if (known || found) return sameCollection(known ?? gold, found ?? pred, context)
  if (gold.kind === 'tuple' && pred.kind === 'tuple') return false
  if (
    gold.kind === 'interval' &&
    pred.kind === 'interval' &&
    gold.open.join() === pred.open.join()
  ) {
    if (sameInOrder(gold.ends, pred.ends, loosely(context))) return true
  }
  const [a, b] = [elements(gold), elements(pred)]
  if (a && b) {
    const [named, other] = [sharedBy(gold), sharedBy(pred)]
    if (named !== null && other !== null && named !== other) return false
    if (isOpposed(gold, pred)) return sameConditions(gold, pred, context)
    if (gold.kind !== 'set' && pred.kind !== 'set')
      return sameElements(a, b, context) || sameConditions(gold, pred, context)
    return sameElements(withoutRepeats(a, context), withoutRepeats(b, context), context)
  }
  if (sameSpelledOut(gold, pred, context)) return true
  if (gold.kind === 'region' && pred.kind === 'region' && sameRegion(gold, pred, context))
    return true
  if (looseBrackets && (a || b) && (gold.kind === 'tuple' || pred.kind === 'tuple'))
    return sameBare(gold, pred, context)
  const pair = gold.kind === 'tuple' || pred.kind === 'tuple'
  return (!pair || tupleForInterval) && sameSet(gold, pred, context)
}

function sameConditions(gold: Answer, pred: Answer, context: Context): boolean {
  const relations = (answer: Answer) =>
    answer.kind === 'list' && answer.items.some(item => item.kind === 'relation')
  return relations(gold) && relations(pred) && sameSet(gold, pred, context)
}

function elements(answer: Answer): readonly Answer[] | null {
  return answer.kind === 'list' || answer.kind === 'set' ? sharedName(filled(answer.items)) : null
}
