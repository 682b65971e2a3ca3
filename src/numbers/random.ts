// Seeded randomness: every generator is named by a seed and labels, so that streams never depend on each other's use.

/** A stream of uniform numbers in [0, 1) with a state that can be stored. */
export interface Random {
  (): number
  state(): readonly number[]
}

/** The generator named by a seed and labels (xoshiro128++, Blackman and Vigna 2019). */
export function random(seed: number, ...labels: readonly (number | string)[]): Random {
  return fromState(seedState(seed, labels))
}

/** The generator that continues from a stored state of four 32-bit integers. */
export function fromState(state: readonly number[]): Random {
  if (state.length !== 4)
    throw new RangeError(`random: a state has 4 integers, got ${state.length}`)
  let [a, b, c, d] = state.map(x => x | 0) as [number, number, number, number]
  const next = (): number => {
    const sum = (a + d) | 0
    const result = (rotate(sum, 7) + a) | 0
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = rotate(d, 11)
    return (result >>> 0) / 4294967296
  }
  return Object.assign(next, { state: () => [a, b, c, d] as const })
}

/** An integer in [0, n). */
export function below(random: Random, n: number): number {
  return Math.floor(random() * n)
}

/** One element of a non-empty array. */
export function pick<T>(random: Random, items: readonly T[]): T {
  if (items.length === 0) throw new RangeError('pick: nothing to pick from')
  return items[below(random, items.length)] as T
}

/** A shuffled copy (Fisher-Yates). */
export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    const j = below(random, i + 1)
    const x = out[i] as T
    out[i] = out[j] as T
    out[j] = x
  }
  return out
}

/** A standard normal number (Box-Muller). */
export function normal(random: Random): number {
  const u = 1 - random() // in (0, 1], so that the logarithm is finite
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * random())
}

/** A 32-bit integer that depends on every label. */
export function hashSeed(seed: number, ...labels: readonly (number | string)[]): number {
  return seedState(seed, labels)[0] >>> 0
}

function seedState(
  seed: number,
  labels: readonly (number | string)[],
): [number, number, number, number] {
  let h = mix(0x9e3779b9, seed | 0)
  h = mix(h, Math.floor(seed / 4294967296) | 0)
  for (const label of labels) {
    const text = `${typeof label}:${label};`
    for (let i = 0; i < text.length; i++) h = mix(h, text.charCodeAt(i))
  }
  const out: number[] = []
  for (let i = 0; i < 4; i++) {
    h = mix(h, 0x6d2b79f5 + i)
    out.push(h)
  }
  return out as [number, number, number, number]
}

function mix(h: number, x: number): number {
  let z = Math.imul(h ^ x, 0x85ebca6b)
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35) + 0x9e3779b9
  return (z ^ (z >>> 16)) | 0
}

function rotate(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k))
}
