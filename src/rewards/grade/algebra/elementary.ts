// Exponential, logarithm and angles of real numbers to any precision: series in whole numbers of w
// binary places, with enough places to spare that the bound on the result's error covers every rounding.

import {
  bitsOf,
  exact,
  fixed,
  isNought,
  joint,
  logOf,
  mostOf,
  nought,
  numberOf,
  type Real,
  rounded,
  sizeOf,
} from './real.ts'

const furthest = 2 ** 45 // exponents past it are no longer told apart
const most = 20_000 // binary places that an angle may need

const seen = new Map<string, { w: number; value: bigint }>()

/** A constant of w binary places, kept for later. */
function kept(name: string, w: number, make: (w: number) => bigint): bigint {
  const known = seen.get(name)
  if (known && known.w >= w) return known.value >> BigInt(known.w - w)
  const places = 256 * Math.ceil(w / 256) + 64
  const value = make(places)
  seen.set(name, { w: places, value })
  return value >> BigInt(places - w)
}

/** k arctan(1 / n), or k artanh(1 / n) where `sign` is 1. */
function inverse(k: bigint, n: bigint, w: number, sign: 1n | -1n): bigint {
  let term = (k << BigInt(w + 32)) / n
  let sum = term
  for (let i = 3n; term !== 0n; i += 2n) {
    term = (sign * term) / (n * n)
    sum += term / i
  }
  return sum >> 32n
}

/** pi to w binary places, a few units of the last off. */
export function pi(w: number): bigint {
  return kept('pi', w, v => inverse(16n, 5n, v, -1n) - inverse(4n, 239n, v, -1n))
}

function ln2(w: number): bigint {
  return kept(
    'ln2',
    w,
    v => inverse(18n, 26n, v, 1n) - inverse(2n, 4801n, v, 1n) + inverse(8n, 8749n, v, 1n),
  )
}

/** pi. */
export function piReal(p: number): Real {
  return rounded(pi(p + 8), -p - 8, -p - 4, p)
}

/** e^t for 0 <= t < 1 in w binary places. */
function expFixed(t: bigint, w: number): bigint {
  const halvings = Math.ceil(Math.sqrt(w) / 2)
  const v = w + 2 * halvings + 16
  const x = (t << BigInt(v - w)) >> BigInt(halvings)
  const one = 1n << BigInt(v)
  let [sum, term] = [one, one]
  for (let k = 1n; term !== 0n; k++) {
    term = ((term * x) >> BigInt(v)) / k
    sum += term
  }
  for (let k = 0; k < halvings; k++) sum = (sum * sum) >> BigInt(v)
  return sum >> BigInt(v - w)
}

/** e^a; null where it is past all bounds, or a too uncertain. */
export function exp(a: Real, p: number): Real | null {
  if (isNought(a)) return { m: 1n, e: 0, r: exact }
  if (a.r > -2 || sizeOf(a) > Math.log2(furthest)) return null
  const w = p + 16 + Math.max(0, Math.ceil(sizeOf(a)))
  const x = fixed(a, w)
  const two = ln2(w)
  const k = floorOver(x, two)
  const m = expFixed(x - k * two, w)
  const e = Number(k) - w
  return rounded(m, e, joint(e + (w - p), logOf(m) + e + 1 + a.r), p)
}

/** The logarithm of a certainly positive value; null for any other. */
export function ln(a: Real, p: number): Real | null {
  const size = sizeOf(a)
  if (a.m <= 0n || !(a.r < size - 1)) return null
  const bits = bitsOf(a.m)
  const w = p + 16 + Math.ceil(Math.log2(Math.abs(a.e + bits) + 2))
  const f = (a.m << BigInt(w + 4)) >> BigInt(bits) // between 1/16 and 1, times 16
  const q = a.e + bits - 4
  const y = lnFixed(f, w)
  const m = y + BigInt(q) * ln2(w)
  return rounded(m, -w, joint(-p - 8, a.r - size + 1), p)
}

