/** Scores of right and of wrong candidates. */
export interface Sides {
  readonly right: readonly number[]
  readonly wrong: readonly number[]
}

/** The share of right candidates above every wrong one, where a tie is none; 1 where either is missing (arXiv:2410.14660, section 3.3). */
export function preferredShare({ right, wrong }: Sides): number {
  if (right.length === 0 || wrong.length === 0) return 1
  const highest = Math.max(...wrong)
  return right.filter(score => score > highest).length / right.length
}
