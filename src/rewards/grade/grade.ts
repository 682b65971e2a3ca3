// Is an answer right? As text first, then exactly, then by algebra: most answers never get further
// than the second. What is known is trusted and read leniently; what is predicted is not.

import { unboxed } from '../../text/boxes.ts'
import type { Steps } from './algebra/polynomial.ts'
import type { Answer } from './answers/answer.ts'
import { begun } from './answers/context.ts'
import { meanings, type Spelled, spelled } from './answers/read.ts'
import { same } from './answers/same.ts'
import { candidatesOf, goldCandidatesOf } from './extract.ts'
import { limits, TooLarge, Unparsable } from './limits.ts'
import { optionOf } from './option.ts'
import { type Policy, type PolicyName, policies } from './policy.ts'
import { equal, type Grade, type Method, ungradable, wrong } from './verdict.ts'

export interface GradeRequest {
  readonly gold: string | null
  readonly pred: string | null
  /** 'text': find the answer in both texts; 'answer': both are bare answers. Default 'text'. */
  readonly mode?: 'text' | 'answer'
}

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
    const grade = compared(gold.answers, found.answers(), policy, stepsFor(effort))
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

function compared(
  gold: readonly Answer[],
  pred: readonly Answer[],
  policy: Policy,
  steps: Steps,
): Grade {
  let undecided = false
  let refuted: Method = 'exact'
  for (const known of gold) {
    for (const found of pred) {
      const context = begun(policy, steps, same)
      const equalled = same(known, found, context)
      const { state } = context
      undecided ||= state.undecided
      refuted = state.refuted
      if (equalled)
        return equal(state.method === 'string' && known.kind !== 'word' ? 'exact' : state.method)
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

interface Gold {
  readonly spelled: Spelled
  readonly answers: readonly Answer[]
}

const remembered = new Map<string, Gold | null>() // a group's rollouts share their gold
const mostRemembered = 1000

function goldOf({ gold, mode = 'text' }: GradeRequest, policy: Policy): Gold | null {
  if (gold === null) return null
  const key = `${mode} ${policy.decimalComma} ${gold}`
  const known = remembered.get(key)
  if (known !== undefined) return known
  const texts = mode === 'text' ? [...goldCandidatesOf(gold, policy), optionOf(gold) ?? ''] : [gold]
  const read = readGold(texts, policy)
  if (remembered.size >= mostRemembered) remembered.clear()
  if (gold.length < 300) remembered.set(key, read)
  return read
}

function readGold(texts: readonly string[], policy: Policy): Gold | null {
  for (const text of texts) {
    try {
      const found = spelled(bare(text))
      const answers =
        found &&
        meanings(found.text, {
          plainText: true,
          gluedUnits: false,
          decimalComma: policy.decimalComma,
        })
      if (answers) return { spelled: found, answers }
    } catch {
      // what cannot be read is tried no further
    }
  }
  return null
}

interface Found {
  readonly source: string
  readonly spelled: Spelled
  readonly answers: () => readonly Answer[]
}

function predOf({ pred, mode = 'text' }: GradeRequest, policy: Policy, gold: Gold): Found | null {
  if (pred === null) return null
  const [known] = gold.answers
  const choice = known.kind === 'symbol' && /^[A-J]$/.test(known.name)
  const option = choice && policy.extract === 'anywhere' ? optionOf(pred) : null
  if (option) return readFirst([option], policy)
  return readFirst(mode === 'answer' ? [pred] : candidatesOf(pred, policy), policy)
}

/** The first of several texts that can be read; the last one's failure where none can. */
function readFirst(texts: readonly string[], policy: Policy): Found | null {
  let failure: unknown = null
  for (const source of texts) {
    try {
      const found = spelled(bare(source))
      if (!found) continue
      const read = () => meanings(found.text, policy)
      if (texts.length === 1) return { source, spelled: found, answers: read }
      const answers = read()
      return { source, spelled: found, answers: () => answers }
    } catch (error) {
      failure = error
    }
  }
  if (failure) throw failure
  return null
}

function bare(text: string): string {
  if (text.length > 2 * limits.answer) throw new TooLarge('answer')
  const trimmed = text
    .trim()
    .replace(/^\$+|\$+$/g, '')
    .trim()
  return unboxed(trimmed)
}
