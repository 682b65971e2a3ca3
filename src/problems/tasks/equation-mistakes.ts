// Mistakes that somebody solving a linear equation could make.

import { below, type Random } from '../../random.ts'
import { applyMove, type Equation, type Move, nextMove, solvedValue, stepText } from './equation.ts'
import { type Mistake, slip } from './task.ts'

/** A mistake in the doing of the canonical move. */
function whileMoving(
  change: (next: Equation, random: Random, state: Equation, move: Move) => Equation | null,
): Mistake<Equation> {
  return (state, random) => {
    const move = nextMove(state)
    const next = move && applyMove(state, move)
    const changed = move && next && change(next, random, state, move)
    return changed ? stepText(move, changed) : null
  }
}

const wrongNumber = whileMoving(({ left, right }, random) => ({
  left,
  right: { ...right, constant: slip(right.constant, random) },
}))
const wrongSign = whileMoving(({ left }, _random, state, move) =>
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
const oneSide = whileMoving(({ left, right }, random, state) =>
  random() < 0.5 ? { left, right: state.right } : { left: state.left, right },
)
const wrongCoefficient = whileMoving(({ left, right }, random) => {
  const x = slip(left.x, random)
  return x < 1 ? null : { left: { ...left, x }, right }
})
const halfExpanded = whileMoving(({ left, right }, _random, state, move) =>
  move.kind === 'expand' ? { left: { ...left, constant: state.left.constant }, right } : null,
)
const droppedTerm = whileMoving(({ left, right }, random) =>
  random() < 0.5 && left.constant !== 0
    ? { left: { ...left, constant: 0 }, right }
    : { left, right: { ...right, constant: 0 } },
)
const skipped: Mistake<Equation> = state => {
  const move = nextMove(state)
  const next = move && applyMove(state, move)
  const further = next && nextMove(next)
  const after = further && applyMove(next, further)
  return after ? stepText(move, after) : null
}
const wrongMove: Mistake<Equation> = (state, random) => {
  const move = nextMove(state)
  if (move?.kind !== 'subtract') return null
  const flipped: Move = { kind: 'subtract', x: -move.x, constant: -move.constant }
  const next = applyMove(state, random() < 0.5 ? move : flipped)
  return next && stepText(flipped, next)
}
const wrongBox: Mistake<Equation> = (state, random) => {
  const value = solvedValue(state)
  if (value !== null) return `\\boxed{${slip(value, random)}}`
  return below(random, 3) > 0 ? null : `\\boxed{${state.right.constant}}` // rarer than a slip
}

/** The mistakes, the commonest twice. */
export const equationMistakes: readonly Mistake<Equation>[] = [
  wrongNumber,
  wrongNumber,
  wrongSign,
  oneSide,
  wrongCoefficient,
  halfExpanded,
  droppedTerm,
  skipped,
  wrongMove,
  wrongBox,
]
