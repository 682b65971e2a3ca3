import { integer } from '../algebra/rational.ts'
import {
  type Answer,
  algebraic,
  call,
  type Expression,
  isExpression,
  type Joint,
  number,
  type RegionSign,
  type RelationSign,
  symbol,
  written,
} from '../answers/answer.ts'
import { limits, TooLarge, Unparsable } from '../limits.ts'
import { Cursor, type Reading } from './cursor.ts'
import { grouped } from './grouped.ts'
import { atom } from './parse-atom.ts'
import { factor } from './parse-factor.ts'
import { quantity } from './parse-quantity.ts'
import { symbolAt } from './parse-symbol.ts'

/** Reads a normalised answer. Throws Unparsable or TooLarge. */
export function parse(text: string, reading: Reading): Answer {
  const p = new Cursor(text, reading, { list, factor, atom })
  const answer = list(p)
  if (!p.ended) throw new Unparsable(p.peek()!.text)
  return answer
}

/** Elements with separators between them; semicolons separate before commas do. */
function list(p: Cursor): Answer {
  return p.nested(() => {
    const items = [element(p)]
    const joints: Joint[] = []
    for (let joint = separator(p); joint; joint = separator(p)) {
      if (items.length >= limits.elements) throw new TooLarge('elements')
      joints.push(joint)
      items.push(element(p))
    }
    return grouped(items, joints)
  })
}

/** A comma, a semicolon, a word between elements, or both a comma and a word. */
function separator(p: Cursor): Joint | null {
  const comma = p.accept(',') ? ',' : p.accept(';') ? ';' : null
  const token = p.peek()
  const word = token && token.kind !== 'sign' ? token.text.toLowerCase().replace(/[^a-z]/g, '') : ''
  const joint =
    word === 'and' || word === 'land' ? 'and' : word === 'or' || word === 'lor' ? 'or' : null
  if (joint) p.next()
  return joint ?? comma
}

const relations: Readonly<Record<string, RelationSign>> = {
  '=': '=', '<': '<', '>': '>', le: '<=', ge: '>=', ne: '!=', approx: '~', in: 'in', subset: 'subset',
  superset: 'superset', to: 'to', from: 'from', iff: 'iff', cong: 'cong',
} // biome-ignore format: a table

function element(p: Cursor): Answer {
  const sides: Answer[] = [definition(p) ?? region(p)]
  const signs: RelationSign[] = []
  for (let token = p.peek(); token && isRelation(token.text, token.kind); token = p.peek()) {
    signs.push(relations[p.next().text])
    sides.push(region(p))
  }
  sides.push(congruent(p, sides.pop()!))
  if (signs.length === 0) return sides[0]
  // congruent figures, and numbers that are nearly equal
  const figures = sides.some(side => /"(?:triangle|angle)/.test(written(side)))
  const read = signs.map(sign => (sign === 'cong' && !figures ? '~' : sign))
  return { kind: 'relation', signs: read, sides }
}

/** `3 (\\bmod 5)`: the numbers that leave this rest, which are no number. */
function congruent(p: Cursor, rest: Answer): Answer {
  if (!p.is('(') || !p.isCommand('bmod', 1)) return rest
  p.next()
  p.next()
  const modulus = algebraic(p.list())
  p.expect(')')
  return call('apply', symbol('rest modulo'), least(algebraic(rest), modulus), modulus)
}

/** The least rest that is not negative, of a whole number. */
function least(rest: Expression, modulus: Expression): Expression {
  const negative = rest.kind === 'call' && rest.name === 'neg'
  const size = negative ? rest.args[0] : rest
  if (size.kind !== 'number' || modulus.kind !== 'number') return rest
  const [n, m] = [negative ? -size.value.n : size.value.n, modulus.value.n]
  if (size.value.d !== 1n || modulus.value.d !== 1n || m <= 0n) return rest
  return number(integer(((n % m) + m) % m))
}

function isRelation(text: string, kind: string): boolean {
  return (kind === 'sign' || kind === 'command') && Object.hasOwn(relations, text)
}

/** `f(x, y)` before an equals sign: a function that is defined, not a product. */
function definition(p: Cursor): Expression | null {
  const start = p.position
  const symbolic = symbolAt(p)
  const name = symbolic && inverse(p) ? `${symbolic}^-1` : symbolic
  if (name && p.accept('(')) {
    const args: Expression[] = []
    do {
      const arg = symbolAt(p)
      if (arg) args.push(symbol(arg))
      else break
    } while (p.accept(','))
    if (args.length > 0 && p.accept(')') && p.is('=')) return call('apply', symbol(name), ...args)
  }
  p.return(start)
  return measure(p)
}

/** The exponent of an inverse function, `^{-1}`, read where a bracket follows. */
function inverse(p: Cursor): boolean {
  const signs = ['^', '{', '-', '1', '}', '(']
  if (!signs.every((text, i) => p.peek(i)?.text === text)) return false
  p.return(p.position + 5)
  return true
}

/** Whether the bracket that opens here closes before an equals sign. */
function equalsFollows(p: Cursor): boolean {
  let depth = 0
  for (let k = 0; p.peek(k); k++) {
    if (p.is('(', k)) depth++
    else if (p.is(')', k) && --depth <= 0) return p.is('=', k + 1)
    if (depth === 0) return false
  }
  return false
}

/** `P(X = 2)` before an equals sign: a function of what is no number. */
function measure(p: Cursor): Expression | null {
  const start = p.position
  const name = symbolAt(p)
  if (name !== null && equalsFollows(p) && p.accept('(')) {
    const inside = list(p)
    const named = !isExpression(inside) && inside.kind !== 'list'
    if (named && p.accept(')') && p.is('='))
      return call('apply', symbol(name), call('event', symbol(written(inside))))
  }
  p.return(start)
  return null
}

const regions: Readonly<Record<string, RegionSign>> = {
  cup: 'union',
  cap: 'intersection',
  setminus: 'difference',
}

function region(p: Cursor): Answer {
  let left = ratio(p)
  for (let token = p.peek(); token?.kind === 'command'; token = p.peek()) {
    const sign = Object.hasOwn(regions, token.text) ? regions[token.text] : null
    if (!sign) break
    p.next()
    left = { kind: 'region', sign, parts: [left, ratio(p)] }
  }
  return left
}

function ratio(p: Cursor): Answer {
  const first = quantity(p)
  if (!p.is(':') && !isTo(p)) return first
  const terms = [algebraic(first)]
  while (p.accept(':') || (isTo(p) && p.next())) terms.push(algebraic(quantity(p)))
  return { kind: 'ratio', terms }
}

/** The word between the terms of `2 \\text{ to } 3`. */
function isTo(p: Cursor): boolean {
  const token = p.peek()
  return (token?.kind === 'text' || token?.kind === 'word') && token.text === 'to'
}
