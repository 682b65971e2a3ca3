// Units of quantities: what each is worth in its dimension. A unit that is not here is a name.

import { integer, quotient, type Rational, same, times } from './algebra/rational.ts'

interface Unit {
  readonly dimension: string
  readonly factor: Rational
}

const of = (dimension: string, names: string, n: number | bigint, d: number | bigint = 1) =>
  names
    .split(' ')
    .map(name => [name, { dimension, factor: quotient(BigInt(n), BigInt(d))! }] as const)

const units: ReadonlyMap<string, Unit> = new Map([
  ...of('length', 'm meter meters metre metres', 1),
  ...of('length', 'cm centimeter centimeters centimetre centimetres', 1, 100),
  ...of('length', 'mm millimeter millimeters', 1, 1000),
  ...of('length', 'nm nanometer nanometers', 1, 10 ** 9),
  ...of('length', 'um \\mum micrometer micrometers', 1, 10 ** 6),
  ...of('length', 'km kilometer kilometers kilometre kilometres', 1000),
  ...of('length', 'in inch inches', 254, 10_000),
  ...of('length', 'ft foot feet', 3048, 10_000),
  ...of('length', 'yd yard yards', 9144, 10_000),
  ...of('length', 'mi mile miles', 1_609_344, 1000),
  ...of('mass', 'g gram grams', 1, 1000),
  ...of('mass', 'mg milligram milligrams', 1, 10 ** 6),
  ...of('mass', 'kg kilogram kilograms', 1),
  ...of('mass', 'ton tons tonne tonnes', 1000),
  ...of('mass', 'lb lbs pound pounds', 45_359_237, 10 ** 8),
  ...of('mass', 'oz ounce ounces', 45_359_237, 16 * 10 ** 8),
  ...of('time', 's sec secs second seconds', 1),
  ...of('time', 'ms millisecond milliseconds', 1, 1000),
  ...of('time', 'min mins minute minutes', 60),
  ...of('time', 'h hr hrs hour hours', 3600),
  ...of('time', 'day days', 86_400),
  ...of('time', 'week weeks', 604_800),
  ...of('date', 'month months', 1),
  ...of('date', 'year years yr yrs', 12),
  ...of('volume', 'l L liter liters litre litres', 1),
  ...of('volume', 'ml mL milliliter milliliters', 1, 1000),
  ...of('volume', 'gallon gallons gal', 1),
  ...of('money', 'dollar dollars usd USD', 1),
  ...of('money', 'cent cents', 1, 100),
  ...of('speed', 'mph', 1),
  ...of('force', 'N newton newtons', 1),
  ...of('energy', 'J joule joules', 1),
  ...of('energy', 'kJ', 1000),
  ...of('power', 'W watt watts', 1),
  ...of('power', 'kW', 1000),
  ...of('angle', 'degree degrees deg', 1),
  ...of('radians', 'radian radians rad', 1),
])

/** Letters that may be a unit right after a number, where that is allowed. */
export const letterUnits: ReadonlySet<string> = new Set(['m', 's', 'g', 'L', 'l', 'h'])

const fillers = new Set([
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
  return units.has(word)
}

/** Whether a text of words can stand after a number and say what it counts: `square units`. */
export function isUnitText(text: string): boolean {
  if (text.length > 60 || !/^[A-Za-z\\][A-Za-z\\/^{}\d\s.*-]*$/.test(text)) return false
  const words = text.match(/[A-Za-z\\]+/g) ?? []
  return words.length <= 4 && !words.some(word => /^(and|or|not|if|but|is|are)$/i.test(word))
}

/** Whether quantities of these units can be compared: the factor from one to the other, 1 for names. */
export function unitFactor(from: string, to: string): Rational | null {
  const [a, b] = [known(from), known(to)]
  if (!a || !b) return integer(1)
  if (a.dimension !== b.dimension) return null
  return same(a.factor, b.factor) ? integer(1) : times(a.factor, quotient(b.factor.d, b.factor.n)!)
}

/** The dimension and size of `km/h`, `cm^2` or `square feet`; null where a word is no unit. */
function known(text: string): Unit | null {
  const parts = text.replace(/\bper\b/g, '/').split('/')
  if (parts.length > 2) return null
  const [upper, lower] = parts.map(product)
  if (!upper || (parts.length === 2 && !lower)) return null
  if (!lower) return upper
  return {
    dimension: `${upper.dimension}/${lower.dimension}`,
    factor: times(upper.factor, quotient(lower.factor.d, lower.factor.n)!),
  }
}

function product(text: string): Unit | null {
  const power = /\b(square|sq)\b/.test(text) ? 2 : /\b(cubic|cu)\b/.test(text) ? 3 : 1
  const words = text.match(/[A-Za-z\\]+(?:\s*\^\s*\{?\d\}?)?/g) ?? []
  let unit: Unit = { dimension: '', factor: integer(1) }
  for (const word of words) {
    const base = /^[A-Za-z\\]+/.exec(word)![0]
    if (fillers.has(base) && words.length > 1) continue
    const found = units.get(base)
    if (!found) return null
    const exponent = power * Number(/\d/.exec(word)?.[0] ?? 1)
    for (let i = 0; i < exponent; i++) {
      unit = {
        dimension: [unit.dimension, found.dimension].filter(Boolean).sort().join('.'),
        factor: times(unit.factor, found.factor),
      }
    }
  }
  return unit.dimension === '' ? null : unit
}
