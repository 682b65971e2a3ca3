import { unlessData } from '../errors.ts'
import type { Tokenizer } from './tokenizer.ts'

/** The characters of texts that no token of a vocabulary spells, in the order in which they come; the first few. */
export function unspelled(
  tokenizer: Pick<Tokenizer, 'encode'>,
  texts: Iterable<string>,
  most = 8,
): readonly string[] {
  const known = new Set<string>()
  const lacking: string[] = []
  for (const text of texts)
    for (const character of text) {
      if (known.has(character)) continue
      known.add(character)
      if (unlessData(() => tokenizer.encode(character)) === null) lacking.push(character)
      if (lacking.length === most) return lacking
    }
  return lacking
}
