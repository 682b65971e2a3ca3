import { expect, test } from 'vitest'
import { all, any, weighted } from '../../../src/rewards/verifiers/combine.ts'
import { exactString } from '../../../src/rewards/verifiers/exact-string.ts'
import { formatCheck } from '../../../src/rewards/verifiers/format-check.ts'
import { gsm8k } from '../../../src/rewards/verifiers/gsm8k.ts'
import { math } from '../../../src/rewards/verifiers/math.ts'
import { multipleChoice } from '../../../src/rewards/verifiers/multiple-choice.ts'
import { numberNear } from '../../../src/rewards/verifiers/number-near.ts'
import type { Verifier } from '../../../src/rewards/verifiers/verifier.ts'

const correct = (verifier: Verifier, gold: string | null, pred: string | null) =>
  verifier({ gold, pred }).correct

test('math takes a policy and switches on top of it', () => {
  expect(correct(math(), '28', '\\boxed{28\\%}')).toBe(false)
  expect(correct(math('reward', { percent: 'loose' }), '28', '\\boxed{28\\%}')).toBe(true)
  expect(math()({ gold: '9', pred: '\\boxed{9}' })).toEqual({
    correct: true,
    reason: 'equal',
    method: 'string',
    score: 1,
  })
})

test('exactString compares text', () => {
  const strict = exactString()
  expect(correct(strict, '42', 'Answer: 42\nthanks')).toBe(true)
  expect(correct(strict, '\\frac{1}{2}', 'so \\boxed{0.5}')).toBe(false)
  expect(correct(strict, 'Paris', '<think>Rome?</think><answer> Paris </answer>')).toBe(true)
  expect(correct(strict, 'Paris', '<think>Paris')).toBe(false)
  expect(
    correct(exactString({ loose: true }), 'capital of france', 'The capital of  France!'),
  ).toBe(true)
  expect(correct(strict, '  ', 'x')).toBeNull()
  expect(strict({ gold: 'x', pred: '' }).reason).toBe('no-answer')
})

test('numberNear has an absolute and a relative tolerance', () => {
  expect(correct(numberNear(), '100', 'about 100.009')).toBe(true)
  expect(correct(numberNear(), '100', 'about 100.02')).toBe(false)
  expect(correct(numberNear({ absolute: 0.5, relative: 0 }), '3\\pi', '\\boxed{9}')).toBe(true)
  expect(() => numberNear({ absolute: -1 })).toThrow(RangeError)
})

test('gsm8k reads what follows ####', () => {
  const gold = 'She has 48/2 = 24.\n#### 1,024'
  expect(correct(gsm8k(), gold, 'so\n#### $1024')).toBe(true)
  expect(correct(gsm8k(), gold, 'so\n#### 1025')).toBe(false)
  expect(gsm8k()({ gold, pred: 'it is 1024' }).reason).toBe('no-answer')
  expect(correct(gsm8k({ find: 'flexible' }), gold, 'it is 1024.')).toBe(true)
  expect(gsm8k()({ gold, pred: '#### many' }).reason).toBe('unparsable-pred')
  expect(correct(gsm8k(), 'no number', '#### 5')).toBeNull()
})

test.each([
  ['C', 'I think the correct answer is C', true],
  ['B', "It's not A because it doesn't fit, therefore I think it's B", true],
  ['D', "D. it can't be A or B", true],
  ['D', '\\boxed{\\text{(D)}}', true],
  ['D', '\\boxed{d}', true],
  ['D', 'Answer: **(D)** 12', true],
  ['D', 'the answer is D or A', false],
  ['A', 'The answer is D', false],
  ['A', 'A cat is not an option that I see, so the answer is C', false],
  ['B', 'no idea', false],
])('multipleChoice: %s, "%s": %s', (gold, pred, right) => {
  expect(correct(multipleChoice(), gold, pred)).toBe(right)
})

test('multipleChoice knows which letters there are', () => {
  expect(correct(multipleChoice('ABC'), 'D', 'D')).toBeNull()
  expect(multipleChoice('ABC')({ gold: 'A', pred: 'The answer is D' }).reason).toBe('no-answer')
})

test('formatCheck looks at the form alone', () => {
  const thinking = formatCheck({ think: true })
  expect(correct(thinking, null, '<think>\\boxed{1}</think> \\boxed{2}')).toBe(true)
  expect(correct(thinking, null, '\\boxed{2}')).toBe(false)
  expect(correct(thinking, null, '<think><think></think>\\boxed{2}')).toBe(false)
  expect(correct(formatCheck(), null, '\\boxed{1} \\boxed{2}')).toBe(false)
  expect(correct(formatCheck({ boxes: null }), null, 'words')).toBe(true)
  expect(formatCheck()({ gold: null, pred: '' }).reason).toBe('no-answer')
})

test('all, any and weighted', () => {
  const [value, form] = [math(), formatCheck({ think: true })]
  const plain = { gold: '9', pred: '\\boxed{9}' }
  expect(all(value, form)(plain)).toMatchObject({ correct: false, score: 0 })
  expect(any(form, value)(plain)).toMatchObject({ correct: true, score: 1 })
  const mixed = weighted([
    { verifier: value, weight: 3 },
    { verifier: form, weight: 1 },
  ])
  expect(mixed(plain)).toMatchObject({ correct: false, score: 0.75, reason: 'different' })
  expect(mixed({ gold: '9', pred: '<think></think>\\boxed{9}' })).toMatchObject({
    correct: true,
    score: 1,
  })
  expect(mixed({ gold: '', pred: 'x' })).toMatchObject({ correct: null, score: null })
  expect(() => weighted([{ verifier: value, weight: 0 }])).toThrow(RangeError)
  expect(() => all()).toThrow(RangeError)
})
