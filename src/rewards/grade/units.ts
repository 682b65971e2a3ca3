// Units of quantities: what each is worth in its dimension. A unit that is not here is a name.

import { integer, quotient, type Rational, same, times } from './algebra/rational.ts'

interface Unit {
  readonly dimension: string
  readonly factor: Rational
}

/** What units multiply to: the exponent of each dimension, and the size. */
interface Product {
  readonly powers: ReadonlyMap<string, number>
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
  ...of('euros', 'euro euros EUR', 1),
  ...of('yen', 'yen JPY', 1),
  ...of('force', 'N newton newtons', 1),
  ...of('energy', 'J joule joules', 1),
  ...of('energy', 'kJ', 1000),
  ...of('power', 'W watt watts', 1),
  ...of('power', 'kW', 1000),
  ...of('angle', 'degree degrees deg', 1),
  ...of('celsius', 'celsius Celsius', 1),
  ...of('fahrenheit', 'fahrenheit Fahrenheit', 1),
  ...of('kelvin', 'kelvin kelvins', 1),
  ...of('radians', 'radian radians rad', 1),
])

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

const joining = /^(?:and|or|not|if|but|is|are|to)$/i
/** Words that make another number of the one before them. */
const multiples =
  /^(?:tens|lakhs?|crores?|kilo|mega|halves|thirds|(?:four|fif|six|seven|eigh|nin|ten|hundred|thousand|million|billion)ths?)$/i

/** Whether a text of words can stand after a number and say what it counts: `square units`. */
export function isUnitText(text: string): boolean {
  if (text.length > 60 || !/^[A-Za-z\\][A-Za-z\\/^{}\d\s.*-]*$/.test(text)) return false
  const words = text.match(/[A-Za-z\\]+/g) ?? []
  return words.length <= 4 && !words.some(word => joining.test(word) || multiples.test(word))
}

/** Whether quantities of these units can be compared: the factor from one to the other, 1 for names. */
export function unitFactor(from: string, to: string): Rational | null {
  const [a, b] = [known(from), known(to)]
  if (!a || !b) return integer(1)
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
    const found = units.get(base)
    if (!found) return null
    const exponent = power * Number(/-?\d/.exec(word)?.[0] ?? 1)
    powers.set(found.dimension, (powers.get(found.dimension) ?? 0) + exponent)
    const { n, d } = found.factor
    const one = exponent < 0 ? quotient(d, n)! : found.factor
    for (let i = 0; i < Math.abs(exponent); i++) factor = times(factor, one)
  }
  return powers.size === 0 ? null : { powers, factor }
}