/** ln f for 1 <= f < 16 in w binary places, by Newton's method on e^y. */
function lnFixed(f: bigint, w: number): bigint {
  const start = Math.log(Number(f >> BigInt(w - 52)) / 2 ** 52)
  let y = BigInt(Math.round(start * 2 ** 52))
  let places = 52
  while (places < w) {
    const next = Math.min(w, 3 * (places - 6))
    y <<= BigInt(next - places)
    const g = f >> BigInt(w - next)
    const whole = ln2(next)
    const k = floorOver(y, whole)
    const e = expFixed(y - k * whole, next) << k
    y += ((g - e) << BigInt(next + 1)) / (g + e)
    places = next
  }
  return y
}

/** [cos t, sin t] for |t| <= 1 in w binary places. */
function turnFixed(t: bigint, w: number): [bigint, bigint] {
  const halvings = Math.ceil(Math.sqrt(w) / 2)
  const v = w + 2 * halvings + 16
  const places = BigInt(v)
  const x = (t << BigInt(v - w)) >> BigInt(halvings)
  const square = (x * x) >> places
  let [c, s] = [1n << places, x]
  let [even, odd] = [c, s]
  for (let k = 1n; even !== 0n || (odd !== 0n && odd !== -1n); k += 2n) {
    even = -((even * square) >> places) / (k * (k + 1n))
    odd = -((odd * square) >> places) / ((k + 1n) * (k + 2n))
    c += even
    s += odd
  }
  for (let k = 0; k < halvings; k++) [c, s] = [(c * c - s * s) >> places, (2n * c * s) >> places]
  return [c >> BigInt(v - w), s >> BigInt(v - w)]
}

/** [cos a, sin a]; null where a is too large to know its angle. */
export function turn(a: Real, p: number): [Real, Real] | null {
  if (isNought(a)) return [{ m: 1n, e: 0, r: exact }, nought]
  const size = sizeOf(a)
  if (Math.abs(size) > most || mostOf(a) > most) return null
  const w = p + 24 + Math.ceil(Math.abs(size))
  const x = fixed(a, w)
  const quarter = pi(w) >> 1n
  const k = floorOver(x + (quarter >> 1n), quarter)
  const [c, s] = turnFixed(x - k * quarter, w)
  const turned = [[c, s], [-s, c], [-c, -s], [s, -c]][Number(((k % 4n) + 4n) % 4n)] // biome-ignore format: a table
  const r = joint(a.r, 8 + Math.max(0, size) - w)
  return [rounded(turned[0], -w, r, p), rounded(turned[1], -w, r, p)]
}

/** The angle of the point (a, b), above -pi and up to pi; null where the cut, or 0, may be hit. */
export function angle(b: Real, a: Real, p: number): Real | null {
  const size = Math.max(sizeOf(a), sizeOf(b))
  const r = joint(a.r, b.r)
  if (size === exact || !(r < size - 2)) return null
  const certainly = b.m !== 0n && sizeOf(b) > b.r
  if (a.m < 0n && !certainly && !isNought(b)) return null
  if (isNought(b)) return a.m > 0n ? nought : piReal(p)
  const w = p + 24
  const shift = Math.ceil(size)
  const [x, y] = [fixed({ ...a, e: a.e - shift }, w), fixed({ ...b, e: b.e - shift }, w)]
  const [u, v] = [a, b].map(one => numberOf({ ...one, e: one.e - shift }))
  let t = BigInt(Math.round(Math.atan2(v, u) * 2 ** 50)) << BigInt(w - 50)
  for (let places = 45; places < w; places *= 2.5) {
    const k = floorOver(t, pi(w))
    const [c, s] = turnFixed2(t - k * pi(w), w)
    const sign = k % 2n === 0n ? 1n : -1n
    const [over, under] = [sign * (y * c - x * s), sign * (x * c + y * s)]
    t += (over << BigInt(w)) / under
  }
  return rounded(t, -w, joint(r - size + 2, 8 - w), p)
}

/** [cos t, sin t] for 0 <= t < pi. */
function turnFixed2(t: bigint, w: number): [bigint, bigint] {
  const quarter = pi(w) >> 1n
  if (t < quarter >> 1n) return turnFixed(t, w)
  if (t < quarter + (quarter >> 1n)) {
    const [c, s] = turnFixed(t - quarter, w)
    return [-s, c]
  }
  const [c, s] = turnFixed(t - 2n * quarter, w)
  return [-c, -s]
}

function floorOver(a: bigint, b: bigint): bigint {
  const q = a / b
  return a < 0n && q * b !== a ? q - 1n : q
}
