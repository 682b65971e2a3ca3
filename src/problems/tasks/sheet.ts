// What a word problem comes down to: named quantities, each of them one operation on numbers of the text or on quantities
// before it; the last one is asked for. A step computes one of them: `cost of pens: 3*4=12 dollars`.

import { z } from 'zod'
import { checked } from '../../data/checked.ts'
import { DataError } from '../../errors.ts'
import type { Problem } from '../../types.ts'
import { type Advance, boxedNumber, type StepKind } from './task.ts'

const number = z.int().min(0)
const operand = z.union([number, z.string()])
const quantityRow = z.object({
  name: z.string(),
  unit: z.string(), // of more than one
  operator: z.enum(['+', '-', '*', '/']),
  left: operand,
  right: operand,
})
const sheetRow = z.object({
  quantities: z.array(quantityRow).min(1),
  /** Numbers of the text that nothing needs, and quantities that somebody might compute from them. */
  unneeded: z.object({ numbers: z.array(number), names: z.array(z.string()) }),
})

export type Quantity = z.infer<typeof quantityRow>
/** A number of the text, or the name of a quantity. */
export type Operand = Quantity['left']
export type Operator = Quantity['operator']
export type Sheet = z.infer<typeof sheetRow>

/** How far somebody has come. */
export interface Progress {
  readonly sheet: Sheet
  readonly values: ReadonlyMap<string, number> // of all quantities, computed or not
  readonly known: ReadonlySet<string> // computed so far
  readonly planned: ReadonlySet<string> // announced so far
}

/** What a step says: an operation, its result, and what that is. */
export interface Work {
  readonly name: string
  readonly left: number
  readonly operator: Operator
  readonly right: number
  readonly value: number
  readonly unit: string
}

const singular: ReadonlyMap<string, string> = new Map([
  ['feet', 'foot'],
  ['inches', 'inch'],
])

/** `3 dollars`, `1 dollar`, `1 foot`. */
export function amount(value: number, unit: string): string {
  return `${value} ${unitOf(value, unit)}`
}

/** One of a unit: `foot` of feet. */
export function oneOf(unit: string): string {
  return singular.get(unit) ?? unit.replace(/s$/, '')
}

/** What an operation gives; a fraction or infinite where it does not divide evenly. */
export function operate(left: number, operator: Operator, right: number): number {
  if (operator === '+') return left + right
  if (operator === '-') return left - right
  return operator === '*' ? left * right : left / right
}

/** The beginning of a problem's sheet; throws DataError where its meta holds none, or one that does not add up. */
export function startSheet(problem: Problem): Progress {
  const wrong = (what: string): Error =>
    new DataError(`problem ${problem.id}: ${what}; was it made by this task?`)
  const fail = (what: string): never => {
    throw wrong(`meta.sheet${what}`)
  }
  const sheet = checked(sheetRow, problem.meta.sheet, wrong, { at: 'meta.sheet' })
  const values = new Map<string, number>()
  for (const { name, operator, left, right } of sheet.quantities) {
    for (const one of [left, right])
      if (typeof one === 'string' && !values.has(one)) fail(`: ${name} needs ${one}, not there yet`)
    const value = operate(numberOf(values, left), operator, numberOf(values, right))
    if (!Number.isSafeInteger(value) || values.has(name)) fail(`: ${name} is no whole number`)
    values.set(name, value)
  }
  return { sheet, values, known: new Set(), planned: new Set() }
}

/** The quantity that is asked for. */
export function askedFor({ quantities }: Sheet): Quantity {
  return quantities[quantities.length - 1]
}

/** The value of an operand. */
export function numberOf(values: ReadonlyMap<string, number>, one: Operand): number {
  return typeof one === 'number' ? one : values.get(one)!
}

/** Quantities that are not computed yet. */
export function pending({ sheet, known }: Progress): Quantity[] {
  return sheet.quantities.filter(({ name }) => !known.has(name))
}

