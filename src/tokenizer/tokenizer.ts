// The nouns of tokenizers.

/** Encodes and decodes text; ids are kept end to end, text is never re-tokenised. */
export interface Tokenizer {
  readonly vocabSize: number
  readonly eosId: number
  readonly padId: number
  encode(text: string): Int32Array
  decode(ids: ArrayLike<number>): string
  /** Text of each token, so that pieces joined equal decode(ids); a token inside a character is ''. */
  pieces(ids: ArrayLike<number>): string[]
  /** The bytes of every token, of which decode makes text. */
  tokenBytes(): TokenBytes
}

/** The bytes of a vocabulary: those of token v are bytes[starts[v]] to bytes[starts[v + 1]], none for a special token. */
export interface TokenBytes {
  readonly bytes: Uint8Array
  readonly starts: Int32Array // vocabSize + 1
}
