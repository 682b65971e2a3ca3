import { stripVTControlCharacters } from 'node:util'

/** A line of somebody else's as it can be shown: without control characters, and not too long. */
export function printable(line: string, most = 300): string {
  const plain = stripVTControlCharacters(line)
    .replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, ' ')
    .trimEnd()
  return plain.length > most ? `${plain.slice(0, most)}...` : plain
}