/** Whether all that a quantity is computed from is known. */
export function isReady({ known }: Progress, { left, right }: Quantity): boolean {
  return [left, right].every(one => typeof one === 'number' || known.has(one))
}

/** The work that a quantity takes, done right. */
export function workOf(
  { values }: Progress,
  { name, operator, left, right, unit }: Quantity,
): Work {
  const numbers = { left: numberOf(values, left), right: numberOf(values, right) }
  return { name, operator, ...numbers, value: values.get(name)!, unit }
}

/** The text of a solving step. */
export function solveText({ name, left, operator, right, value, unit }: Work): string {
  return `${name}: ${left}${operator}${right}=${amount(value, unit)}`
}

/** The text of a planning step. */
export function planText(name: string): string {
  return `Find the ${name}.`
}

/** The name in a planning step; null for any other text. */
export function readPlan(step: string): string | null {
  return /^Find the ([a-z]+(?: [a-z]+)*)\.$/.exec(step)?.[1] ?? null
}

const solveForm = /^([a-z]+(?: [a-z]+)*): (\d{1,9})([-+*/])(\d{1,9})=(-?\d{1,9}) ([a-z]+)$/

/** What a step does, by its form. */
export function sheetKindOf(step: string): StepKind | null {
  if (readPlan(step) !== null) return 'plan'
  return solveForm.test(step) ? 'solve' : null
}

/** What a solving step or an answer makes of the state; any order in which everything needed is known will do. */
export function advanceSolving(state: Progress, step: string): Advance<Progress> {
  const boxed = boxedNumber(step)
  if (boxed !== null) {
    const asked = askedFor(state.sheet).name
    if (!state.known.has(asked)) return { wrong: 'skips' }
    return boxed === String(state.values.get(asked))
      ? { next: 'solved' }
      : { wrong: 'boxed differs' }
  }
  const parts = solveForm.exec(step)
  if (parts === null) return { wrong: 'not a step' }
  const [, name, left, operator, right, value, unit] = parts
  const quantity = state.sheet.quantities.find(one => one.name === name)
  if (quantity === undefined) return { wrong: 'not needed' }
  if (state.known.has(name)) return { wrong: 'no progress' }
  if (!isReady(state, quantity)) return { wrong: 'skips' }
  const work = workOf(state, quantity)
  if (operator !== work.operator) return { wrong: 'wrong operation' }
  const asTold = left === String(work.left) && right === String(work.right)
  const swapped = swaps(work) && left === String(work.right) && right === String(work.left)
  if (!asTold && !swapped) return { wrong: whichNumber(state, work, [Number(left), Number(right)]) }
  if (value !== String(work.value)) return { wrong: 'wrong result' }
  if (unit !== unitOf(work.value, work.unit)) return { wrong: 'wrong unit' }
  return { next: { ...state, known: new Set([...state.known, name]) } }
}

/** Right texts of the solving step or the answer that comes next. */
export function rightSolving(state: Progress): string[] {
  const asked = askedFor(state.sheet).name
  if (state.known.has(asked)) return [`\\boxed{${state.values.get(asked)}}`]
  return pending(state)
    .filter(one => isReady(state, one))
    .flatMap(one => {
      const work = workOf(state, one)
      const swapped = { ...work, left: work.right, right: work.left }
      return [...new Set([work, ...(swaps(work) ? [swapped] : [])].map(solveText))]
    })
}

function swaps({ operator }: Work): boolean {
  return operator === '+' || operator === '*'
}

function unitOf(value: number, unit: string): string {
  return value === 1 ? oneOf(unit) : unit
}

function whichNumber(
  { sheet }: Progress,
  { left, right }: Work,
  written: readonly number[],
): 'not needed' | 'copied wrong' {
  const foreign = written.filter(one => one !== left && one !== right)
  return foreign.some(one => sheet.unneeded.numbers.includes(one)) ? 'not needed' : 'copied wrong'
}
