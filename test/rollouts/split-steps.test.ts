import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitSteps } from '../../src/rollouts/split-steps.ts'

const spans = (pieces: string[], stop: 'stop' | 'length' = 'stop') =>
  splitSteps(pieces, stop, stop === 'stop').map(one => [one.start, one.end, one.text, one.state])
const end = '' // the stop token's text

describe('a response', () => {
  test('has a step more than it has blank lines', () => {
    expect(spans(['a', '\n\n', 'b', end])).toEqual([
      [0, 2, 'a', 'complete'],
      [2, 4, 'b', 'complete'],
    ])
    expect(spans(['a', 'b', end])).toEqual([[0, 3, 'ab', 'complete']])
  })

  test('may close a step with a token that holds more than the blank line', () => {
    expect(spans(['a', '.\n\n', 'b', end])).toEqual([
      [0, 2, 'a.', 'complete'],
      [2, 4, 'b', 'complete'],
    ])
    expect(spans(['a', '\n\n  b', 'c', end])).toEqual([
      [0, 2, 'a', 'complete'],
      [2, 4, '  bc', 'complete'],
    ])
  })

  test('may spell a blank line with two tokens', () => {
    expect(spans(['a', '\n', '\n', 'b', end])).toEqual([
      [0, 3, 'a', 'complete'],
      [3, 5, 'b', 'complete'],
    ])
    expect(spans(['a.\n', '\nb', 'c', end])).toEqual([
      [0, 2, 'a.', 'complete'],
      [2, 4, 'bc', 'complete'],
    ])
  })

  test('leaves a third newline to the next step', () => {
    expect(spans(['a', '\n\n', '\n', 'b', end])).toEqual([
      [0, 2, 'a', 'complete'],
      [2, 5, '\nb', 'complete'],
    ])
    expect(spans(['a', '\n\n\n', 'b', end])).toEqual([
      [0, 2, 'a', 'complete'],
      [2, 4, '\nb', 'complete'],
    ])
  })

  test.each(['\n \n', '\n\t \n', '\r\n\r\n', '\r\n \r\n', '\n\r\n', '\n\u00a0\n'])(
    'has %j for a blank line, in one token or in many',
    blank => {
      expect(spans(['a', blank, 'b', end])).toEqual([
        [0, 2, 'a', 'complete'],
        [2, 4, 'b', 'complete'],
      ])
      const apart = [...blank]
      expect(spans(['a', ...apart, 'b', end])).toEqual([
        [0, 1 + apart.length, 'a', 'complete'],
        [1 + apart.length, 3 + apart.length, 'b', 'complete'],
      ])
    },
  )

  test('keeps the white space of its lines', () => {
    expect(spans(['a \n b', ' \n', ' \n', ' c', end])).toEqual([
      [0, 3, 'a \n b ', 'complete'],
      [3, 5, ' c', 'complete'],
    ])
    expect(spans(['a\r\nb', '\n', end])).toEqual([[0, 3, 'a\r\nb\n', 'complete']])
  })

  test('that stops after a blank line owns an empty step', () => {
    expect(spans(['a', '\n\n', end])).toEqual([
      [0, 2, 'a', 'complete'],
      [2, 3, '', 'empty'],
    ])
    expect(spans([end])).toEqual([[0, 1, '', 'empty']])
  })

  test('with two blank lines has an empty step between them, when a token can own it', () => {
    expect(spans(['a', '\n\n', '\n\n', 'b', end])).toEqual([
      [0, 2, 'a', 'complete'],
      [2, 3, '', 'empty'],
      [3, 5, 'b', 'complete'],
    ])
    expect(spans(['a', '\n\n\n\n', 'b', end])).toEqual([
      [0, 2, 'a', 'complete'],
      [2, 4, 'b', 'complete'],
    ])
  })

  test('that is cut off has a truncated last step, unless it closed it', () => {
    expect(spans(['a', '\n\n', 'b'], 'length')).toEqual([
      [0, 2, 'a', 'complete'],
      [2, 3, 'b', 'truncated'],
    ])
    expect(spans(['a', '\n\n'], 'length')).toEqual([[0, 2, 'a', 'complete']])
    expect(spans(['a', '\n\n', ''], 'length').at(-1)).toEqual([2, 3, '', 'truncated'])
    expect(spans([], 'length')).toEqual([])
  })

  test('does not hold the text of its stop token', () => {
    expect(spans(['a', '\n\n', '</s>'])).toEqual([
      [0, 2, 'a', 'complete'],
      [2, 3, '', 'empty'],
    ])
  })

  test('cannot end with a stop token when it is nothing', () => {
    expect(() => splitSteps([], 'stop', true)).toThrow(RangeError)
  })
})

const piece = fc.constantFrom(
  '',
  'a',
  '.',
  '\n',
  '\n\n',
  '.\n\n',
  '\n\n\n',
  '\n\n\n\n',
  ' ',
  '\r\n',
  ' b',
  '\nc\n',
)

test('steps tile the tokens, and closing tokens are those that end a blank line', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (body, stopped) => {
      const pieces = stopped ? [...body, end] : body
      const steps = splitSteps(pieces, stopped ? 'stop' : 'length', stopped)
      expect(steps.map(one => one.start)).toEqual([0, ...steps.map(one => one.end)].slice(0, -1))
      expect(steps.at(-1)?.end ?? 0).toBe(pieces.length)
      expect(steps.every(one => one.end > one.start)).toBe(true)
      const read = steps.flatMap(one => pieces.slice(one.start, one.end)).join('')
      expect(read).toBe(pieces.join(''))
      for (const step of steps.slice(0, -1))
        expect(pieces.slice(0, step.end).join('')).toMatch(/\n[^\S\n]*\n/)
    }),
  )
})

test('characters as tokens split as the text does', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '\n', ' ', '\r'), { maxLength: 30 }), characters => {
      const texts = splitSteps([...characters, end], 'stop', true).map(one => one.text)
      expect(texts).toEqual(characters.join('').split(/\r?\n[^\S\n]*\n/))
    }),
  )
})
