// What the entries of a vocabulary spell. There are two kinds of BPE files: byte-level ones, in which every byte is a
// visible character (GPT-2, Qwen, Llama 3), and those converted from SentencePiece (Llama 2), in which a space is `▁` and
// a byte that no entry spells is one of its own, `<0x0A>`.

import { z } from 'zod'
import { byteAlphabet, symbolBytes, textBytes, toSymbols } from './byte-level.ts'

const space = '▁'

const byteLevel = z.looseObject({ type: z.literal('ByteLevel') })
const replace = z.looseObject({
  type: z.literal('Replace'),
  pattern: z.looseObject({ String: z.literal(space) }),
  content: z.literal(' '),
})
const strip = z.looseObject({
  type: z.literal('Strip'),
  content: z.literal(' '),
  start: z.int().min(0).max(1),
  stop: z.literal(0),
})
const bytes = z.looseObject({ type: z.literal('ByteFallback') })
const fuse = z.looseObject({ type: z.literal('Fuse') })
const sentencePiece = z.looseObject({
  type: z.literal('Sequence'),
  decoders: z
    .array(z.discriminatedUnion('type', [replace, bytes, fuse, strip]))
    .refine(
      all => ['Replace', 'ByteFallback'].every(type => all.some(one => one.type === type)),
      'expected Replace and ByteFallback among them',
    ),
})

/** The decoders whose entries can be spelled: ByteLevel, or the sequence of a converted SentencePiece model. */
export const decoderSchema = z.discriminatedUnion('type', [byteLevel, sentencePiece])
export type DecoderFile = z.infer<typeof decoderSchema>

/** How a vocabulary spells text. */
export interface Spelling {
  /** The bytes of an entry. */
  readonly bytesOf: (token: string) => Uint8Array
  /** Whether it cannot spell a character; null where it can spell them all. */
  readonly isMissing: ((character: string) => boolean) | null
  /** Encoding writes a space before a text, which decoding takes away again. */
  readonly leadingSpace: boolean
}

/** The spelling of a vocabulary by its decoder. */
export function spellingOf(
  decoder: DecoderFile,
  vocab: Readonly<Record<string, number>>,
): Spelling {
  if (decoder.type === 'ByteLevel') {
    const missing = new Set(byteAlphabet().filter(symbol => !Object.hasOwn(vocab, symbol)))
    const isMissing = (character: string): boolean =>
      [...toSymbols(character)].some(symbol => missing.has(symbol))
    return {
      bytesOf: symbolBytes,
      isMissing: missing.size > 0 ? isMissing : null,
      leadingSpace: false,
    }
  }
  const bytes = Array.from({ length: 256 }, (_, byte) => byteToken(byte))
  const isMissing = (character: string): boolean =>
    !Object.hasOwn(vocab, character === ' ' ? space : character) &&
    [...textBytes(character)].some(byte => !Object.hasOwn(vocab, bytes[byte]!))
  return {
    bytesOf: pieceBytes,
    isMissing: bytes.every(token => Object.hasOwn(vocab, token)) ? null : isMissing,
    leadingSpace: decoder.decoders.some(one => one.type === 'Strip' && one.start === 1),
  }
}

function pieceBytes(token: string): Uint8Array {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(token)?.[1]
  if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16))
  return textBytes(token.replaceAll(space, ' '))
}

function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`
}
