import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StopStrings } from '../../src/engine/stop-strings.ts'
import { EngineError } from '../../src/errors.ts'
import { tokenBytesOf } from '../toy.ts'

/** For each token of a stream, the stop string that it completes; every token is its own text. */
function completed(strings: readonly string[], texts: readonly string[]): (string | null)[] {
  const stops = new StopStrings(strings, tokenBytesOf(texts))
  const cursor = { state: 0, found: null }
  return texts.map((_, id) => {
    stops.advance(cursor, id)
    return cursor.found
  })
}

test('a string inside a token, across tokens, and at their edges', () => {
  expect(completed(['\n\n'], ['a', '\n', '\n', 'b'])).toEqual([null, null, '\n\n', null])
  expect(completed(['END'], ['xEN', 'Dy', 'zENDz'])).toEqual([null, 'END', 'END'])
  expect(completed(['abc'], ['a', '', 'b', '', 'c'])).toEqual([null, null, null, null, 'abc'])
})

test('an end that begins the string again is not lost', () => {
  expect(completed(['aab'], ['a', 'a', 'a', 'b'])).toEqual([null, null, null, 'aab'])
  expect(completed(['abab'], ['ab', 'ab', 'ab'])).toEqual([null, 'abab', 'abab'])
})

test('of several in one token the first to be completed; of those that end together the longest', () => {
  expect(completed(['two', 'one'], ['one two'])).toEqual(['one'])
  expect(completed(['b', 'ab', 'xab'], ['a', 'b'])).toEqual([null, 'ab'])
})

test('a string found inside a longer one that did not come', () => {
  expect(completed(['abcd', 'bc'], ['a', 'b', 'c'])).toEqual([null, null, 'bc'])
})

test('bytes of a character in several tokens', () => {
  const [first, second] = [Uint8Array.of(0xc3), Uint8Array.of(0xa9)] // é
  const tokens = { bytes: Uint8Array.of(...first, ...second), starts: Int32Array.of(0, 1, 2) }
  const stops = new StopStrings(['é'], tokens)
  const cursor = { state: 0, found: null }
  for (const [id, found] of [
    [0, null],
    [1, 'é'],
    [1, null],
  ] as const) {
    stops.advance(cursor, id)
    expect(cursor.found).toBe(found)
  }
})

test('a token that the bytes do not know spells nothing', () => {
  const stops = new StopStrings(['ab'], tokenBytesOf(['a', 'b']))
  const cursor = { state: 0, found: null }
  const found = [0, 7, 2, 1].map(id => {
    stops.advance(cursor, id)
    return cursor.found
  })
  expect(found).toEqual([null, null, null, 'ab'])
})

test('an empty string is refused', () => {
  expect(() => new StopStrings(['a', ''], tokenBytesOf(['a']))).toThrow(EngineError)
})

test('any stream is searched as its joined text is', () => {
  const text = (max: number) =>
    fc.string({ unit: fc.constantFrom('a', 'b', 'é', '∑'), maxLength: max })
  const strings = fc.array(
    text(4).filter(s => s !== ''),
    { minLength: 1, maxLength: 4 },
  )
  fc.assert(
    fc.property(strings, fc.array(text(5), { maxLength: 12 }), (strings, texts) => {
      let before = ''
      const expected = texts.map(own => {
        const all = before + own
        let best: { end: number; text: string } | null = null
        for (const text of strings)
          for (let at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1)) {
            const end = at + text.length
            if (end <= before.length) continue
            const better = best === null || end < best.end
            if (better || (end === best!.end && text.length > best!.text.length))
              best = { end, text }
          }
        before = all
        return best?.text ?? null
      })
      expect(completed(strings, texts)).toEqual(expected)
    }),
    { numRuns: 500 },
  )
})
