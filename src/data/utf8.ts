import { DataError } from '../errors.ts'

/**
 * The text of bytes that come in pieces. Throws a DataError that names what they are of where they are no UTF-8: what cannot
 * be read would else become other characters in silence.
 */
export async function* utf8(
  pieces: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let [read, wide] = [0, false]
  const text = (piece?: Uint8Array): string => {
    try {
      return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true })
    } catch (cause) {
      const what = wide ? 'it is UTF-16' : `there are other bytes behind byte ${read}`
      throw new DataError(`${name}: ${what}; expected a text in UTF-8`, { cause })
    }
  }
  for await (const piece of pieces) {
    const [first, second] = piece
    if (read === 0)
      wide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
    const found = text(piece)
    read += piece.length
    if (found !== '') yield found
  }
  const rest = text()
  if (rest !== '') yield rest
}
