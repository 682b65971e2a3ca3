// Pairs that were written before the grader was asked: nothing wrong is taken, and what is right and boxed is
// refused by a rule of docs/grading.md alone.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { grade } from '../../../src/rewards/grade/grade.ts'

interface Pair {
  readonly kind: string
  readonly gold: string
  readonly pred: string
  readonly mode: 'text'
  readonly expected: boolean
}

const pairs = readFileSync('test/fixtures/grader-pairs/fresh.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as Pair)

/** Rules by which what is right is refused, and what they look like. */
const rules: Readonly<Record<'reward' | 'eval', Readonly<Record<string, RegExp>>>> = {
  eval: {
    'an inequality where an interval is known': /[<>|]|\\le|\\neq?/,
    'C(n, k) is not read': /C\(10,3\)/,
    'words before a value could deny it': /has area/,
    'integrals and limits are equal when written alike': /^\\(?:int|lim)/,
  },
  reward: {
    'what stands outside a box': /^(?![\s\S]*\\f?boxed)/,
    'a chain, or what is not worked out':
      /= ?28|\\frac56|\\approx 0\.833|1 - \\frac16|\\frac12\\begin/,
  },
}

test.each(['reward', 'eval'] as const)(
  '%s takes nothing wrong, and refuses by its rules',
  policy => {
    const verdicts = pairs.map(pair => ({ pair, verdict: grade(pair, policy) }))
    expect(verdicts.length).toBeGreaterThan(1200)
    expect(verdicts.filter(({ pair, verdict }) => !pair.expected && verdict.correct)).toEqual([])
    const missed = verdicts.filter(({ pair, verdict }) => pair.expected && !verdict.correct)
    const allowed = Object.values({ ...rules.eval, ...(policy === 'reward' ? rules.reward : {}) })
    expect(
      missed.filter(
        ({ pair }) => !allowed.some(rule => rule.test(pair.pred) || rule.test(pair.gold)),
      ),
    ).toEqual([])
    expect(missed).toHaveLength(policy === 'reward' ? 34 : 10)
  },
)
