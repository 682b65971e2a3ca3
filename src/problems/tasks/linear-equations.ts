// Linear equations, one move a step: `subtract 4, so 3x=15`. A step names a move that brings the
// solution nearer and the equation that it leaves.

import { DataError } from '../../errors.ts'
import { below, type Random } from '../../numbers/random.ts'
import type { Problem } from '../../types.ts'
import {
  applyMove,
  type Equation,
  misplaced,
  nextMove,
  printEquation,
  readEquation,
  readMove,
  type Side,
  solution,
  solvedValue,
  stepText,
} from './equation.ts'
import { equationMistakes } from './equation-mistakes.ts'
import { boxedNumber, byRule, levelOf, metaText, type StepRule, type TaskFamily } from './task.ts'

interface Level {
  readonly max: number // largest number of the problem and of its canonical solution
  readonly coefficient: number // largest coefficient of x
  readonly bothSides: boolean
  readonly brackets: boolean
}

const levels: readonly Level[] = [
  { max: 9, coefficient: 4, bothSides: false, brackets: false },
  { max: 50, coefficient: 9, bothSides: false, brackets: false },
  { max: 99, coefficient: 9, bothSides: true, brackets: false },
  { max: 99, coefficient: 9, bothSides: true, brackets: true },
]

const stepForm = /^([^,]+), so (.+)$/

const rule: StepRule<Equation> = {
  start(problem) {
    const equation = readEquation(metaText(problem, 'equation'))
    if (equation !== null) return equation
    throw new DataError(`problem ${problem.id}: meta.equation is not an equation`)
  },
  advance(state, step) {
    const boxed = boxedNumber(step)
    const value = solvedValue(state)
    if (boxed !== null) {
      if (value === null) return { wrong: 'skips' }
      return boxed === String(value) ? { next: 'solved' } : { wrong: 'boxed differs' }
    }
    const parts = stepForm.exec(step)
    const move = parts && readMove(parts[1])
    if (!parts || !move) return { wrong: 'not a step' }
    const next = applyMove(state, move)
    if (next !== null && printEquation(next) === parts[2]) {
      const nearer = move.kind === 'divide' || misplaced(next) < misplaced(state)
      return nearer ? { next } : { wrong: 'no progress' }
    }
    const found = readEquation(parts[2])
    if (found === null) return { wrong: 'not a step' }
    return { wrong: whyWrong(next, found, solution(state)) }
  },
  right(state) {
    const value = solvedValue(state)
    if (value !== null) return [`\\boxed{${value}}`]
    const move = nextMove(state)
    const next = move && applyMove(state, move)
    return move && next ? [stepText(move, next)] : []
  },
  kindOf(step) {
    const parts = stepForm.exec(step)
    return parts && readMove(parts[1]) ? 'solve' : null
  },
}

/** Linear equations with an integer solution, solved by one move on both sides a step. */
export const linearEquations: TaskFamily = {
  name: 'linear-equations',
  generate: (random, difficulty) => generate(random, levelOf(levels, difficulty)),
  ...byRule(rule, equationMistakes),
}

function generate(random: Random, level: Level): Problem {
  for (;;) {
    const a = 2 + below(random, level.coefficient - 1)
    const c = level.bothSides ? below(random, a) : 0
    const factor = level.brackets ? 2 + below(random, 4) : 1
    const added = (1 + below(random, 9)) * (random() < 0.7 ? 1 : -1)
    const x = 1 + below(random, 9)
    const left: Side = { factor, x: level.brackets ? 1 + below(random, 3) : a, constant: added }
    const value = factor * (left.x * x + left.constant) - c * x
    const equation = { left, right: { factor: 1, x: c, constant: value } }
    if (factor * left.x <= c) continue
    const problem = problemOf(equation)
    const numbers = `${problem.prompt} ${problem.solution?.join(' ')}`.match(/\d+/g) ?? []
    if (numbers.every(one => Number(one) <= level.max)) return problem
  }
}

function problemOf(equation: Equation): Problem {
  const steps: string[] = []
  let state = equation
  for (let move = nextMove(state); move !== null; move = nextMove(state)) {
    state = applyMove(state, move)!
    steps.push(stepText(move, state))
  }
  const answer = String(solvedValue(state))
  return {
    id: `linear-equations:${printEquation(equation)}`,
    prompt: `Solve ${printEquation(equation)}.\n\n`,
    answer,
    solution: [...steps, `\\boxed{${answer}}`],
    meta: { task: 'linear-equations', equation: printEquation(equation) },
  }
}

function whyWrong(next: Equation | null, found: Equation, value: number): string {
  if (solution(found) === value) return 'skips'
  const kept =
    next && (found.left.x === next.left.x || found.right.constant === next.right.constant)
  return kept || next === null ? 'wrong result' : 'copied wrong'
}
