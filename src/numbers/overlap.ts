/** Jaccard's index of two sets: how many are in both, of those in either; 1 of two that are empty. */
export function overlap<T>(a: Iterable<T>, b: Iterable<T>): number {
  const [left, right] = [new Set(a), new Set(b)]
  const all = new Set([...left, ...right])
  if (all.size === 0) return 1
  return [...left].filter(one => right.has(one)).length / all.size
}
