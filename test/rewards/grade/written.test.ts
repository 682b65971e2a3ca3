// Answers as models write them, written before the grader was asked: nothing wrong is taken, and what is right is refused
// by a rule of docs/grading.md alone.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type GradeRequest, grade } from '../../../src/rewards/grade/grade.ts'

type Pair = GradeRequest & {
  readonly kind: string
  readonly pred: string
  readonly expected: boolean
}

const pairs = readFileSync('test/fixtures/grader-pairs/written.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Pair)

/** Rules by which what is right is refused, and what they look like. */
const refused: Readonly<Record<'reward' | 'eval', Readonly<Record<string, RegExp>>>> = {
  eval: {
    'letters in a font are neither digits nor a power of ten':
      /\\text\{A\}3_|\\text\{e-\}|\\mathrm\{E\}/,
    'what is written above is no conjugate, no numerator and no derivative':
      /\\overline\{3\+|\^\{3\}\/_|\\frac\{dy\}\{dx\}=/,
    'words of other scripts, and notes behind a number': /种|\\text\{ \(cm\)/,
    'two signs in a condition': /\\ne\\pm/,
  },
  reward: {
    'what stands outside a box': /^(?![\s\S]*\\f?boxed)/,
    'what is not worked out': /\\frac\{1\}\{2\}\\begin|2\\cdot2\^|\}\\cdot2\^|\(2\^\{10\}\)/,
  },
}

test.each([
  ['reward', 19],
  ['eval', 9],
] as const)('%s takes nothing wrong, and refuses %i by its rules', (policy, most) => {
  expect(pairs.filter(({ expected }) => expected)).toHaveLength(567)
  const verdicts = pairs.map(pair => ({ pair, verdict: grade(pair, policy) }))
  const wrong = verdicts.filter(({ pair, verdict }) => verdict.correct !== pair.expected)
  expect(wrong.filter(({ pair }) => !pair.expected)).toEqual([])
  const rules = Object.values({ ...refused.eval, ...(policy === 'reward' ? refused.reward : {}) })
  expect(wrong.filter(({ pair }) => !rules.some(rule => rule.test(pair.pred)))).toEqual([])
  expect(wrong.length).toBeLessThanOrEqual(most)
})
