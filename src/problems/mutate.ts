// Wrong versions of real steps, made by changing one number: `48/2 = 24` becomes `48/2 = 25`. A
// label costs nothing this way, but it only teaches arithmetic slips, not mistakes of reasoning.

import { below, pick, type Random } from '../numbers/random.ts'

export type Mutation = 'result' | 'operand' | 'copied' | 'dropped'

export interface Mutated {
  readonly text: string
  readonly kind: Mutation
}

interface NumberSpan {
  readonly start: number
  readonly end: number
}

const numberPattern = /\d+(?:,\d{3})*(?:\.\d+)?/g
const termPattern = /\s*[-+*/×÷]\s*\$?\d+(?:,\d{3})*(?:\.\d+)?/g

/** A wrong version of a step, or null where it holds no number. */
export function mutateStep(step: string, random: Random): Mutated | null {
  const spans = spansOf(step, numberPattern)
  if (spans.length === 0) return null
  const equals = step.lastIndexOf('=')
  const result = spans.find(span => span.start > equals)
  const operands = spans.filter(span => span.end <= equals)
  const terms = spansOf(step.slice(0, Math.max(equals, 0)), termPattern)
  const zero = operands.some(span => Number(step.slice(span.start, span.end)) === 0)
  const makers: (() => Mutated)[] = []
  if (equals < 0) makers.push(() => change(step, pick(random, spans), 'copied', random))
  if (equals >= 0 && result) makers.push(() => change(step, result, 'result', random))
  // beside a zero another operand need not break the equation
  if (operands.length > 0 && result && !zero)
    makers.push(() => change(step, pick(random, operands), 'operand', random))
  if (terms.length > 0 && result && !zero) makers.push(() => drop(step, pick(random, terms)))
  if (makers.length === 0) makers.push(() => change(step, pick(random, spans), 'copied', random))
  const made = pick(random, makers)()
  return neutral(step, made) ? change(step, result ?? spans[0], 'result', random) : made
}

function change(step: string, span: NumberSpan, kind: Mutation, random: Random): Mutated {
  const other = otherNumber(step.slice(span.start, span.end), random)
  return { text: step.slice(0, span.start) + other + step.slice(span.end), kind }
}

function drop(step: string, span: NumberSpan): Mutated {
  return { text: step.slice(0, span.start) + step.slice(span.end), kind: 'dropped' }
}

/** Whether a dropped term was one that changes nothing: times or divided by one. */
function neutral(step: string, made: Mutated): boolean {
  if (made.kind !== 'dropped') return false
  return /[*/×÷]\s*\$?1(?![\d.,])/.test(step)
}

/** Another number in the same notation: a slip in its last digits, or any number of as many digits. */
function otherNumber(text: string, random: Random): string {
  const decimals = text.includes('.') ? text.length - text.indexOf('.') - 1 : 0
  const digits = BigInt(text.replaceAll(/[,.]/g, ''))
  const by = BigInt(pick(random, [1, 1, 1, 2, 3, 10]))
  const near = random() < 0.5 || digits < by ? digits + by : digits - by
  const any = BigInt(below(random, 10 ** Math.min(9, String(digits).length)))
  const value = random() < 0.6 || any === digits ? near : any
  const plain = String(value).padStart(decimals + 1, '0')
  const whole = decimals === 0 ? plain : plain.slice(0, -decimals)
  const grouped = text.includes(',') ? whole.replaceAll(/\B(?=(\d{3})+$)/g, ',') : whole
  return decimals === 0 ? grouped : `${grouped}.${plain.slice(-decimals)}`
}

function spansOf(text: string, pattern: RegExp): NumberSpan[] {
  return Array.from(text.matchAll(pattern), match => ({
    start: match.index,
    end: match.index + match[0].length,
  }))
}
