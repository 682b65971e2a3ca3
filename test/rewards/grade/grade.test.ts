import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { extractAnswer, grade } from '../../../src/rewards/grade/grade.ts'
import { gradingPool } from '../../../src/rewards/grade/pool.ts'

const answers = (gold: string, pred: string, policy: 'reward' | 'eval' = 'reward') =>
  grade({ gold, pred, mode: 'answer' }, policy).correct
const texts = (gold: string, pred: string, policy: 'reward' | 'eval' = 'reward') =>
  grade({ gold, pred, mode: 'text' }, policy).correct

test.each([
  ['72', '72'],
  ['72', '72.0'],
  ['72', ' 72. '],
  ['72', '+72'],
  ['72', '$72$'],
  ['72', '\\$72'],
  ['72', '\\(72\\)'],
  ['72', '\\boxed{72}'],
  ['1234', '1,234'],
  ['10000', '10{,}000'],
  ['10000', '10\\,000'],
  ['0.5', '.5'],
  ['0.5', '1/2'],
  ['1/2', '\\frac{1}{2}'],
  ['3/4', '\\dfrac{6}{8}'],
  ['-3/4', '-\\frac{3}{4}'],
  ['-3/4', '\\frac{-3}{4}'],
  ['-3/4', '3/-4'],
  ['1/3', '\\frac13'],
  ['0.1', '1/10'],
  ['50\\%', '50%'],
  ['\\sqrt{2}', '\\sqrt{2}'],
  ['x = 3', 'x = 3'],
])('%s equals %s', (gold, pred) => {
  expect(answers(gold, pred)).toBe(true)
  expect(answers(pred, gold)).toBe(true)
})

test.each([
  ['72', '73'],
  ['72', '-72'],
  ['0.3333', '1/3'],
  ['1/0', '2/0'],
  ['1234', '12,34'],
  ['1', '1 or 2'],
  ['5', '5 apples'],
  ['100000000000000000000001', '100000000000000000000002'],
  ['0.1', '0.1000000000000000000001'],
  ['28', '28\\%'],
  ['5', ''],
  ['.', '5'],
])('%s differs from %s', (gold, pred) => {
  expect(answers(gold, pred)).not.toBe(true)
})

test('a percentage is a number of hundredths, and only that', () => {
  expect(answers('0.28', '28\\%', 'eval')).toBe(true)
  expect(answers('28\\%', '7/25')).toBe(true)
  expect(answers('28', '28%', 'eval')).toBe(false)
})

describe('in prose', () => {
  test('a reward needs the last box', () => {
    expect(texts('\\boxed{9}', 'so 8, no: \\boxed{9}')).toBe(true)
    expect(texts('9', 'is \\boxed{9}? no, \\boxed{8}')).toBe(false)
    expect(grade({ gold: '9', pred: 'the answer is 9' })).toEqual({
      correct: false,
      reason: 'no-answer',
      method: null,
    })
    expect(texts('9', '\\boxed{9} \\boxed{9')).toBe(false)
  })

  test('the gold is found however it is written', () => {
    expect(texts('She has 48/2 = 24.\n#### 24', '\\boxed{24}')).toBe(true)
    expect(texts('The answer is $24.', '\\boxed{24}')).toBe(true)
  })

  test('an evaluation also reads ####, or the last number', () => {
    expect(texts('24', 'so 3\n#### 24\n', 'eval')).toBe(true)
    expect(texts('-24', 'so it is -24.', 'eval')).toBe(true)
    expect(texts('3', 'so x = 3', 'eval')).toBe(true)
    expect(texts('1234.5', 'it costs $1,234.50 in all.', 'eval')).toBe(true)
    expect(texts('24', 'no number', 'eval')).toBe(false)
  })

  test.each([
    ['5', 'so x < 5'],
    ['1', '$x+1$'],
    ['3', 'so 7-3'],
    ['2', 'AB2'],
    ['9', '$(0,9)$'],
    ['$x+2n+1$', '1'],
    ['$x > 5$', '5'],
    ['$a^2 + b = 0$', '0'],
    ['34', '\\boxed{3 4}'],
    ['32349', '\\boxed{32, 349}'],
  ])('a number inside something else is no answer: %s, %s', (gold, pred) => {
    expect(texts(gold, pred, 'eval')).toBe(false)
  })
})

