// What an answer can be once it is read: a tree. Its leaves and calls are algebra; its containers are
// what mathematicians put around algebra.

import type { Rational } from '../algebra/rational.ts'
import { Unparsable } from '../limits.ts'

/** An expression: numbers, symbols and functions of them. */
export type Expression =
  | { readonly kind: 'number'; readonly value: Rational; readonly places: number | null }
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }

export type RelationSign = Compared | 'in' | 'subset' | 'superset' | 'to' | 'from' | 'iff' | 'cong'
/** Signs between numbers. */
export type Compared = '=' | '<' | '>' | '<=' | '>=' | '!=' | '~'

/** A list may be joined by a comma, a semicolon or a word. */
export type Joint = ',' | ';' | 'and' | 'or'

export type Container =
  | { readonly kind: 'list'; readonly joint: Joint; readonly items: readonly Answer[] }
  | { readonly kind: 'tuple' | 'set'; readonly items: readonly Answer[] }
  | { readonly kind: 'matrix'; readonly rows: readonly (readonly Answer[])[] }
  | { readonly kind: 'interval'; readonly ends: readonly [Answer, Answer]; readonly open: Open }
  | {
      readonly kind: 'region'
      readonly sign: RegionSign
      readonly parts: readonly Answer[]
      readonly rest?: boolean // what other conditions leave: "otherwise"
    }
  | { readonly kind: 'relation'; readonly signs: readonly RelationSign[]; readonly sides: Sides }
  | { readonly kind: 'ratio'; readonly terms: readonly Expression[] }
  | {
      readonly kind: 'clock'
      readonly seconds: number
      readonly terms: readonly Expression[] | null
    }
  | { readonly kind: 'based'; readonly digits: string; readonly base: number }
  | { readonly kind: 'quantity'; readonly value: Answer; readonly unit: string }
  | { readonly kind: 'percent'; readonly value: Expression }
  | { readonly kind: 'option'; readonly letter: string; readonly value: Answer }
  /** caseless: the same in lower case; null where letters of it may be symbols, which have a case. */
  | { readonly kind: 'word'; readonly text: string; readonly caseless: string | null }
  | { readonly kind: 'builder'; readonly symbol: Expression; readonly condition: Answer }

export type Answer = Expression | Container
export type Open = readonly [left: boolean, right: boolean]
export type RegionSign = 'union' | 'intersection' | 'difference'
type Sides = readonly Answer[]

export function isExpression(answer: Answer): answer is Expression {
  return answer.kind === 'number' || answer.kind === 'symbol' || answer.kind === 'call'
}

export function number(value: Rational, places: number | null = null): Expression {
  return { kind: 'number', value, places }
}

export function symbol(name: string): Expression {
  return { kind: 'symbol', name }
}

export function call(name: string, ...args: readonly Expression[]): Expression {
  return { kind: 'call', name, args }
}

/** A text that answers share which are written alike. */
export function written(answer: Answer): string {
  return JSON.stringify(answer, (_, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
}

/** An answer as an expression. Throws Unparsable where it is a container. */
export function algebraic(answer: Answer): Expression {
  if (isExpression(answer)) return answer
  throw new Unparsable(answer.kind)
}
