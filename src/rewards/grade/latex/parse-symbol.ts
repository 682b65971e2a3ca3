// Names of variables, with what hangs on them: x_{1}, v_0, k_{\mathrm B}, y'.

import { Unparsable } from '../limits.ts'
import type { Cursor } from './cursor.ts'
import type { Token } from './lex.ts'

/** Commands that are functions of what follows; plain words of the same name are too, where those pass. */
export const functions: ReadonlySet<string> = new Set(
  'cis sin cos tan cot sec csc arcsin arccos arctan arccot sinh cosh tanh coth sech csch asin acos atan ln log exp gcd lcm max min deg det Re Im arg'.split(
    ' ',
  ),
)

/** Commands that are neither functions nor names. */
const structure: ReadonlySet<string> = new Set(
  'frac sqrt binom choose sum prod int iint oint lim cup cap setminus in notin le ge ne approx subset superset to from iff cong pm mp times cdot lfloor rfloor lceil rceil langle rangle land lor emptyset degree not mod bmod pmod ldots mid'.split(
    ' ',
  ),
)

/** Constants that plain text may name. */
const constants: Readonly<Record<string, string>> = {
  pi: 'pi',
  infinity: 'infty',
  inf: 'infty',
  oo: 'infty',
}

/** Whether a token can begin a symbol. */
export function startsSymbol(token: Token | undefined, p: Cursor): boolean {
  if (!token) return false
  if (token.kind === 'letter') return true
  if (token.kind === 'text') return /^[A-Za-z]$/.test(token.text)
  if (token.kind === 'word') return p.reading.plainText && Object.hasOwn(constants, token.text)
  if (token.kind !== 'command' || token.text.startsWith('repeating:')) return false
  return !functions.has(token.text) && !structure.has(token.text)
}

/** The name of the symbol here; null, and nothing read, where none begins. */
export function symbolAt(p: Cursor): string | null {
  const token = p.peek()
  if (!token || !startsSymbol(token, p)) return null
  p.next()
  const base = token.kind === 'word' ? constants[token.text] : token.text
  if (base === 'angle') return base + cornersAt(p) + decorations(p)
  const digits = p.peek()
  // D1 is a name, and no product
  const index =
    /^[A-Za-z]$/.test(base) &&
    digits?.kind === 'number' &&
    !digits.spaced &&
    /^\d+$/.test(digits.text)
  if (/^mathbb:[NZQRC]$/.test(base)) {
    const name = base + partAt(p)
    return /^mathbb:N[+*]$/.test(name) ? 'mathbb:Z+' : name
  }
  return (index ? `${base}_${p.next().text}` : base) + decorations(p)
}

/** The letters of an angle: of three the one in the middle is its corner, and the others may change places. */
function cornersAt(p: Cursor): string {
  let letters = ''
  for (let token = p.peek(); token && /^[A-Z]{1,3}$/.test(token.text); token = p.peek()) {
    if (letters.length + token.text.length > 3) break
    if (token.kind !== 'letter' && token.kind !== 'word') break
    letters += p.next().text
  }
  const [a, b, c] = letters
  if (letters === '') return ''
  return ` ${c !== undefined && c < a! ? c + b + a : letters}`
}

const parts: Readonly<Record<string, string>> = {
  '+': '+', '*': '*', '-': '-', '>0': '+', '<0': '-', 'ge0': '>=0', 'geq0': '>=0', 'ne0': '*', 'ge1': '+',
} // biome-ignore format: a table

/** What of a set of numbers is meant: `^+`, `_{>0}`, `^*`; powers of it are left. */
function partAt(p: Cursor): string {
  const start = p.position
  const above = p.accept('^')
  if (!above && !p.accept('_')) return ''
  const sign = p.peek()
  const text = p.is('{') ? subscript(p) : sign?.kind === 'sign' ? p.next().text : ''
  const part = Object.hasOwn(parts, text) ? parts[text] : null
  if (part !== null && (above || text.length > 1)) return part
  p.return(start)
  return above ? '' : decorations(p)
}

/** Subscripts and primes, in one order. */
export function decorations(p: Cursor): string {
  let under = ''
  let primes = ''
  for (;;) {
    if (p.accept('_')) under += `_${subscript(p)}`
    else if (p.accept("'")) primes += "'"
    else return under + primes
  }
}

/** The text of a subscript, without the braces and fonts that only shape it. */
export function subscript(p: Cursor): string {
  if (!p.accept('{')) {
    const token = p.next()
    if (token.kind === 'sign') throw new Unparsable(token.text)
    return token.text
  }
  let depth = 1
  let text = ''
  for (;;) {
    const token = p.next()
    if (token.kind === 'sign' && token.text === '{') depth++
    else if (token.kind === 'sign' && token.text === '}' && --depth === 0) break
    else text += token.text
  }
  return text
}
