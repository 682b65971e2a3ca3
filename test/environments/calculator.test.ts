import fc from 'fast-check'
import { expect, test } from 'vitest'
import { calculated } from '../../src/environments/arithmetic.ts'
import { calculator } from '../../src/environments/calculator.ts'
import type { Problem } from '../../src/types.ts'

test.each([
  ['12*7', '84'],
  ['3+4*2', '11'],
  ['(3+4)*2', '14'],
  ['2-3-4', '-5'],
  ['-2^2', '-4'],
  ['2^-1', '1/2'],
  ['2^3^2', '512'],
  ['7/2', '7/2'],
  ['1/3+1/6', '1/2'],
  ['8/4', '2'],
  ['0.1+0.2', '3/10'],
  ['--3', '3'],
  [' 1 + 1 ', '2'],
  ['9007199254740993*3', '27021597764222979'],
  ['99999999999999999999*99999999999999999999', '9999999999999999999800000000000000000001'],
])('%s is %s', (text, value) => expect(calculated(text)).toBe(value))

test.each([
  ...[
    '',
    '+',
    '1+',
    '(1',
    '1)',
    '1/0',
    '0^-1',
    '1 2x',
    '2**3',
    'x',
    '1,000',
    '2^(1/2)',
    '1e5',
    '.',
  ],
  ...['9^999999999', '(9^999)^999', '9'.repeat(401), `${'('.repeat(65)}1${')'.repeat(65)}`],
  ...['-'.repeat(80), 'process.exit()', 'constructor', '1;1', '\u0661+1', '2^'.repeat(70)],
])('%s is nothing', text => expect(calculated(text)).toBeNull())

test('whole numbers are those of BigInt, whatever is asked', () => {
  const expression = fc.letrec<{ all: { text: string; value: bigint } }>(tie => ({
    all: fc.oneof(
      { depthSize: 'small' },
      fc.nat(10 ** 9).map(n => ({ text: `${n}`, value: BigInt(n) })),
      fc.tuple(tie('all'), fc.constantFrom('+', '-', '*'), tie('all')).map(([a, operator, b]) => ({
        text: `(${a.text})${operator}(${b.text})`,
        value:
          operator === '+'
            ? a.value + b.value
            : operator === '-'
              ? a.value - b.value
              : a.value * b.value,
      })),
    ),
  })).all
  fc.assert(
    fc.property(expression, ({ text, value }) => {
      fc.pre(text.length <= 400)
      expect(calculated(text)).toBe(`${value}`)
    }),
  )
  fc.assert(fc.property(fc.string(), text => void calculated(text)))
})

test('a call is answered by its value, and counted', async () => {
  const { signal } = new AbortController()
  const talk = await calculator.open({} as Problem, 1, signal)
  const heard = ['3*({12*7=}', 'so {84+1=}', 'x {1+=}', '\\boxed{85}', '{{1+1=}', '2=}']
  expect(heard.map(text => talk.reply(text, signal))).toEqual([
    '84',
    '85',
    'error',
    null,
    '2',
    'error',
  ])
  expect(talk.score?.(signal)).toEqual({ parts: { calls: 5, call_errors: 2 } })
})
