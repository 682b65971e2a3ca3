import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodePieces } from '../../src/tokenizer/encode-pieces.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'

const tokenizer = await loadTokenizer(new URL('../fixtures/tokenizer', import.meta.url).pathname)

/** The texts of the tokens up to the end of each piece. */
function upTo(pieces: readonly string[]): string[] {
  const { ids, lasts } = encodePieces(tokenizer, pieces)
  return lasts.map(last => tokenizer.decode(ids.subarray(0, last + 1)))
}

describe('where pieces of a text end among its tokens', () => {
  test('a token that spans two pieces ends both', () => {
    const { ids, lasts } = encodePieces(tokenizer, ['the a', 'nsw', 'er.', '\n\n', 'So'])
    expect(tokenizer.pieces(ids)).toEqual(['t', 'he', ' ans', 'wer', '.\n', '\n', 'So'])
    expect(lasts).toEqual([2, 3, 4, 5, 6])
  })

  test('a special token ends a piece that it is, next to empty and to mixed ones', () => {
    const [start, extra] = [tokenizer.encode('<|im_start|>')[0]!, tokenizer.encode('<extra_0>')[0]!]
    const pieces = ['<|im_start|>a', '', '<extra_0>', '<extra_0>', 'b', '<extra_0>']
    const { ids, lasts } = encodePieces(tokenizer, pieces)
    const [a, b] = [tokenizer.encode('a')[0]!, tokenizer.encode('b')[0]!]
    expect([...ids]).toEqual([start, a, extra, extra, b, extra])
    expect(lasts).toEqual([1, 1, 2, 3, 4, 5])
  })

  test('letters that are normalised into fewer, and characters of several tokens', () => {
    expect(upTo(['scho\u0308n', ' ', '\u{1F600}', '!'])).toEqual([
      'sch\u00F6n',
      'sch\u00F6n ',
      'sch\u00F6n \u{1F600}',
      'sch\u00F6n \u{1F600}!',
    ])
  })

  test('nothing ends before the first token', () => {
    expect(encodePieces(tokenizer, ['', 'a', ''])).toEqual({
      ids: tokenizer.encode('a'),
      lasts: [-1, 0, 0],
    })
    expect(encodePieces(tokenizer, [])).toEqual({ ids: new Int32Array(0), lasts: [] })
  })

  test('ids are those of the whole text, and each end is the first token that completes its pieces', () => {
    const text = fc.oneof(
      fc.stringMatching(/^[ab1 .\n]{0,6}$/),
      fc.constantFrom('<extra_0>', '\u00E9', '\u{1F600}', '<|im_end|>x'),
    )
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), pieces => {
        const { ids, lasts } = encodePieces(tokenizer, pieces)
        expect([...ids]).toEqual([...tokenizer.encode(pieces.join(''))])
        const texts = tokenizer.pieces(ids)
        const seen = (last: number): number => texts.slice(0, last + 1).join('').length
        let before = ''
        pieces.forEach((piece, i) => {
          before += piece
          const wanted = tokenizer.decode(tokenizer.encode(before)).length
          expect(seen(lasts[i]!)).toBeGreaterThanOrEqual(wanted)
          const alone = tokenizer.decode(tokenizer.encode(piece)) !== ''
          if (alone) expect(seen(lasts[i]! - 1)).toBeLessThan(wanted)
        })
      }),
    )
  })
})
