// Units of quantities, and what they multiply to. A unit that is not in the table is a name.

import { integer, quotient, type Rational, same, times } from './algebra/rational.ts'
import { alters, countsThings, sameThings, unitAlone } from './nouns.ts'
import { unitOf, units } from './unit-table.ts'

/** What units multiply to: the exponent of each dimension, and the size. */
interface Product {
  readonly powers: ReadonlyMap<string, number>
  readonly factor: Rational
}

/** Letters that may be a unit right after a number, where that is allowed. */
export const letterUnits: ReadonlySet<string> = new Set(['m', 's', 'g', 'L', 'l', 'h'])

/** Units that are written short for others. */
const short: Readonly<Record<string, string>> = {
  mph: 'mi/h',
  kph: 'km/h',
  kmh: 'km/h',
  kmph: 'km/h',
}

const fillers = new Set([
  'degree',
  'degrees',
  'square',
  'sq',
  'cubic',
  'cu',
  'per',
  'of',
  'a',
  'an',
  'the',
  'each',
  'in',
])

/** Whether a word names a unit. */
export function isUnit(word: string): boolean {
  return units.has(word) || Object.hasOwn(short, word)
}

/**
 * Whether a text of words can stand after a number and say what it counts: `square units`. Where not any
 * noun may, it is a known unit or looks like things.
 */
export function isUnitText(text: string, anyNoun: boolean): boolean {
  if (text.length > 60 || !/^[A-Za-z\\][A-Za-z\\/^{}\d\s.*-]*$/.test(text)) return false
  const words = text.match(/[A-Za-z\\]+/g) ?? []
  if (words.length > 4 || alters(words)) return false
  if (text.length === 1 && known(text) === null) return false
  if (anyNoun || known(text) !== null) return true
  return /^[A-Za-z][A-Za-z\s.-]*$/.test(text) && countsThings(words, word => unitOf(word) !== null)
}

/** Whether quantities of these units can be compared: the factor from one to the other, 1 for names of the same things. */
export function unitFactor(from: string, to: string): Rational | null {
  const [a, b] = [from, to].map(text => known(text) ?? known(unitAlone(text)))
  if (!a || !b) return sameThings(from, to) ? integer(1) : null
  if (dimensionOf(a) !== dimensionOf(b)) return null
  return same(a.factor, b.factor) ? integer(1) : over(a.factor, b.factor)
}

/** `length 1, time -1`: a speed, however it is written. */
function dimensionOf({ powers }: Product): string {
  const left = [...powers].filter(([, power]) => power !== 0)
  return left
    .map(([dimension, power]) => `${dimension} ${power}`)
    .sort()
    .join()
}

function over(a: Rational, b: Rational): Rational {
  return times(a, quotient(b.d, b.n)!)
}

/** What `km/h`, `cm^2`, `m s^-1` or `square feet` is; null where a word is no unit. */
function known(text: string): Product | null {
  const said = text.replace(/^\w+$/, word => (Object.hasOwn(short, word) ? short[word] : word))
  const parts = said.replace(/\bper\b/g, '/').split('/')
  const [upper, ...lower] = parts.map(product)
  if (!upper || lower.length > 1 || lower.includes(null)) return null
  const powers = new Map(upper.powers)
  let { factor } = upper
  for (const under of lower as Product[]) {
    for (const [dimension, power] of under.powers)
      powers.set(dimension, (powers.get(dimension) ?? 0) - power)
    factor = over(factor, under.factor)
  }
  return { powers, factor }
}

function product(text: string): Product | null {
  const power = /\b(square|sq)\b/.test(text) ? 2 : /\b(cubic|cu)\b/.test(text) ? 3 : 1
  const words = text.match(/[A-Za-z\\]+(?:\s*\^\s*\{?-?\d\}?)?/g) ?? []
  const powers = new Map<string, number>()
  let factor: Rational = integer(1)
  for (const word of words) {
    const base = /^[A-Za-z\\]+/.exec(word)![0]
    if (fillers.has(base) && words.length > 1) continue
    const found = unitOf(base)
    if (!found) return null
    const exponent = power * Number(/-?\d/.exec(word)?.[0] ?? 1)
    powers.set(found.dimension, (powers.get(found.dimension) ?? 0) + exponent * (found.power ?? 1))
    const { n, d } = found.factor
    const one = exponent < 0 ? quotient(d, n)! : found.factor
    for (let i = 0; i < Math.abs(exponent); i++) factor = times(factor, one)
  }
  return powers.size === 0 ? null : { powers, factor }
}
