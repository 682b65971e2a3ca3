import { expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import {
  asMistake,
  drawMistake,
  kindsOf,
  type Mistake,
  repeatedStep,
  withoutCarry,
} from '../../../src/problems/tasks/mistakes.ts'

test.each([
  [7, '+', 5, 2],
  [17, '+', 25, 32],
  [12, '+', 5, null],
  [32, '-', 17, 25],
  [32, '-', 11, null],
  [3, '-', 7, null],
  [14, '*', 3, 32],
  [12, '*', 3, null],
  [4, '*', 5, null],
  [40, '/', 5, null],
])('%i%s%i without its carry is %j', (left, operator, right, value) => {
  expect(withoutCarry(left, operator, right)).toBe(value)
})

const isWrong = (state: number, step: string): boolean => step !== String(state)
const oneMore = asMistake<number>('result', state => String(state + 1))
const unnamed: Mistake<number> = () => 'x'
const right: Mistake<number> = state => String(state)

test('a mistake says its kind, and one without a name is of another kind', () => {
  expect(kindsOf([oneMore, unnamed, oneMore])).toEqual(['result', 'other'])
  const at = { state: 3, before: ['0', '1', '2'] }
  expect(drawMistake(isWrong, at, [oneMore], random(1))).toEqual({ text: '4', kind: 'result' })
  expect(drawMistake(isWrong, at, [right, unnamed], random(1))).toEqual({
    text: 'x',
    kind: 'other',
  })
})

test('one kind is drawn where it is asked for, and nothing where it does not apply', () => {
  const all = [oneMore, unnamed, repeatedStep]
  const at = { state: 1, before: ['0'] }
  expect(drawMistake(isWrong, at, all, random(1), 'repeated')).toEqual({
    text: '0',
    kind: 'repeated',
  })
  expect(drawMistake(isWrong, { state: 0, before: [] }, all, random(1), 'repeated')).toBeNull()
  expect(drawMistake(isWrong, at, all, random(1), 'carry')).toBeNull()
  expect(drawMistake(isWrong, at, [right], random(1))).toBeNull()
})
