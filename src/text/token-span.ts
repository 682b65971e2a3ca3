/** Some tokens of a text, half-open. */
export interface TokenSpan {
  readonly start: number
  readonly end: number
}

/** The tokens that spell any of the characters from `from` to before `to` of the text that `pieces` make. */
export function tokensSpelling(pieces: readonly string[], from: number, to: number): TokenSpan {
  let [at, start, end] = [0, 0, 0] // at: the character where token t begins
  for (const [t, piece] of pieces.entries()) {
    const after = at + piece.length
    if (after <= from) start = t + 1
    if (at < to && piece !== '') end = t + 1
    at = after
  }
  return { start, end: Math.max(start, end) }
}
