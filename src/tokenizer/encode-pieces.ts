import type { Tokenizer } from './tokenizer.ts'

/** One text's tokens, and for each of the pieces that it was given in, the token that holds the piece's end. */
export interface EncodedPieces {
  readonly ids: Int32Array
  /** Index of the token with the last character of each piece; of an empty piece, that of the one before, -1 at first. */
  readonly lasts: readonly number[]
}

/**
 * Encodes pieces as the one text that they make, so that tokens may span them, and finds where each ends. A piece that is
 * nothing but special tokens ends at the last of these.
 */
export function encodePieces(tokenizer: Tokenizer, pieces: readonly string[]): EncodedPieces {
  const text = pieces.join('')
  const ids = tokenizer.encode(text)
  const texts = tokenizer.pieces(ids)
  const plain = texts.join('') === text // no special tokens, nothing normalised
  const lasts: number[] = []
  let last = -1
  let seen = 0 // characters of the tokens up to `last`
  let target = 0 // characters of the pieces so far
  for (const piece of pieces) {
    const length = plain ? piece.length : decodedLength(tokenizer, piece)
    target += length
    if (length === 0 && piece !== '') last = lastOfSpecials(ids, tokenizer.encode(piece), last + 1)
    while (seen < target && last + 1 < ids.length) seen += texts[++last]!.length
    lasts.push(last)
  }
  return { ids, lasts }
}

function decodedLength(tokenizer: Tokenizer, text: string): number {
  return text === '' ? 0 : tokenizer.decode(tokenizer.encode(text)).length
}

/** Where a run of special tokens that begins at `from` or later ends. */
function lastOfSpecials(ids: Int32Array, own: Int32Array, from: number): number {
  for (let at = from; at + own.length <= ids.length; at++)
    if (own.every((id, i) => ids[at + i] === id)) return at + own.length - 1
  throw new RangeError(
    `encodePieces: the special tokens ${[...own].join(', ')} are not in the text's ids`,
  )
}
