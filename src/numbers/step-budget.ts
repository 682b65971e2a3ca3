// How a budget of rollouts is spread over the steps that they begin at, where what comes later counts less.

/**
 * What a step's estimate adds to the width of the whole, per rollout: f_t = d^t (d^t + d^(t+1) - 2 d^T) / (1 - d) of T steps with
 * discount d < 1 (Truncating Trajectories in Monte Carlo Reinforcement Learning, ICML 2023, theorem 4.1).
 */
export function stepVariances(steps: number, discount: number): number[] {
  if (!(discount > 0 && discount < 1))
    throw new RangeError(`stepVariances: expected a discount between 0 and 1, got ${discount}`)
  const last = discount ** steps
  return Array.from({ length: steps }, (_, t) => {
    const now = discount ** t
    return (now * (now + discount * now - 2 * last)) / (1 - discount)
  })
}

/**
 * Rollouts of each step, `total` in all (at least one each), in proportion to the square root of what it adds, which makes the sum of
 * f_t / n_t least. Parts of a rollout go to those that lack most, earlier ones first, so that the numbers never rise.
 */
export function allocated(variances: readonly number[], total: number): number[] {
  const steps = variances.length
  if (total < steps) throw new RangeError(`allocated: ${total} rollouts for ${steps} steps`)
  const shares = wanted(variances, total)
  const whole = shares.map(share => Math.floor(share + 1e-9))
  const left = total - whole.reduce((sum, n) => sum + n, 0)
  const byRest = shares
    .map((_, t) => t)
    .sort((a, b) => shares[b]! - whole[b]! - (shares[a]! - whole[a]!) || a - b)
  for (const t of byRest.slice(0, left)) whole[t]!++
  return whole.sort((a, b) => b - a)
}

/** Shares of a total in proportion to the roots, none below 1: those that would be are taken out, and the rest is spread again. */
export function wanted(variances: readonly number[], total: number): number[] {
  const roots = variances.map(Math.sqrt)
  const least = new Set<number>()
  for (;;) {
    const open = roots.flatMap((root, t) => (least.has(t) ? [] : [{ root, t }]))
    const sum = open.reduce((all, { root }) => all + root, 0)
    const share = (root: number): number => (root / sum) * (total - least.size)
    const small = open.filter(({ root }) => !(share(root) >= 1))
    if (small.length === 0 || small.length === open.length)
      return roots.map((root, t) => (least.has(t) || small.length > 0 ? 1 : share(root)))
    for (const { t } of small) least.add(t)
  }
}
