// What each unit is worth in its dimension.

import { quotient, type Rational } from './algebra/rational.ts'

export interface Unit {
  readonly dimension: string
  readonly factor: Rational
  readonly power?: number // of the dimension: a litre is a cube of a length
}

const of = (dimension: string, names: string, n: number | bigint, d: number | bigint = 1) =>
  names
    .split(' ')
    .map(name => [name, { dimension, factor: quotient(BigInt(n), BigInt(d))! }] as const)

/** Units of volume as those of a length to the third power. */
function cubes(units: readonly (readonly [string, Unit])[]) {
  return units.map(([name, unit]) => [name, { ...unit, power: 3 }] as const)
}

const prefixes: readonly (readonly [string, number, number])[] = [
  ['n', 1, 10 ** 9],
  ['u', 1, 10 ** 6],
  ['\\mu', 1, 10 ** 6],
  ['m', 1, 1000],
  ['k', 1000, 1],
  ['M', 10 ** 6, 1],
  ['G', 10 ** 9, 1],
]

/** The symbol of a unit with its prefixes; without one, where it is more than a letter. */
function scaled(dimension: string, name: string, n: number | bigint, d: number | bigint = 1) {
  const alone = name.length > 1 ? of(dimension, name, n, d) : []
  const sized = prefixes.flatMap(([prefix, by, under]) =>
    of(dimension, prefix + name, BigInt(n) * BigInt(by), BigInt(d) * BigInt(under)),
  )
  return [...alone, ...sized]
}

/** Units that are read wherever they stand. */
export const units: ReadonlyMap<string, Unit> = new Map([
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
  ...cubes(of('length', 'l L liter liters litre litres', 1, 1000)),
  ...cubes(of('length', 'ml mL milliliter milliliters', 1, 10 ** 6)),
  ...of('gallons', 'gallon gallons gal', 1),
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

/** Symbols of units that are read where \\text holds them: elsewhere mV is a product. */
const symbols: ReadonlyMap<string, Unit> = new Map([
  ...scaled('frequency', 'Hz', 1),
  ...scaled('pressure', 'Pa', 1),
  ...scaled('pressure', 'bar', 100_000),
  ...of('pressure', 'atm', 101_325),
  ...of('pressure', 'torr Torr mmHg', 101_325, 760),
  ...scaled('energy', 'J', 1),
  ...scaled('energy', 'eV', 1_602_176_634n, 10n ** 28n),
  ...scaled('energy', 'cal', 4184, 1000),
  ...scaled('energy', 'Wh', 3600),
  ...scaled('power', 'W', 1),
  ...of('power', 'hp horsepower', 7_456_998_715_822_702n, 10n ** 13n),
  ...scaled('voltage', 'V', 1),
  ...of('voltage', 'volt volts', 1),
  ...scaled('current', 'A', 1),
  ...of('current', 'amp amps ampere amperes', 1),
  ...scaled('charge', 'C', 1),
  ...of('charge', 'coulomb coulombs', 1),
  ...scaled('capacity', 'F', 1),
  ...scaled('induction', 'T', 1),
  ...scaled('force', 'N', 1),
  ...scaled('amount', 'mol', 1),
  ...of('amount', 'mole moles', 1),
  ...scaled('mass', 'g', 1, 1000),
  ...scaled('length', 'm', 1),
  ...scaled('time', 's', 1),
  ...cubes(scaled('length', 'L', 1, 1000)),
  ...of('length', 'dm decimeter decimeters decimetre decimetres', 1, 10),
  ...of('resistance', 'ohm ohms', 1),
  ...of('resistance', 'kohm kiloohm kiloohms', 1000),
  ...of('frequency', 'hertz', 1),
  ...of('pressure', 'pascal pascals', 1),
])

/** Ways of writing a symbol that its case does not allow, and the one that does. */
const written: Readonly<Record<string, string>> = {
  Km: 'km', KM: 'km', kms: 'km', Kg: 'kg', KG: 'kg', kgs: 'kg', Kms: 'km', CM: 'cm', cms: 'cm', MM: 'mm',
  KPH: 'kph', MPH: 'mph', Hrs: 'hrs', Hr: 'hr', Min: 'min', Sec: 'sec', FT: 'ft', Ft: 'ft', LB: 'lb', Lbs: 'lbs', hz: 'Hz', khz: 'kHz',
} // biome-ignore format: a table

/** What a word is as a unit; null where it is none. */
export function unitOf(word: string): Unit | null {
  const name = Object.hasOwn(written, word) ? written[word] : word
  const lower = name.length > 3 ? name.toLowerCase() : name
  return units.get(name) ?? symbols.get(name) ?? units.get(lower) ?? symbols.get(lower) ?? null
}
