// Is an answer right? As text first, then exactly, then by algebra: most answers never get further
// than the second. What is known is trusted and read leniently; what is predicted is not.

import type { Steps } from './algebra/polynomial.ts'
import { begun } from './answers/context.ts'
import { same } from './answers/same.ts'
import { candidatesOf } from './extract.ts'
import { limits, TooLarge, Unparsable } from './limits.ts'
import { sameChoice } from './option.ts'
import { type Policy, type PolicyName, policies } from './policy.ts'
import type { GradeRequest } from './request.ts'
import { type Found, type Gold, goldOf, predOf, readFirst, readingsOf } from './sides.ts'
import { equal, type Grade, type Method, ungradable, wrong } from './verdict.ts'

export type { GradeRequest }

/** A verdict, and whether a larger budget could say more. */
export interface Judged {
  readonly grade: Grade
  readonly open: boolean
}

/** quick: what takes longer than a batch has for it stays open. full: to the end of the budget. */
export type Effort = 'quick' | 'full'

/** Grades a predicted answer against the known one, in this thread. Never throws on any text. */
export function grade(request: GradeRequest, policy: Policy | PolicyName = 'reward'): Grade {
  return judge(request, typeof policy === 'string' ? policies[policy] : policy, 'full').grade
}

/** The answer that a text gives; null where it gives none. */
export function extractAnswer(text: string, policy: Policy | PolicyName = 'eval'): string | null {
  const chosen = typeof policy === 'string' ? policies[policy] : policy
  let candidates: readonly string[] = []
  try {
    candidates = candidatesOf(text, chosen)
    return readFirst(candidates, chosen)?.source ?? null
  } catch {
    return candidates[0] ?? null // what cannot be read is still what the text gives
  }
}

/** Grades within a budget. Never throws: what the grader fails on is not right. */
export function judge(request: GradeRequest, policy: Policy, effort: Effort): Judged {
  let gold: Gold | null = null
  try {
    gold = goldOf(request, policy)
    if (!gold) return { grade: ungradable, open: false }
    const found = predOf(request, policy, gold)
    if (found === null) return { grade: wrong('no-answer'), open: false }
    if (found.spelled.key === gold.spelled.key) return { grade: equal('string'), open: false }
    const long =
      found.spelled.text.length > limits.inThread || gold.spelled.text.length > limits.inThread
    if (long && effort === 'quick') return { grade: wrong('too-large'), open: true }
    const grade = compared(gold, found, policy, stepsFor(effort))
    return { grade, open: effort === 'quick' && grade.reason === 'undecided' }
  } catch (error) {
    const reason = reasonOf(error)
    const open = effort === 'quick' && gold !== null && reason === 'too-large'
    return { grade: gold === null ? ungradable : wrong(reason), open }
  }
}

function stepsFor(effort: Effort): Steps {
  return effort === 'quick'
    ? { left: limits.quickSteps }
    : { left: limits.steps, until: performance.now() + limits.milliseconds }
}

function compared(gold: Gold, pred: Found, policy: Policy, steps: Steps): Grade {
  let undecided = false
  let refuted: Method = 'exact'
  for (const [knowns, founds] of readingsOf(gold, pred, policy)) {
    for (const known of knowns) {
      for (const found of founds) {
        const context = begun(policy, steps, same)
        const equalled = sameChoice(known, found, context) || same(known, found, context)
        const { state } = context
        undecided ||= state.undecided
        refuted = state.refuted
        if (equalled)
          return equal(state.method === 'string' && known.kind !== 'word' ? 'exact' : state.method)
      }
    }
  }
  return undecided ? wrong('undecided') : wrong('different', refuted)
}

function reasonOf(error: unknown): 'too-large' | 'unparsable-pred' | 'failed' {
  if (error instanceof TooLarge || isExhausted(error)) return 'too-large'
  return error instanceof Unparsable ? 'unparsable-pred' : 'failed'
}

/** The stack or a number that outgrew the machine. */
function isExhausted(error: unknown): boolean {
  return error instanceof RangeError
}
