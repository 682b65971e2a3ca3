/** A piece of a SentencePiece model. */
export interface Piece {
  readonly token: string
  readonly id: number
  readonly score: number
}

/**
 * The merges of a byte-pair SentencePiece model (arXiv:1808.06226), which stores none: every way to make a piece of two
 * others, best score first, then longer left halves first, as transformers orders them.
 */
export function mergesByScore(pieces: readonly Piece[]): [string, string][] {
  const ids = new Map(pieces.map(({ token, id }) => [token, id]))
  const found: { left: string; right: string; score: number }[] = []
  for (const { token, score } of pieces) {
    const ways = cuts(token)
      .filter(([left, right]) => ids.has(left) && ids.has(right))
      .sort((a, b) => ids.get(a[0])! - ids.get(b[0])! || ids.get(a[1])! - ids.get(b[1])!)
    for (const [left, right] of ways) found.push({ left, right, score })
  }
  const length = (text: string): number => [...text].length
  found.sort(
    (a, b) =>
      b.score - a.score || length(b.left) - length(a.left) || length(b.right) - length(a.right),
  )
  return found.map(({ left, right }) => [left, right])
}

const longest = 256 // characters; longer pieces are damage, and would be cut in as many ways

/** Every way to cut a text between two characters. */
function cuts(token: string): [string, string][] {
  const characters = [...token]
  if (characters.length > longest) return []
  let at = 0
  return characters.slice(1).map((_, i) => {
    at += characters[i]!.length
    return [token.slice(0, at), token.slice(at)]
  })
}
