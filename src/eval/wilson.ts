/**
 * Wilson's interval for a probability of which `right` of `n` trials came true; `z` standard deviations wide to both sides
 * (E. B. Wilson, 1927). [0, 1] of no trials.
 */
export function wilson(right: number, n: number, z: number): readonly [number, number] {
  if (n === 0) return [0, 1]
  const [share, spread] = [right / n, (z * z) / n]
  const centre = share + spread / 2
  const half = z * Math.sqrt((share * (1 - share)) / n + spread / (4 * n))
  // where all trials agree an end is exact, and rounding must not move it past a threshold
  return [
    right === 0 ? 0 : (centre - half) / (1 + spread),
    right === n ? 1 : (centre + half) / (1 + spread),
  ]
}
