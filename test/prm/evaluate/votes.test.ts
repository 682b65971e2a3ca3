import { describe, expect, test } from 'vitest'
import { best, type Choice, hybrid, majority, weighted } from '../../../src/prm/evaluate/votes.ts'
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
