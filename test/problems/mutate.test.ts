import { describe, expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { mutateStep } from '../../src/problems/mutate.ts'

const step = 'Natalia sold 48/2 = 24 clips in May.'
const draw = random(1, 'mutate')
const many = (text: string) => Array.from({ length: 200 }, () => mutateStep(text, draw))

describe('a step with an equation', () => {
  test('is broken in its result, an operand or a term', () => {
    const kinds = new Set(many(step).map(one => one?.kind))
    expect(kinds).toEqual(new Set(['result', 'operand', 'dropped']))
  })

  test('never holds its equation again', () => {
    for (const text of [step, 'so 5*0 = 0 left', '12/1 = 12', '3 + 4 - 1 = 6 apples'])
      for (const one of many(text)) {
        const equation = /([\d+\-*/. ]+)=([\d. ]+)/.exec(one?.text ?? '')
        expect(Function(`return ${equation?.[1]}`)()).not.toBe(Number(equation?.[2]))
      }
  })
})

test('a step with a number and no equation has it copied wrong', () => {
  for (const one of many('He has $1,000.50 left')) {
    expect(one?.kind).toBe('copied')
    expect(one?.text).toMatch(/^He has \$[\d,]+\.\d\d left$/)
    expect(one?.text).not.toBe('He has $1,000.50 left')
  }
})

test('a boxed answer is changed', () => {
  expect(many('\\boxed{72}').every(one => /^\\boxed\{\d+\}$/.test(one?.text ?? ''))).toBe(true)
})

test('nothing can be changed where there is no number', () => {
  expect(mutateStep('She sold half as many.', draw)).toBeNull()
  expect(mutateStep('', draw)).toBeNull()
})

test('the same seed changes the same number', () => {
  expect(mutateStep(step, random(5))).toEqual(mutateStep(step, random(5)))
})
