// Questions that every scorer of steps can be asked before its scores are believed. A pair of solutions whose steps are
// known says whether it judges; the rest says whether it answers what it was asked.

import type { Problem } from '../../types.ts'
import type { Solution } from '../solution.ts'
import { aggregate } from './aggregate.ts'
import { checkedScores, type StepScorer, type StepScores } from './step-scorer.ts'

/** A right solution, and the same with one wrong step. */
export interface KnownPair {
  readonly right: Solution
  readonly wrong: Solution
  readonly wrongAt: number // index of the wrong step
}

export const selfChecks = ['answers', 'repeatable', 'order-free', 'tells-apart'] as const

/** One question and whether the answer was as it should be. */
export interface SelfCheck {
  readonly check: (typeof selfChecks)[number]
  readonly passed: boolean
  readonly detail: string
}

const tolerance = 1e-3 // half precision adds up in another order in another batch

/** A pair that every judge of arithmetic should tell apart. */
export function arithmeticPair(): KnownPair {
  const problem: Problem = {
    id: 'self-test',
    prompt: 'What is (3 + 4) * 2?',
    answer: '14',
    solution: ['3 + 4 = 7.', '7 * 2 = 14.', 'The answer is \\boxed{14}.'],
    meta: {},
  }
  const wrong = ['3 + 4 = 7.', '7 * 2 = 15.', 'The answer is \\boxed{15}.']
  return pairOf(problem, wrong, 1)
}

/** A solved problem's solution and a version of it with a wrong step. */
export function pairOf(problem: Problem, wrong: readonly string[], wrongAt: number): KnownPair {
  const { id, solution } = problem
  if (solution === null) throw new RangeError(`pairOf: problem ${id} has no solution`)
  return {
    right: { id: `${id}, right`, problem, steps: solution },
    wrong: { id: `${id}, wrong`, problem, steps: wrong },
    wrongAt,
  }
}

/**
 * Asks a scorer about a known pair, three times: whether each step has a score within the range; whether the scores come
 * again; whether they depend on the order of a batch; and whether the wrong step is judged wrong and the right solution
 * above the wrong one. What the scorer throws is thrown, but for a wrong number of scores or one out of range.
 */
export async function selfTest(
  scorer: StepScorer,
  { right, wrong, wrongAt }: KnownPair = arithmeticPair(),
  signal?: AbortSignal,
): Promise<SelfCheck[]> {
  const rows = await scorer.score([right, wrong], signal)
  const answers = answersOf(scorer, [right, wrong], rows)
  if (!answers.passed) return [answers]
  const again = await scorer.score([right, wrong], signal)
  const turned = await scorer.score([wrong, right], signal)
  const [rightScores, wrongScores] = rows as [StepScores, StepScores]
  return [
    answers,
    same('repeatable', rows, again),
    same('order-free', rows, [turned[1]!, turned[0]!]),
    apart(scorer, rightScores, wrongScores, wrongAt),
  ]
}

function answersOf(
  scorer: StepScorer,
  solutions: readonly Solution[],
  rows: readonly StepScores[],
): SelfCheck {
  try {
    checkedScores(scorer, solutions, rows)
  } catch (error) {
    return { check: 'answers', passed: false, detail: (error as Error).message }
  }
  const missing = rows.flat().filter(score => score === null).length
  const steps = rows.flat().length
  const detail = `${steps - missing} of ${steps} steps have a score in [${scorer.range.join(', ')}]`
  return { check: 'answers', passed: missing < steps, detail }
}

function same(
  check: SelfCheck['check'],
  rows: readonly StepScores[],
  others: readonly StepScores[],
): SelfCheck {
  let [most, missing] = [0, 0]
  rows.forEach((scores_S, i) => {
    scores_S.forEach((score, s) => {
      const other = others[i]?.[s] ?? null
      if (score === null || other === null) missing += Number(score !== other)
      else most = Math.max(most, Math.abs(score - other))
    })
  })
  const detail = `scores differ by ${most.toPrecision(2)} at most${missing > 0 ? `, ${missing} come and go` : ''}`
  return { check, passed: most <= tolerance && missing === 0, detail }
}

function apart(
  { threshold, aggregation }: StepScorer,
  right_S: StepScores,
  wrong_S: StepScores,
  wrongAt: number,
): SelfCheck {
  const [right, wrong] = [aggregate(right_S, aggregation), aggregate(wrong_S, aggregation)]
  const score = wrong_S[wrongAt] ?? null
  const found = score !== null && score <= threshold
  const above = right !== null && wrong !== null && right > wrong
  const shown = (value: number | null): string => (value === null ? 'none' : value.toFixed(3))
  return {
    check: 'tells-apart',
    passed: found && above,
    detail: `the right solution has ${shown(right)}, the wrong one ${shown(wrong)}, its wrong step ${shown(score)} (right above ${threshold})`,
  }
}
