// From a normalised answer to its tree: lists of relations of regions of ratios of sums. What an
// answer is compared as is decided in answers/.

import {
  type Answer,
  algebraic,
  type Container,
  call,
  type Expression,
  type Joint,
  type RegionSign,
  type RelationSign,
  symbol,
} from '../answers/answer.ts'
import { limits, TooLarge, Unparsable } from '../limits.ts'
import { isUnit, isUnitText, letterUnits } from '../units.ts'
import { Cursor, type Reading } from './cursor.ts'
import { atom } from './parse-atom.ts'
import { factor } from './parse-factor.ts'
import { sum } from './parse-sum.ts'
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

function grouped(items: readonly Answer[], joints: readonly Joint[]): Answer {
  if (items.length === 1) return items[0]
  if (!joints.includes(';') || joints.every(joint => joint === ';')) {
    const word = joints.find(joint => joint === 'or') ?? joints.find(joint => joint === 'and')
    return { kind: 'list', joint: word ?? joints[0], items }
  }
  const groups: Answer[][] = [[items[0]]]
  for (const [i, joint] of joints.entries()) {
    if (joint === ';') groups.push([])
    groups.at(-1)!.push(items[i + 1])
  }
  return {
    kind: 'list',
    joint: ';',
    items: groups.map(group =>
      grouped(
        group,
        group.slice(1).map(() => ','),
      ),
    ),
  }
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
  '=': '=', '<': '<', '>': '>', le: '<=', ge: '>=', ne: '!=', approx: '~', in: 'in', subset: 'subset', to: 'to',
} // biome-ignore format: a table

function element(p: Cursor): Answer {
  const sides: Answer[] = [definition(p) ?? region(p)]
  const signs: RelationSign[] = []
  for (let token = p.peek(); token && isRelation(token.text, token.kind); token = p.peek()) {
    signs.push(relations[p.next().text])
    sides.push(region(p))
  }
  return signs.length === 0 ? sides[0] : { kind: 'relation', signs, sides }
}

function isRelation(text: string, kind: string): boolean {
  return (kind === 'sign' || kind === 'command') && Object.hasOwn(relations, text)
}

/** `f(x, y)` before an equals sign: a function that is defined, not a product. */
function definition(p: Cursor): Expression | null {
  const start = p.position
  const name = symbolAt(p)
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
  if (!p.is(':')) return first
  const terms = [algebraic(first)]
  while (p.accept(':')) terms.push(algebraic(quantity(p)))
  return { kind: 'ratio', terms }
}

/** A value and the unit that follows it, if one does. */
function quantity(p: Cursor): Answer {
  const token = p.peek()
  const option = token?.kind === 'text' ? /^\(([A-Za-z])\)$/.exec(token.text) : null
  if (option) {
    p.next()
    return symbol(option[1])
  }
  if (token?.kind === 'text' && token.text.length > 1 && !isExpressionText(p)) return word(p)
  const value = sum(p)
  const unit = unitAt(p)
  return unit === '' ? value : ({ kind: 'quantity', value, unit } satisfies Container)
}

function isExpressionText(p: Cursor): boolean {
  return p.is('(', 1) || p.is('_', 1) || p.is('=', 1) || p.is('^', 1)
}

function word(p: Cursor): Answer {
  const words: string[] = []
  for (
    let token = p.peek();
    token && (token.kind === 'text' || token.kind === 'word');
    token = p.peek()
  ) {
    if (words.length > 0 && /^(and|or)$/i.test(token.text.trim())) break
    words.push(p.next().text)
  }
  return { kind: 'word', text: words.join(' ') }
}

function unitAt(p: Cursor): string {
  const parts: string[] = []
  while (startsUnit(p, parts.length > 0)) {
    parts.push(p.next().text)
    if (p.is('^') && p.peek(1)?.kind === 'number') parts.push(`${p.next().text}${p.next().text}`)
    else if (p.is('^') && p.is('{', 1) && p.peek(2)?.kind === 'number' && p.is('}', 3)) {
      parts.push(`^${[p.next(), p.next(), p.next(), p.next()][2].text}`)
    }
    if (p.is('/')) parts.push(p.next().text)
    else if (p.isCommand('cdot')) p.next()
  }
  return parts.join(' ')
}

function startsUnit(p: Cursor, within: boolean): boolean {
  const token = p.peek()
  if (token?.kind === 'text') return isUnitText(token.text)
  if (token?.kind === 'word')
    return p.reading.plainText ? isUnitText(token.text) : isUnit(token.text)
  return token?.kind === 'letter' && letterUnits.has(token.text) && (within || p.reading.gluedUnits)
}
