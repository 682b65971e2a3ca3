import { describe, expect, test } from 'vitest'
import { below, random } from '../../../src/numbers/random.ts'
import {
  amongFour,
  best,
  blend,
  type Choice,
  decisive,
  hybrid,
  majority,
  weighted,
} from '../../../src/prm/evaluate/votes.ts'
import { answerClasses } from '../../../src/rewards/grade/answer-classes.ts'

/** Candidates of answers as letters (- is none), the right one capital. */
function choice(answers: string, ...score_N: (number | null)[]): Choice {
  const all = [...answers]
  return {
    class_N: all.map(letter => (letter === '-' ? null : letter.charCodeAt(0))),
    right_N: all.map(letter => letter !== '-' && letter === letter.toUpperCase()),
    score_N: score_N.length > 0 ? score_N : all.map(() => 1),
  }
}

describe('best', () => {
  test.each([
    [choice('Aab', 0.1, 0.2, 0.9), 0],
    [choice('Aab', 0.9, 0.2, 0.1), 1],
    [choice('Aab', 0.9, 0.9, 0.1), 0.5], // drawn among equals
    [choice('Ab', 0.1, null), 1], // what has no score is not chosen
    [choice('A', null), 0],
    [choice(''), 0],
  ])('%#', (one, expected) => expect(best(one)).toBe(expected))
})

describe('majority', () => {
  test.each([
    [choice('AAb'), 1],
    [choice('Abb'), 0],
    [choice('Ab'), 0.5],
    [choice('Abc'), 1 / 3],
    [choice('A---'), 1], // no answer is no vote
    [choice('--'), 0],
  ])('%#', (one, expected) => expect(majority(one)).toBeCloseTo(expected, 12))
})

test('weighted: the sum of an answer’s scores, not their mean', () => {
  expect(weighted(choice('AAb', 0.4, 0.4, 0.7))).toBe(1)
  expect(weighted(choice('AAb', 0.3, 0.3, 0.7))).toBe(0)
  expect(weighted(choice('AAb', 0.1, 0.2, 0.3))).toBe(0.5) // 0.1 + 0.2 is not 0.3 to the last bit
  expect(weighted(choice('AAb', null, 0.4, 0.3))).toBe(1)
  // below 0: 0, 0, 2 after the lowest is taken from each
  expect(weighted(choice('AAb', -1, -1, 1))).toBe(0)
  expect(weighted(choice('AAb', -0.1, 0.9, 0.8))).toBe(1)
})

test('hybrid: the better half votes', () => {
  expect(hybrid(choice('AAbbb', 0.9, 0.8, 0.7, 0.1, 0.1))).toBe(1)
  expect(majority(choice('AAbbb', 0.9, 0.8, 0.7, 0.1, 0.1))).toBe(0)
  expect(best(choice('bAAbb', 0.9, 0.8, 0.7, 0.1, 0.1))).toBe(0)
  expect(hybrid(choice('bAAbb', 0.9, 0.8, 0.7, 0.1, 0.1))).toBe(1)
  // a tie at the cut takes all that are tied
  expect(hybrid(choice('Abbb', 0.9, 0.5, 0.5, 0.1))).toBe(0)
  expect(hybrid(choice('Ab', null, null))).toBe(0)
})

test('blended: votes and scores by halves, all of one or the other at the ends (arXiv:2508.01773)', () => {
  // a: 3 of 5 votes and 0.3; B: 2 of 5 and 1.8, which is the most
  expect(blend(0.5)(choice('aaaBB', 0.1, 0.1, 0.1, 0.9, 0.9))).toBe(1)
  expect(blend(0.1)(choice('aaaBB', 0.1, 0.1, 0.1, 0.9, 0.9))).toBe(0)
  const draw = random(4)
  for (let round = 0; round < 200; round++) {
    const letters = Array.from({ length: 6 }, () => 'Abc-'[below(draw, 4)]).join('')
    const one = choice(letters, ...[...letters].map(() => below(draw, 32) / 32 - 0.25))
    expect(blend(0)(one)).toBeCloseTo(majority(one), 12)
    expect(blend(1)(one)).toBeCloseTo(weighted(one), 12)
  }
})

test('decisive: the majority where it is more than half of all, else the best', () => {
  expect(decisive(choice('AAAb', 0.1, 0.1, 0.1, 0.9))).toBe(1)
  expect(decisive(choice('AAbb', 0.1, 0.1, 0.1, 0.9))).toBe(0)
  expect(decisive(choice('AA--', 0.1, 0.2, 0.1, 0.9))).toBe(0) // what scores best gives no answer
})

test('classes of equal answers, asked once a class at most', async () => {
  const asked: string[] = []
  const value = (text: string) => Number(text.includes('/') ? 0.5 : text)
  const classes = await answerClasses(
    ['0.5', null, '3', '1/2', '3', '4'],
    async (known, answer) => {
      asked.push(`${known} ${answer}`)
      return value(known) === value(answer)
    },
  )
  expect(classes).toEqual([0, null, 1, 0, 1, 2])
  expect(asked).toEqual(['0.5 3', '0.5 1/2', '0.5 4', '3 4'])
})

test('amongFour: the share of right ones of the four best scored (arXiv:2412.17256, section 2)', () => {
  expect(amongFour(choice('AAbbA', 0.9, 0.8, 0.7, 0.6, 0.5))).toBe(0.5)
  expect(amongFour(choice('AAbbA', 0.9, 0.8, 0.7, 0.5, 0.5))).toBe(0.625) // a draw of the last
  expect(amongFour(choice('Ab', 0.9, 0.8))).toBe(0.5)
  expect(amongFour(choice('Ab', 0.9, null))).toBe(1)
  expect(amongFour(choice('A', null))).toBe(0)
  const draw = random(4) // scores that say nothing take what the mean takes
  for (let round = 0; round < 50; round++) {
    const right_N = Array.from({ length: 5 + below(draw, 9) }, () => draw() < 0.4)
    const score_N = right_N.map(() => 1)
    const share = right_N.filter(Boolean).length / right_N.length
    expect(amongFour({ class_N: score_N, right_N, score_N })).toBeCloseTo(share, 12)
  }
})
