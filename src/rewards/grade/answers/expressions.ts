import { sameExactly } from '../algebra/normal-form.ts'
import type { Steps } from '../algebra/polynomial.ts'
import { sameAtPoints } from '../algebra/sample.ts'
import { TooLarge } from '../limits.ts'
import type { Expression } from './answer.ts'
import { by, type Context, spend } from './context.ts'
import { isLiteral, sameFraction } from './literals.ts'
import { isNear } from './near.ts'

/** Whether a predicted expression equals the known one. */
export function sameExpression(gold: Expression, pred: Expression, context: Context): boolean {
  spend(context)
  if (!context.policy.unevaluated && isLiteral(gold) && !isLiteral(pred)) return false
  if (!context.policy.unreducedFractions && !sameFraction(gold, pred)) return false
  // what an ellipsis leaves out is not known, nor what comes of infinity: such things are alike or they are not
  if ([gold, pred].some(side => isCut(side) || isUnbounded(side)))
    return textOf(gold) === textOf(pred) && by(context, 'exact')
  const exact = exactly(gold, pred, context.state.steps)
  if (exact !== null) return (exact && by(context, 'exact')) || isNear(gold, pred, context)
  switch (sameAtPoints(gold, pred, context.state.steps)) {
    case 'proved':
      return by(context, 'symbolic')
    case 'agreed':
      return by(context, 'numeric')
    case 'different':
      context.state.refuted = 'numeric'
      return isNear(gold, pred, context)
    default:
      context.state.undecided = true
      return false
  }
}

/** Null also where a number is too large to be worked out. */
function exactly(gold: Expression, pred: Expression, steps: Steps): boolean | null {
  try {
    return sameExactly(gold, pred, steps)
  } catch (error) {
    if (error instanceof TooLarge && steps.left >= 0) return null
    throw error
  }
}

function isCut(e: Expression): boolean {
  return e.kind === 'call' ? e.args.some(isCut) : e.kind === 'symbol' && e.name === '...'
}

/** Whether infinity stands in arithmetic, where it has no value: only a sign before it keeps one. */
function isUnbounded(e: Expression): boolean {
  if (e.kind !== 'call' || bounding.has(e.name)) return false
  const within = e.args.some(arg =>
    arg.kind === 'symbol' ? arg.name === 'infty' : isUnbounded(arg),
  )
  return within && !(e.args.length === 1 && signs.has(e.name) && e.args[0].kind === 'symbol')
}

const bounding = new Set(['sum', 'prod', 'lim', 'int', 'apply'])
const signs = new Set(['neg', 'add', 'pm'])

function textOf(e: Expression): string {
  if (e.kind === 'number') return `${e.value.n}/${e.value.d}`
  return e.kind === 'symbol' ? e.name : `${e.name}(${e.args.map(textOf).join(',')})`
}
