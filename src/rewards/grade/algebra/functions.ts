// Functions at complex points, each with a bound on its error. Null: not defined, or not known.

import {
  type Approximate,
  add,
  approximate,
  cosine,
  divide,
  exp,
  log,
  modulus,
  multiply,
  negate,
  power,
  sine,
  squareRoot,
} from './complex.ts'

type Value = Approximate | null

const one = approximate(1)
const i = { re: 0, im: 1, error: 0 }
const ulp = 2 ** -52

/** f(args); null where it is undefined or f is unknown. */
export function functionValue(name: string, args: readonly Approximate[]): Value {
  const [a, b] = args
  const found = Object.hasOwn(table, name) ? table[name] : null
  if (found && a) return found(a, b ?? one)
  return null
}

const table: Readonly<Record<string, (a: Approximate, b: Approximate) => Value>> = {
  sin: sine,
  cos: cosine,
  tan: a => divide(sine(a), cosine(a)),
  cot: a => divide(cosine(a), sine(a)),
  sec: a => divide(one, cosine(a)),
  csc: a => divide(one, sine(a)),
  sinh: a => negate(multiply(i, sine(multiply(i, a)))),
  cosh: a => cosine(multiply(i, a)),
  tanh: a => then(table.sinh(a, one), s => divide(s, cosine(multiply(i, a)))),
  coth: a => then(table.sinh(a, one), s => divide(cosine(multiply(i, a)), s)),
  sech: a => divide(one, cosine(multiply(i, a))),
  csch: a => then(table.sinh(a, one), s => divide(one, s)),
  arcsin: a =>
    real(a, Math.asin, x => 1 / Math.sqrt(1 - x * x)) ??
    then(arccosine(a), c => add(halfPi, negate(c))),
  arccos: a => real(a, Math.acos, x => 1 / Math.sqrt(1 - x * x)) ?? arccosine(a),
  arctan: a => real(a, Math.atan, x => 1 / (1 + x * x)) ?? arctangent(a),
  arccot: a => then(table.arctan(a, one), t => add(halfPi, negate(t))),
  ln: a => log(a),
  log: (a, b) => then(log(a), x => then(log(b), y => divide(x, y))),
  abs: a => ({ re: modulus(a), im: 0, error: a.error + 2 * ulp * modulus(a) }),
  floor: a => whole(a, Math.floor),
  ceil: a => whole(a, Math.ceil),
  factorial: a => then(logGamma(add(a, one)), exp),
  binom: (n, k) => binomial(n, k),
  root: (a, n) => nthRoot(a, n),
  sqrt: a => squareRoot(a),
  Re: a => ({ re: a.re, im: 0, error: a.error }),
  Im: a => ({ re: a.im, im: 0, error: a.error }),
  max: (a, b) => (a.im === 0 && b.im === 0 ? (a.re > b.re ? a : b) : null),
  min: (a, b) => (a.im === 0 && b.im === 0 ? (a.re < b.re ? a : b) : null),
  mod: (a, b) =>
    then(divide(a, b), q => then(whole(q, Math.floor), f => add(a, negate(multiply(b, f))))),
}

const halfPi = approximate(Math.PI / 2, 0, ulp)

function then(value: Value, next: (value: Approximate) => Value): Value {
  return value && next(value)
}

function real(a: Approximate, f: (x: number) => number, slope: (x: number) => number): Value {
  if (a.im !== 0) return null
  const [value, change] = [f(a.re), Math.abs(slope(a.re))]
  if (!Number.isFinite(value)) return null
  // near an end of the domain the slope is unbounded, the change is not
  const error = Number.isFinite(change)
    ? Math.min(change * a.error, 2 * Math.sqrt(a.error))
    : 2 * Math.sqrt(a.error)
  return approximate(value, 0, 2 * error + ulp)
}

/** arccos z = -i log(z + i sqrt(1 - z^2)). */
function arccosine(z: Approximate): Value {
  return then(squareRoot(add(one, negate(multiply(z, z)))), s =>
    then(log(add(z, multiply(i, s))), l => negate(multiply(i, l))),
  )
}

/** arctan z = (i / 2) (log(1 - iz) - log(1 + iz)). */
function arctangent(z: Approximate): Value {
  const iz = multiply(i, z)
  return then(log(add(one, negate(iz))), x =>
    then(log(add(one, iz)), y => multiply({ re: 0, im: 0.5, error: 0 }, add(x, negate(y)))),
  )
}

function whole(a: Approximate, round: (x: number) => number): Value {
  if (a.im !== 0) return null
  const nearest = Math.round(a.re)
  // within its error of a whole number either side may be the true one
  if (Math.abs(a.re - nearest) <= 4 * a.error) return approximate(nearest)
  return approximate(round(a.re))
}

/** The real root of a real number where the degree is odd, else the principal one. */
function nthRoot(a: Approximate, n: Approximate): Value {
  const odd = n.im === 0 && n.re % 2 === 1
  if (a.im === 0 && a.re < 0 && odd) return then(nthRoot(negate(a), n), negate)
  return then(divide(one, n), exponent => power(a, exponent))
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
]

/** log of the gamma function, to about 1e-14 of its size, for a positive real part. */
function logGamma(z: Approximate): Value {
  if (z.re < 0.5) return null
  const x = add(z, approximate(-1))
  let series: Approximate = approximate(lanczos[0])
  for (let k = 1; k < lanczos.length; k++) {
    const part = divide(approximate(lanczos[k]), add(x, approximate(k)))
    if (!part) return null
    series = add(series, part)
  }
  const t = add(x, approximate(7.5))
  return then(log(t), logT =>
    then(log(series), logSeries => {
      const main = add(multiply(add(x, approximate(0.5)), logT), negate(t))
      const value = add(add(main, logSeries), approximate(Math.log(2 * Math.PI) / 2))
      return { ...value, error: value.error + 1e-13 * (1 + modulus(value)) }
    }),
  )
}

function binomial(n: Approximate, k: Approximate): Value {
  const [a, b, c] = [n, k, add(n, negate(k))].map(x => logGamma(add(x, one)))
  return a && b && c && exp(add(a, negate(add(b, c))))
}
