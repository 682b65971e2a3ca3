// What a calculator works out: whole numbers, decimals, + - * / ^ and brackets, exactly. It reads no names and runs no code.

import {
  integer,
  minus,
  negative,
  over,
  plus,
  power,
  type Rational,
  readDecimal,
  times,
} from '../rewards/grade/algebra/rational.ts'
import { TooLarge } from '../rewards/grade/limits.ts'

const longest = 400 // characters of an expression
const depth = 64 // of brackets, signs and powers within each other
const digits = 400 // of a result

/** The value of an expression, `7`, `-3` or `7/2`; null for what is none, divides by 0, or is too long. */
export function calculated(text: string): string | null {
  if (text.length > longest) return null
  try {
    const value = new Reader(text.replace(/\s+/g, '')).whole()
    if (value === null) return null
    const { n, d } = value
    const shown = d === 1n ? `${n}` : `${n}/${d}`
    return shown.length > digits ? null : shown
  } catch (error) {
    if (error instanceof TooLarge) return null
    throw error
  }
}

type Value = Rational | null // null: it is no number

// sum: product [+-] product; product: signed [*/] signed; signed: [+-] raised; raised: operand ^ signed
class Reader {
  private readonly text: string
  private at = 0
  private within = 0

  constructor(text: string) {
    this.text = text
  }

  whole(): Value {
    const value = this.sum()
    return this.at === this.text.length ? value : null
  }

  private sum(): Value {
    return this.chain(() => this.product(), { '+': plus, '-': minus })
  }

  private product(): Value {
    return this.chain(() => this.signed(), { '*': times, '/': over })
  }

  private signed(): Value {
    if (this.takes('-')) return this.inner(() => map(this.signed(), negative))
    if (this.takes('+')) return this.inner(() => this.signed())
    const base = this.operand()
    if (base === null || !this.takes('^')) return base
    const exponent = this.inner(() => this.signed())
    return exponent?.d === 1n ? power(base, exponent.n) : null
  }

  private operand(): Value {
    if (this.takes('(')) {
      const value = this.inner(() => this.sum())
      return this.takes(')') ? value : null
    }
    const found = /^(\d+(\.\d+)?|\.\d+)/.exec(this.text.slice(this.at))?.[0]
    if (found === undefined) return null
    this.at += found.length
    return found.includes('.') ? readDecimal(found) : integer(BigInt(found))
  }

  private chain(
    part: () => Value,
    operators: Readonly<Record<string, (a: Rational, b: Rational) => Value>>,
  ): Value {
    let value = part()
    for (;;) {
      const operator = operators[this.text[this.at] ?? '']
      if (value === null || operator === undefined) return value
      this.at++
      const other = part()
      value = other && operator(value, other)
    }
  }

  private inner(part: () => Value): Value {
    if (++this.within > depth) throw new TooLarge('depth')
    const value = part()
    this.within--
    return value
  }

  private takes(character: string): boolean {
    if (this.text[this.at] !== character) return false
    this.at++
    return true
  }
}

function map(value: Value, change: (value: Rational) => Rational): Value {
  return value && change(value)
}
