/**
 * The chance that a positive one scores above a negative one, a tie being half (the area under the curve of receiver
 * operating characteristics, by midranks). In [0, 1]; NaN unless there are both.
 */
export function auc(
  points: readonly { readonly score: number; readonly positive: boolean }[],
): number {
  const sorted = [...points].sort((a, b) => a.score - b.score)
  let [positives, rankSum] = [0, 0]
  for (let start = 0; start < sorted.length; ) {
    let end = start
    while (end < sorted.length && sorted[end]!.score === sorted[start]!.score) end++
    const tied = sorted.slice(start, end).filter(({ positive }) => positive).length
    positives += tied
    rankSum += (tied * (start + 1 + end)) / 2 // ranks start + 1 to end, from 1
    start = end
  }
  const negatives = sorted.length - positives
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}
