// Mistakes that somebody solving a linear equation could make.

import { below, type Random } from '../../numbers/random.ts'
import { applyMove, type Equation, type Move, nextMove, solvedValue, stepText } from './equation.ts'
import {
  asMistake,
  type Mistake,
  type MistakeKind,
  repeatedStep,
  slip,
  withoutCarry,
} from './mistakes.ts'

/** A mistake in the doing of the canonical move. */
function whileMoving(
  kind: MistakeKind,
  change: (next: Equation, random: Random, state: Equation, move: Move) => Equation | null,
): Mistake<Equation> {
  return asMistake(kind, (state, random) => {
    const move = nextMove(state)
    const next = move && applyMove(state, move)
    const changed = move && next && change(next, random, state, move)
    return changed ? stepText(move, changed) : null
  })
}

const wrongNumber = whileMoving('result', ({ left, right }, random) => ({
  left,
  right: { ...right, constant: slip(right.constant, random) },
}))
const lostCarry = whileMoving('carry', ({ left, right }, _random, state, move) => {
  if (move.kind !== 'subtract' || move.constant === 0) return null
  const operator = move.constant < 0 ? '+' : '-'
  const constant = withoutCarry(state.right.constant, operator, Math.abs(move.constant))
  return constant === null ? null : { left, right: { ...right, constant } }
})
const wrongSign = whileMoving('sign', ({ left }, _random, state, move) =>
  move.kind === 'subtract'
    ? {
        left,
        right: {
          factor: 1,
          x: move.x === 0 ? state.right.x : state.right.x + move.x,
          constant: state.right.constant + move.constant,
        },
      }
    : null,
)
const oneSide = whileMoving('half-done', ({ left, right }, random, state) =>
  random() < 0.5 ? { left, right: state.right } : { left: state.left, right },
)
/** Another coefficient of x: a slip of copying where the move leaves it alone, or else of computing. */
const wrongCoefficient = (kind: 'copied' | 'result') =>
  whileMoving(kind, ({ left, right }, random, state) => {
    const x = slip(left.x, random)
    const copied = left.x === state.left.x
    return x < 1 || copied !== (kind === 'copied') ? null : { left: { ...left, x }, right }
  })
const halfExpanded = whileMoving('half-done', ({ left, right }, _random, state, move) =>
  move.kind === 'expand' ? { left: { ...left, constant: state.left.constant }, right } : null,
)
const droppedTerm = whileMoving('dropped', ({ left, right }, random) =>
  random() < 0.5 && left.constant !== 0
    ? { left: { ...left, constant: 0 }, right }
    : { left, right: { ...right, constant: 0 } },
)
const skipped = asMistake<Equation>('skipped', state => {
  const move = nextMove(state)
  const next = move && applyMove(state, move)
  const further = next && nextMove(next)
  const after = further && applyMove(next, further)
  return after ? stepText(move, after) : null
})
const wrongMove = asMistake<Equation>('sign', (state, random) => {
  const move = nextMove(state)
  if (move?.kind !== 'subtract') return null
  const flipped: Move = { kind: 'subtract', x: -move.x, constant: -move.constant }
  const next = applyMove(state, random() < 0.5 ? move : flipped)
  return next && stepText(flipped, next)
})
const wrongBox = asMistake<Equation>('answer', (state, random) => {
  const value = solvedValue(state)
  return value === null ? null : `\\boxed{${slip(value, random)}}`
})
const earlyBox = asMistake<Equation>('early-stop', (state, random) =>
  solvedValue(state) !== null || below(random, 3) > 0 // rarer than a slip
    ? null
    : `\\boxed{${state.right.constant}}`,
)

/** Kinds of mistakes; one that stands several times is drawn as often. */
export const equationMistakes: readonly Mistake<Equation>[] = [
  wrongNumber,
  wrongNumber,
  lostCarry,
  wrongSign,
  oneSide,
  wrongCoefficient('copied'),
  wrongCoefficient('result'),
  halfExpanded,
  droppedTerm,
  skipped,
  wrongMove,
  repeatedStep,
  wrongBox,
  earlyBox,
]
