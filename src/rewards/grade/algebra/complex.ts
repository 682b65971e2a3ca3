// Complex numbers with a bound on their error, so that a comparison knows what rounding can explain.

/** re + i im, at most `error` from the true value. */
export interface Approximate {
  readonly re: number
  readonly im: number
  readonly error: number
}

const ulp = 2 ** -52

/** A value rounded once, from operands whose errors come to `error`. */
export function approximate(re: number, im = 0, error = 0): Approximate {
  return { re, im, error: error + ulp * Math.hypot(re, im) }
}

export function modulus(a: Approximate): number {
  return Math.hypot(a.re, a.im)
}

export function add(a: Approximate, b: Approximate): Approximate {
  return approximate(a.re + b.re, a.im + b.im, a.error + b.error)
}

export function negate(a: Approximate): Approximate {
  return { re: -a.re, im: -a.im, error: a.error }
}

export function multiply(a: Approximate, b: Approximate): Approximate {
  const error = modulus(a) * b.error + modulus(b) * a.error + a.error * b.error
  const size = 2 * ulp * modulus(a) * modulus(b)
  return approximate(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re, error + size)
}

/** a / b; null where b may be zero. */
export function divide(a: Approximate, b: Approximate): Approximate | null {
  const size = modulus(b)
  if (size <= 2 * b.error || size === 0) return null
  const [re, im] = [b.re / size / size, -b.im / size / size]
  return multiply(a, { re, im, error: (2 * b.error) / size / size + (2 * ulp) / size })
}

export function exp(a: Approximate): Approximate {
  const size = Math.exp(a.re)
  return approximate(
    size * Math.cos(a.im),
    size * Math.sin(a.im),
    size * (2 * a.error + 2 * ulp * (1 + modulus(a))),
  )
}

/** The principal logarithm; null where a may be zero. */
export function log(a: Approximate): Approximate | null {
  const size = modulus(a)
  if (size <= 2 * a.error || size === 0) return null
  return approximate(Math.log(size), Math.atan2(a.im, a.re), (2 * a.error) / size + ulp)
}

/** A whole power by repeated squaring. */
export function wholePower(a: Approximate, n: number): Approximate | null {
  if (n < 0) {
    const power = wholePower(a, -n)
    return power && divide(approximate(1), power)
  }
  let [result, square] = [{ re: 1, im: 0, error: 0 }, a]
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(result, square)
    if (rest > 1) square = multiply(square, square)
  }
  return result
}

/** a^b on the principal branch; null where a may be zero. */
export function power(a: Approximate, b: Approximate): Approximate | null {
  const whole = b.im === 0 && Number.isInteger(b.re) && b.error <= ulp * Math.abs(b.re)
  if (whole && Math.abs(b.re) <= 1024) return wholePower(a, b.re)
  if (modulus(a) === 0 && b.re > 0) return approximate(0)
  const logarithm = log(a)
  return logarithm && exp(multiply(b, logarithm))
}

export function squareRoot(a: Approximate): Approximate | null {
  const size = modulus(a)
  if (size === 0) return approximate(0)
  if (size <= 2 * a.error) return null
  const root = Math.sqrt(size)
  const angle = Math.atan2(a.im, a.re) / 2
  const [re, im] =
    a.im === 0
      ? a.re > 0
        ? [root, 0]
        : [0, root]
      : [root * Math.cos(angle), root * Math.sin(angle)]
  return approximate(re, im, a.error / root + 2 * ulp * root)
}

export function sine(a: Approximate): Approximate {
  return wave(a, Math.sin(a.re) * Math.cosh(a.im), Math.cos(a.re) * Math.sinh(a.im))
}

export function cosine(a: Approximate): Approximate {
  return wave(a, Math.cos(a.re) * Math.cosh(a.im), -Math.sin(a.re) * Math.sinh(a.im))
}

function wave(a: Approximate, re: number, im: number): Approximate {
  const slope = Math.cosh(a.im)
  return approximate(re, im, slope * (2 * a.error + 2 * ulp * (1 + modulus(a))))
}
