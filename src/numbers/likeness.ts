/** How often each item occurs. */
export function countsOf<T>(items: Iterable<T>): ReadonlyMap<T, number> {
  const counts = new Map<T, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return counts
}

/** The cosine of two vectors that name their entries; 0 where one is nothing. */
export function cosineOf<T>(a: ReadonlyMap<T, number>, b: ReadonlyMap<T, number>): number {
  const length = (one: ReadonlyMap<T, number>): number => Math.hypot(...one.values())
  let dot = 0
  for (const [item, weight] of a) dot += weight * (b.get(item) ?? 0)
  return dot / Math.max(length(a) * length(b), 1e-12)
}

/** The words of a text, in small letters. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

/** Each text's words by how often they occur, words of few texts counting more: count times ln(1 + texts / texts with it). */
export function weightedWords(texts: readonly string[]): readonly ReadonlyMap<string, number>[] {
  const counts = texts.map(text => countsOf(wordsOf(text)))
  const spread = countsOf(counts.flatMap(one => [...one.keys()]))
  return counts.map(
    one =>
      new Map(
        [...one].map(([word, n]) => [word, n * Math.log(1 + texts.length / spread.get(word)!)]),
      ),
  )
}

/**
 * Clusters by average linkage: the two whose members are most alike in the mean become one, until no two are alike by at least `least`.
 * Members in order, clusters by their first; ties go to those that come first.
 */
export function clustersOf(
  count: number,
  alike: (a: number, b: number) => number,
  least: number,
): readonly (readonly number[])[] {
  const clusters = Array.from({ length: count }, (_, i) => [i])
  const linked = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, i) => sum + b.reduce((own, j) => own + alike(i, j), 0), 0) /
    (a.length * b.length)
  for (;;) {
    let best = { likeness: Number.NEGATIVE_INFINITY, a: -1, b: -1 }
    clusters.forEach((one, a) => {
      for (let b = a + 1; b < clusters.length; b++) {
        const likeness = linked(one, clusters[b]!)
        if (likeness > best.likeness) best = { likeness, a, b }
      }
    })
    if (best.a < 0 || best.likeness < least) return clusters
    const [gone] = clusters.splice(best.b, 1)
    clusters[best.a] = [...clusters[best.a]!, ...gone!].sort((x, y) => x - y)
  }
}