test.each(['', '  ', null, '$$', '\\boxed{}'])('a gold of %j cannot be graded', gold => {
  expect(grade({ gold, pred: '\\boxed{1}' })).toEqual({
    correct: null,
    reason: 'unparsable-gold',
    method: null,
  })
})

test('says how it compared', () => {
  expect(grade({ gold: '1', pred: '1.0', mode: 'answer' }).method).toBe('exact')
  expect(grade({ gold: 'odd', pred: 'even', mode: 'answer' })).toEqual({
    correct: false,
    reason: 'different',
    method: 'string',
  })
})

describe('hostile text', () => {
  const hostile = [
    '1'.repeat(1_000_000),
    ','.repeat(1_000_000),
    '1,'.repeat(500_000),
    '-'.repeat(1_000_000),
    '1 '.repeat(500_000),
    '$'.repeat(1_000_000),
    '{'.repeat(10_000),
    `\\boxed{${'{'.repeat(10_000)}${'}'.repeat(10_000)}}`,
    '\\boxed{'.repeat(150_000),
    `\\frac${'{1'.repeat(10_000)}`,
    '####'.repeat(250_000),
    `\\(${'\\('.repeat(300_000)}`,
    ' '.repeat(1_000_000),
    `1${' '.repeat(1_000_000)}1`,
    '.'.repeat(1_000_000),
    '__proto__',
    '\\boxed{constructor}',
    '\ud800',
    '1/0',
  ]

  test.each(hostile.map(text => [`${text.slice(0, 12)} (${text.length})`, text]))(
    '%s is graded at once',
    (_, text) => {
      for (const policy of ['reward', 'eval'] as const)
        for (const mode of ['text', 'answer'] as const) {
          expect([true, false, null]).toContain(
            grade({ gold: text, pred: text, mode }, policy).correct,
          )
          expect(grade({ gold: '7', pred: text, mode }, policy).correct).toBe(false)
        }
    },
  )
})

test('any text equals itself as an answer, or cannot be graded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(answers(text, text)).not.toBe(false)
    }),
  )
})

test('numbers equal themselves in every notation', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 1_000_000 }), (over, under) => {
      expect(answers(`${over}/${under}`, `\\frac{${over * 2}}{${under * 2}}`)).toBe(true)
      expect(answers(over.toLocaleString('en-US'), `${over}.00`)).toBe(true)
      expect(answers(`${over}/${under}`, `${over}/${under + 1}`)).toBe(over === 0)
    }),
  )
})

test('what stands for an argument and is none makes an answer unreadable, in a thread too', async () => {
  const unreadable = [
    '\\frac.2',
    '\\binom.6',
    '\\frac1.5',
    '\\sqrt[.]2',
    '\\frac12e5',
    '\\log_.5 2',
  ]
  for (const policy of ['reward', 'eval'] as const)
    for (const answer of unreadable)
      expect(grade({ gold: '0.5', pred: `\\boxed{${answer}}` }, policy).correct, answer).toBe(false)
  expect(grade({ gold: '0.5', pred: '\\boxed{\\frac.2}' }).reason).toBe('unparsable-pred')
  expect(extractAnswer('\\boxed{\\frac.2}', 'eval')).toBe('\\frac.2')
  const pool = gradingPool()
  const found = await pool.grade([{ gold: '0.5', pred: '\\boxed{\\frac.2}' }])
  expect(found).toMatchObject([{ correct: false, reason: 'unparsable-pred' }])
  await pool.close()
})
