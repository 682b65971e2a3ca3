// Exact numbers as people write them in answers: 1,234.50, -\frac{3}{4}, 3/4, $5. No rounding
// anywhere.

/** A number numerator / denominator; `percent` where it was written with a percent sign. */
export interface Rational {
  readonly numerator: bigint
  readonly denominator: bigint // > 0
  readonly percent: boolean
}

const longest = 500 // characters; beyond, an answer is text
const decimal = String.raw`[+-]?(?:\d{1,3}(?:(?:,|\{,\})\d{3})+|\d+)?(?:\.\d*)?`
const plain = new RegExp(`^${decimal}$`)
const slash = new RegExp(`^(${decimal})/(${decimal})$`)
const braced = new RegExp(String.raw`^([+-]?)\\[dt]?frac\{(${decimal})\}\{(${decimal})\}$`)
const bare = /^([+-]?)\\[dt]?frac(?:\{([+-]?\d+)\}|(\d))(?:\{([+-]?\d+)\}|(\d))$/

/** Reads an integer, a decimal or a simple fraction; null for any other text. */
export function readRational(text: string): Rational | null {
  if (text.length > longest) return null
  const percent = /\\?%$/.test(text)
  const compact = text
    .replace(/\s*\\?%$/, '')
    .replaceAll(/\\[,!;]/g, '') // thin spaces group digits; other spaces separate numbers
    .replaceAll(/\s*([/{}])\s*/g, '$1')
    .replace(/^([+-])\s+/, '$1')
  const value = readFraction(compact)
  return value && { ...value, percent }
}

/** Whether two numbers are the same; a percent sign is not looked at. */
export function sameValue(a: Value, b: Value): boolean {
  return a.numerator * b.denominator === b.numerator * a.denominator
}

/** A hundredth of a number. */
export function hundredth({ numerator, denominator }: Value): Value {
  return { numerator, denominator: denominator * 100n }
}

type Value = Pick<Rational, 'numerator' | 'denominator'>

function readFraction(text: string): Value | null {
  if (plain.test(text)) return readDecimal(text)
  const parts = slash.exec(text)
  if (parts) return quotient(parts[1], parts[2])
  const tex = braced.exec(text) ?? bare.exec(text)
  if (!tex) return null
  const [, sign, ...sides] = tex
  const [over, under] = sides.filter(side => side !== undefined)
  const value = quotient(over, under)
  return value && sign === '-' ? { ...value, numerator: -value.numerator } : value
}

function quotient(over: string, under: string): Value | null {
  const [a, b] = [readDecimal(over), readDecimal(under)]
  if (!a || !b || b.numerator === 0n) return null
  const numerator = a.numerator * b.denominator
  const denominator = a.denominator * b.numerator
  return denominator < 0n
    ? { numerator: -numerator, denominator: -denominator }
    : { numerator, denominator }
}

function readDecimal(text: string): Value | null {
  const [whole, part = ''] = text.replaceAll(/[+,{}]/g, '').split('.')
  const digits = whole + part
  if (!/\d/.test(digits)) return null
  const size = BigInt(digits.replace('-', ''))
  return {
    numerator: digits.startsWith('-') ? -size : size,
    denominator: 10n ** BigInt(part.length),
  }
}
