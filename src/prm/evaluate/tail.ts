/**
 * What a policy earns that a reward's order tilts by e^(u / beta), u being the quantile of an answer by its scores: the integral of the
 * truth at quantile u times e^(u / beta) / (beta (e^(1 / beta) - 1)) from 0 to 1, each answer being one part of it and ties sharing
 * theirs (arXiv:2509.21500, theorem 1). The smaller beta, the more the errors at the top alone count.
 */
export function tailReward(
  scores_N: readonly number[],
  truths_N: readonly number[],
  beta: number,
): number {
  const n = scores_N.length
  if (truths_N.length !== n || n === 0 || !(beta > 0))
    throw new RangeError(`tailReward: ${n} scores, ${truths_N.length} truths, beta ${beta}`)
  // the share of what lies below quantile u, divided by e^(1 / beta), which may have no number
  const below = (u: number): number =>
    (Math.exp((u - 1) / beta) - Math.exp(-1 / beta)) / -Math.expm1(-1 / beta)
  const order = scores_N.map((_, i) => i).sort((a, b) => scores_N[a]! - scores_N[b]!)
  let sum = 0
  for (let from = 0; from < n; ) {
    let to = from + 1
    while (to < n && scores_N[order[to]!] === scores_N[order[from]!]) to++
    const tied = order.slice(from, to).reduce((all, i) => all + truths_N[i]!, 0) / (to - from)
    sum += tied * (below(to / n) - below(from / n))
    from = to
  }
  return sum
}
