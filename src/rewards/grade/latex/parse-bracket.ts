// Brackets of all kinds: groups, tuples, intervals, sets, absolute values, matrices and systems.

import { type Answer, algebraic, call, type Expression, symbol } from '../answers/answer.ts'
import { limits, TooLarge, Unparsable } from '../limits.ts'
import type { Cursor } from './cursor.ts'
import { symbolAt } from './parse-symbol.ts'

/** A braced group that only groups; what it holds. */
export function group(p: Cursor): Answer {
  p.expect('{')
  const inside = outsideBars(p, () => p.list())
  p.expect('}')
  return inside
}

/** A braced group, or one digit, letter or command. */
export function argument(p: Cursor): Expression {
  const token = p.peek()
  if (p.is('{')) return algebraic(group(p))
  if (token?.kind === 'number' && token.text.length > 1) {
    const [digit, rest] = [token.text[0], token.text.slice(1)]
    p.replace({ ...token, text: digit }, { ...token, text: rest, spaced: false })
  }
  if (token?.kind === 'sign') throw new Unparsable(token.text)
  return algebraic(p.atom())
}

/** What an opening bracket opens. */
export function bracket(p: Cursor): Answer {
  if (p.is('{')) return group(p)
  if (p.accept('\\{')) return set(p)
  if (p.accept('(')) return closed(p, true)
  if (p.accept('[')) return closed(p, false)
  if (p.accept(']')) return outward(p)
  throw new Unparsable(p.peek()?.text ?? 'the end')
}

function closed(p: Cursor, open: boolean): Answer {
  const inside = outsideBars(p, () => p.list())
  const items = inside.kind === 'list' ? flat(inside.items) : [inside]
  const outward = !open && items.length === 2 && p.accept('[')
  const round = outward || p.accept(')')
  if (!round && !p.accept(']')) throw new Unparsable('no closing bracket')
  if (items.length === 1) {
    if (open !== round) throw new Unparsable('brackets')
    return inside
  }
  if (open === round && (open || items.length > 2)) return { kind: 'tuple', items }
  if (items.length !== 2) throw new Unparsable('interval')
  return { kind: 'interval', ends: [items[0], items[1]], open: [open, round] }
}

/** ]a, b[ and its half-open kin. */
function outward(p: Cursor): Answer {
  const inside = p.list()
  if (inside.kind !== 'list' || inside.items.length !== 2) throw new Unparsable('interval')
  const right = p.accept('[')
  if (!right) p.expect(']')
  return { kind: 'interval', ends: [inside.items[0], inside.items[1]], open: [true, right] }
}

function set(p: Cursor): Answer {
  if (p.accept('\\}')) return { kind: 'set', items: [] }
  const start = p.position
  const member = symbolAt(p)
  if (member !== null && p.accept(':')) return builder(p, symbol(member))
  if (member !== null && p.acceptCommand('in')) {
    const domain = symbolAt(p)
    if (domain?.startsWith('mathbb:') && (p.accept(':') || p.accept('|')))
      return builder(p, symbol(member), symbol(domain))
  }
  p.return(start)
  const bars = p.bars
  p.bars = 1 // a bar in a set separates
  const inside = p.list()
  p.bars = bars
  if (p.accept('|') || p.acceptCommand('mid') || p.accept(':')) {
    return builder(p, algebraic(inside.kind === 'relation' ? inside.sides[0] : inside))
  }
  p.expect('\\}')
  return { kind: 'set', items: inside.kind === 'list' ? inside.items : [inside] }
}

/** {x : condition}, after the colon. */
function builder(p: Cursor, member: Expression, domain?: Expression): Answer {
  const said = p.list()
  p.expect('\\}')
  if (!domain || said.kind === 'list') {
    if (domain && domain.kind === 'symbol' && domain.name !== 'mathbb:R')
      throw new Unparsable('a domain beside several conditions')
    return { kind: 'builder', symbol: member, condition: said }
  }
  const within: Answer = { kind: 'relation', signs: ['in'], sides: [member, domain] }
  const condition: Answer = { kind: 'list', joint: 'and', items: [within, said] }
  return { kind: 'builder', symbol: member, condition }
}

/** |x|, and the norm ||x||. */
export function bars(p: Cursor): Answer {
  const bar = p.next().text
  p.bars++
  const inside = algebraic(p.list())
  p.bars--
  p.expect(bar)
  return call('abs', inside)
}

function outsideBars<T>(p: Cursor, read: () => T): T {
  const bars = p.bars
  p.bars = 0
  const value = read()
  p.bars = bars
  return value
}

/** A semicolon inside a bracket separates no more than a comma does. */
function flat(items: readonly Answer[]): readonly Answer[] {
  return items.flatMap(item => (item.kind === 'list' ? item.items : [item]))
}

const matrices = /^([pbvB]?matrix|smallmatrix|array)$/

/** A matrix, or a system of equations as a list. */
export function environment(p: Cursor): Answer {
  const name = p.next().text
  const rows: Answer[][] = [[]]
  while (p.peek() && p.peek()!.kind !== 'end') {
    if (rows.length * rows[0].length > limits.elements) throw new TooLarge('matrix')
    if (p.accept('\\\\')) rows.push([])
    else if (!p.accept('&')) rows.at(-1)!.push(outsideBars(p, () => p.list()))
  }
  if (p.next().text !== name) throw new Unparsable(name)
  const filled = rows.filter(row => row.length > 0)
  if (filled.length === 0) throw new Unparsable(name)
  if (/cases$/.test(name) && rows.length > 1 && filled.every(isPiece)) return pieces(filled)
  if (name === 'Vmatrix') throw new Unparsable(name)
  if (!matrices.test(name)) return { kind: 'list', joint: 'and', items: filled.flat() }
  if (filled.some(row => row.length !== filled[0].length)) throw new Unparsable('rows')
  return name === 'vmatrix' ? determinant(filled) : { kind: 'matrix', rows: filled }
}

/** The determinant, by its first row. */
function determinant(rows: readonly (readonly Answer[])[]): Expression {
  if (rows.length !== rows[0].length || rows.length > 4) throw new Unparsable('a determinant')
  const [first, ...rest] = rows
  if (rest.length === 0) return algebraic(first[0])
  const terms = first.map((entry, column) => {
    const minor = determinant(rest.map(row => row.filter((_, at) => at !== column)))
    const term = call('mul', algebraic(entry), minor)
    return column % 2 === 0 ? term : call('neg', term)
  })
  return call('add', ...terms)
}

/** Whether a row says a value and where it is taken. */
function isPiece(row: readonly Answer[]): boolean {
  const condition = row[1]
  if (row.length !== 2) return false
  const relations = condition.kind === 'list' ? condition.items : [condition]
  return condition.kind === 'word' || relations.every(item => item.kind === 'relation')
}

/** A function by its pieces: values with their conditions, in any order, where none says "otherwise". */
function pieces(rows: readonly (readonly Answer[])[]): Answer {
  const items = rows.map((row): Answer => ({ kind: 'tuple', items: row }))
  if (rows.some(([, condition]) => condition.kind === 'word')) return { kind: 'tuple', items }
  return { kind: 'list', joint: ';', items }
}
