// How far the presence of something goes with one of two classes: of the first class a have it and c have not, of the second b
// and d.

export interface Counts {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
}

/** Fisher's exact test, two-sided: the probability of all tables with these margins that are no likelier than this one. */
export function fisher({ a, b, c, d }: Counts): number {
  const [first, having, all] = [a + c, a + b, a + b + c + d]
  const likelihood = (x: number): number =>
    Math.exp(logChoose(first, x) + logChoose(b + d, having - x) - logChoose(all, having))
  const observed = likelihood(a)
  let p = 0
  for (let x = Math.max(0, having - b - d); x <= Math.min(first, having); x++) {
    const one = likelihood(x)
    if (one <= observed * (1 + 1e-7)) p += one // equal ones differ in their last bits
  }
  return Math.min(p, 1)
}

/** What having it tells of the class, in bits. */
export function informationGain({ a, b, c, d }: Counts): number {
  const all = a + b + c + d
  return entropy(a + c, b + d) - ((a + b) / all) * entropy(a, b) - ((c + d) / all) * entropy(c, d)
}

/** Half of Cohen's h: asin(sqrt(share that have it in the first class)) less that of the second. */
export function effect({ a, b, c, d }: Counts): number {
  return Math.asin(Math.sqrt(a / (a + c))) - Math.asin(Math.sqrt(b / (b + d)))
}

/** Bits of a choice between x and y of x + y; 0 of none. */
function entropy(x: number, y: number): number {
  const bits = (n: number): number => (n === 0 ? 0 : -(n / (x + y)) * Math.log2(n / (x + y)))
  return bits(x) + bits(y)
}

/** log of n! / (k! (n - k)!) */
function logChoose(n: number, k: number): number {
  let sum = 0
  for (let i = 1; i <= k; i++) sum += Math.log(n - k + i) - Math.log(i)
  return sum
}
