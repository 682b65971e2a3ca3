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
    'an inequality where an interval is known': /[<>]|\\le|\\neq?/,
    'C(n, k) is not read, nor what is like it': /[CP](?:\(\d+,\d\)|_2)/,
    'words before a value could deny it': /has area/,
    'integrals and limits are equal when written alike': /\\(?:int|lim)/,
    'intervals side by side may be points': /\(0,1\),\(2,3\)|\(0,2\)\\text\{ and/,
    'an ellipsis stands for what is not known': /1\+2\+|0\.\d+\\ldots|1,2,4,\\ldots/,
    'reasons behind an answer could take it back':
      /\\text\{(?:[A-J]|Friday),? (?:because|since|not)/,
    'words in a list are one phrase': /Monday|I, II|boys/,
    'a map, the name of a whole number, a part of a complex number and a sign of a unit are what is written':
      /\\mapsto|2\\pi n|\\Re|\\Omega|^a\\mid b/,
  },
  reward: {
    'what stands outside a box': /^[^\n]*\n(?![\s\S]*\\f?boxed)/,
    'a chain, or what is not worked out':
      /= ?28|\\frac56|\\approx 0\.|1 - \\frac16|(?:\\frac12|2)\\begin|3\+\\frac14|7!|=12\}|=\\frac\{\\sqrt2\}/,
    'one thing in the singular, a word that is no unit, a percentage without its sign':
      /\{ cat\}|percentage points|^37\.5\\%\n\\boxed\{37\.5\}$/,
  },
}

/** What evaluations alone take though it is not what is known, and why. */
const lenient: readonly RegExp[] = [
  /\\infty\]|\[-\\infty/, // a bracket at infinity closes nothing
  /\\boxed\{(?:[^{}]|\{[^{}]*\})*$/, // a box that does not close
  /3,14/, // a decimal comma
  /\{0\.\d{3}\}|\{\\frac13\}/, // a decimal of three digits is any number that rounds to it
  /\(3,-3\)/, // brackets may be exchanged
]

test.each(['reward', 'eval'] as const)(
  '%s takes nothing wrong, and refuses by its rules',
  policy => {
    const verdicts = pairs.map(pair => ({ pair, verdict: grade(pair, policy) }))
    expect(verdicts.length).toBeGreaterThan(2300)
    const taken = verdicts.filter(({ pair, verdict }) => !pair.expected && verdict.correct)
    const unruly = taken.filter(({ pair }) => !lenient.some(rule => rule.test(pair.pred)))
    expect(unruly).toEqual([])
    expect(taken).toHaveLength(policy === 'reward' ? 0 : 16)
    const missed = verdicts.filter(({ pair, verdict }) => pair.expected && !verdict.correct)
    const allowed = Object.values({ ...rules.eval, ...(policy === 'reward' ? rules.reward : {}) })
    expect(
      missed.filter(
        ({ pair: { gold, pred } }) => !allowed.some(rule => rule.test(`${gold}\n${pred}`)),
      ),
    ).toEqual([])
    expect(missed).toHaveLength(policy === 'reward' ? 74 : 37)
  },
)
