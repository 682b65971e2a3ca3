// The GPT-2 byte alphabet: every byte is written as one visible character, so that a byte-level
// vocabulary is readable text. The printable bytes stand for themselves, the others follow U+0100.

const symbolOf: readonly string[] = byteSymbols()
const byteOf: ReadonlyMap<string, number> = new Map(symbolOf.map((symbol, byte) => [symbol, byte]))
const utf8 = new TextEncoder()
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })

/** The visible character of each of the 256 bytes. */
export function byteAlphabet(): readonly string[] {
  return symbolOf
}

/** A text as byte symbols, one visible character a byte. */
export function toSymbols(text: string): string {
  let out = ''
  for (const byte of utf8.encode(text)) out += symbolOf[byte]
  return out
}

/**
 * The bytes of a vocabulary entry; one that holds a character outside the alphabet is plain UTF-8.
 */
export function symbolBytes(token: string): Uint8Array {
  const bytes: number[] = []
  for (const symbol of token) {
    const byte = byteOf.get(symbol)
    if (byte === undefined) return utf8.encode(token)
    bytes.push(byte)
  }
  return Uint8Array.from(bytes)
}

/** The bytes of plain text. */
export function textBytes(text: string): Uint8Array {
  return utf8.encode(text)
}

/** Text of bytes; what is not UTF-8 becomes U+FFFD. */
export function bytesText(bytes: Uint8Array): string {
  return lenient.decode(bytes)
}

/** How many bytes at the end begin a character that more bytes may complete: 0 to 3. */
export function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]
    if (byte >= 0xc0) return back < characterLength(byte) ? back : 0
    if (byte < 0x80) return 0
  }
  return 0
}

function characterLength(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
}

function byteSymbols(): string[] {
  const out: string[] = []
  let next = 256
  for (let byte = 0; byte < 256; byte++) {
    const printable =
      (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255)
    out.push(String.fromCodePoint(printable ? byte : next++))
  }
  return out
}
