import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8 } from '../../src/data/utf8.ts'
import { DataError } from '../../src/errors.ts'

async function* cut(bytes: Uint8Array, at: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...new Set(at.map(place => place % (bytes.length + 1)))].sort((a, b) => a - b)
  let from = 0
  for (const to of [...ends, bytes.length]) {
    yield bytes.subarray(from, to)
    from = to
  }
}

async function read(bytes: Uint8Array, at: readonly number[] = []): Promise<string> {
  let text = ''
  for await (const piece of utf8(cut(bytes, at), 'f')) text += piece
  return text
}

test('text comes as it is, its mark of byte order too, wherever its bytes are cut', async () => {
  const texts = fc.string({ unit: 'binary' }).map(text => `\uFEFF${text}`)
  await fc.assert(
    fc.asyncProperty(texts, fc.array(fc.nat()), async (text, at) => {
      const bytes = Buffer.from(text)
      expect(await read(bytes, at)).toBe(bytes.toString())
    }),
  )
})

test('bytes are either the text that Node reads in them, or refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), fc.array(fc.nat()), async (bytes, at) => {
      const text = Buffer.from(bytes).toString('utf8')
      const whole = Buffer.from(text).equals(Buffer.from(bytes))
      if (whole) expect(await read(bytes, at)).toBe(text)
      else await expect(read(bytes, at)).rejects.toThrow(DataError)
    }),
  )
})

test('says what it is instead', async () => {
  await expect(read(Buffer.from('caf\xe9 is Latin-1', 'latin1'))).rejects.toThrow(
    'f: there are other bytes behind byte 0; expected a text in UTF-8',
  )
  const wide = Buffer.from('\uFEFF{"question": "1+1"}', 'utf16le')
  await expect(read(wide)).rejects.toThrow('f: it is UTF-16; expected a text in UTF-8')
  await expect(read(wide.swap16())).rejects.toThrow('f: it is UTF-16; expected a text in UTF-8')
  await expect(read(Buffer.from('é').subarray(0, 1))).rejects.toThrow(DataError) // cut off
})
