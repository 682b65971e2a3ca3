// A sample of the pairs of bench/pairs.ts, equal and different by construction, of every kind. The whole of
// it, against other graders, is in docs/known-answers.md.
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { kindsOfPairs, pairsOf } from '../../../bench/pairs.ts'
import { grade } from '../../../src/rewards/grade/grade.ts'
import { gradingPool } from '../../../src/rewards/grade/pool.ts'

const pairs = pairsOf(14 * kindsOfPairs().length, 5)
const pool = gradingPool()
afterAll(() => pool.close())

test('an evaluation is right about every pair', () => {
  expect(pairs.filter(pair => (grade(pair, 'eval').correct === true) !== pair.equal)).toEqual([])
})

test('a reward accepts nothing wrong, and refuses by its rules alone', () => {
  const wrong = pairs.filter(pair => (grade(pair, 'reward').correct === true) !== pair.equal)
  expect(wrong.filter(({ equal }) => !equal)).toEqual([])
  // decimals are exact, and an answer stands in a box
  const rules = [
    'last of a chain',
    'list of decimals',
    'matrix at the end of prose',
    'rounded decimal',
  ]
  expect([...new Set(wrong.map(({ kind }) => kind))].sort()).toEqual(rules)
})

test('a pool says what one thread says', async () => {
  const some = pairs.slice(0, 3 * kindsOfPairs().length)
  const verdicts = await pool.grade(some, 'eval')
  expect(verdicts.map(({ correct }) => correct)).toEqual(
    some.map(pair => grade(pair, 'eval').correct),
  )
})

test('whatever is cut out of an answer, or put into it, is graded', async () => {
  const noise = fc.constantFrom('\\frac', '{', '}', '^', '_', '\\sqrt', '.', '\\binom', '\\text{', '&', '\\\\', '=', ',', '\\in', '10^{10^{10}}', '!', '\\sum_{k=1}^{', '\\left(', 'e^', '\u202e', '\ud800') // biome-ignore format: a list
  const broken = fc
    .tuple(fc.constantFrom(...pairs), fc.nat(), fc.nat(), fc.array(noise, { maxLength: 3 }))
    .map(([{ pred }, a, b, parts]) => {
      const [from, to] = [a % (pred.length + 1), b % (pred.length + 1)].sort((x, y) => x - y)
      return pred.slice(0, from) + parts.join('') + pred.slice(to)
    })
  const texts: string[] = []
  fc.assert(
    fc.property(broken, fc.constantFrom(...pairs), (text, { gold, mode }) => {
      texts.push(text)
      for (const policy of ['reward', 'eval'] as const) {
        const verdict = grade({ gold, pred: text, mode }, policy)
        expect(verdict.reason).not.toBe('failed')
        expect(grade({ gold: text, pred: gold, mode }, policy).reason).not.toBe('failed')
      }
    }),
    { numRuns: 400 },
  )
  const verdicts = await pool.grade(
    texts.slice(-100).map(pred => ({ gold: '1', pred, mode: 'answer' })),
  )
  expect(verdicts.filter(({ reason }) => reason === 'failed')).toEqual([])
})
