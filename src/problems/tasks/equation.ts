// Linear equations in x with integer numbers: 3x+4=19, 2(x-3)=x+1.

/** factor * (x * coefficient + constant); brackets are written where the factor is not 1. */
export interface Side {
  readonly factor: number
  readonly x: number
  readonly constant: number
}

export interface Equation {
  readonly left: Side
  readonly right: Side
}

/** What is done to both sides: subtracting a negative number is written as adding. */
export type Move =
  | { readonly kind: 'expand' }
  | { readonly kind: 'divide'; readonly by: number }
  | { readonly kind: 'subtract'; readonly x: number; readonly constant: number }

export function printEquation({ left, right }: Equation): string {
  return `${printSide(left)}=${printSide(right)}`
}

/** Reads a printed equation; null for any other text. */
export function readEquation(text: string): Equation | null {
  const sides = text.split('=').map(readSide)
  const [left, right] = sides
  if (sides.length !== 2 || !left || !right) return null
  const equation = { left, right }
  return printEquation(equation) === text ? equation : null
}

export function printMove(move: Move): string {
  if (move.kind === 'expand') return 'expand'
  if (move.kind === 'divide') return `divide by ${move.by}`
  const term = printTerms(Math.abs(move.x), Math.abs(move.constant))
  return `${move.x + move.constant < 0 ? 'add' : 'subtract'} ${term}`
}

/** Reads a printed move; null for any other text. */
export function readMove(text: string): Move | null {
  if (text === 'expand') return { kind: 'expand' }
  const divide = /^divide by (\d{1,9})$/.exec(text)
  if (divide) return Number(divide[1]) > 1 ? { kind: 'divide', by: Number(divide[1]) } : null
  const move = /^(add|subtract) (\d{0,9})(x?)$/.exec(text)
  if (!move || move[2] + move[3] === '') return null
  const size = move[2] === '' ? 1 : Number(move[2])
  const signed = move[1] === 'add' ? -size : size
  const found: Move = {
    kind: 'subtract',
    x: move[3] === 'x' ? signed : 0,
    constant: move[3] === 'x' ? 0 : signed,
  }
  return printMove(found) === text ? found : null
}

/** The equation after a move, or null where the move does not give integers. */
export function applyMove({ left, right }: Equation, move: Move): Equation | null {
  if (move.kind === 'expand') return { left: expanded(left), right: expanded(right) }
  if (move.kind === 'divide') {
    const sides = [divided(left, move.by), divided(right, move.by)]
    return sides[0] && sides[1] ? { left: sides[0], right: sides[1] } : null
  }
  if (left.factor !== 1 || right.factor !== 1) return null
  const subtract = (side: Side): Side => ({
    factor: 1,
    x: side.x - move.x,
    constant: side.constant - move.constant,
  })
  return { left: subtract(left), right: subtract(right) }
}

/** Terms on the wrong side, x on the right or a constant on the left; brackets count as one. */
export function misplaced({ left, right }: Equation): number {
  const brackets = Number(left.factor !== 1) + Number(right.factor !== 1)
  return 3 * brackets + Number(left.constant !== 0) + Number(right.x !== 0)
}

/** The solution of an equation that reads x=7, or else null. */
export function solvedValue({ left, right }: Equation): number | null {
  const plain = left.factor === 1 && right.factor === 1
  return plain && left.x === 1 && left.constant === 0 && right.x === 0 ? right.constant : null
}

/** The value of x that makes both sides equal. */
export function solution({ left, right }: Equation): number {
  const [a, b] = [expanded(left), expanded(right)]
  return (b.constant - a.constant) / (a.x - b.x)
}

/**
 * The canonical next move: brackets, then x to the left, then the constant to the right, then
 * divide.
 */
export function nextMove({ left, right }: Equation): Move | null {
  if (left.factor !== 1 || right.factor !== 1) return { kind: 'expand' }
  if (right.x !== 0) return { kind: 'subtract', x: right.x, constant: 0 }
  if (left.constant !== 0) return { kind: 'subtract', x: 0, constant: left.constant }
  return left.x === 1 ? null : { kind: 'divide', by: left.x }
}

/** The text of a step: the move and the equation that it leaves. */
export function stepText(move: Move, equation: Equation): string {
  return `${printMove(move)}, so ${printEquation(equation)}`
}

function printSide({ factor, x, constant }: Side): string {
  const terms = printTerms(x, constant)
  return factor === 1 ? terms : `${factor}(${terms})`
}

function printTerms(x: number, constant: number): string {
  if (x === 0) return String(constant)
  const first = x === 1 ? 'x' : x === -1 ? '-x' : `${x}x`
  if (constant === 0) return first
  return constant > 0 ? `${first}+${constant}` : `${first}${constant}`
}

function readSide(text: string): Side | null {
  const brackets = /^(\d{1,9})\((.+)\)$/.exec(text)
  const terms = /^(?:(-?\d{0,9})x)?([+-]?\d{1,9})?$/.exec(brackets ? brackets[2] : text)
  if (!terms || (terms[1] === undefined && terms[2] === undefined)) return null
  const coefficient = terms[1] === '' ? 1 : terms[1] === '-' ? -1 : Number(terms[1] ?? 0)
  const factor = brackets ? Number(brackets[1]) : 1
  return { factor, x: coefficient, constant: Number(terms[2] ?? 0) }
}

function expanded({ factor, x, constant }: Side): Side {
  return { factor: 1, x: factor * x, constant: factor * constant }
}

function divided({ factor, x, constant }: Side, by: number): Side | null {
  if (factor % by === 0) return { factor: factor / by, x, constant }
  if (factor !== 1 || x % by !== 0 || constant % by !== 0) return null
  return { factor, x: x / by, constant: constant / by }
}
