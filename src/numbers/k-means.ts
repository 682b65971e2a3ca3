import { pick, type Random } from './random.ts'

/**
 * Which of at most k clusters each point is in: centres that begin far apart (k-means++, Arthur and Vassilvitskii, 2007), then Lloyd's
 * rounds until nothing moves. Equal points are in one cluster, so that there may be fewer.
 */
export function kMeans(points: readonly ArrayLike<number>[], k: number, draw: Random): number[] {
  if (points.length === 0) return []
  let centres = beginnings(points, k, draw)
  let nearest = points.map(point => nearestOf(point, centres))
  for (let round = 0; round < 50; round++) {
    centres = centres.map((centre, c) => {
      const own = points.filter((_, i) => nearest[i] === c)
      return own.length === 0 ? centre : average(own)
    })
    const next = points.map(point => nearestOf(point, centres))
    if (next.every((c, i) => c === nearest[i])) break
    nearest = next
  }
  return nearest
}

function beginnings(
  points: readonly ArrayLike<number>[],
  k: number,
  draw: Random,
): ArrayLike<number>[] {
  const centres = [pick(draw, points)]
  while (centres.length < k) {
    const far = points.map(point => Math.min(...centres.map(centre => distance(point, centre))))
    const total = far.reduce((a, b) => a + b, 0)
    if (!(total > 0)) break // every point is a centre, or one is no number
    let at = draw() * total
    let i = 0
    while (i < points.length - 1 && at >= far[i]!) at -= far[i++]!
    centres.push(points[i]!)
  }
  return centres
}

function nearestOf(point: ArrayLike<number>, centres: readonly ArrayLike<number>[]): number {
  const far = centres.map(centre => distance(point, centre))
  return far.reduce((best, d, c) => (d < far[best]! ? c : best), 0)
}

function average(points: readonly ArrayLike<number>[]): number[] {
  return Array.from(points[0]!, (_, i) => points.reduce((sum, x) => sum + x[i]!, 0) / points.length)
}

/** The square of how far two points are apart. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2
  return sum
}
