// Is an answer right? Numbers are compared exactly, anything else as text. The reward policy is
// strict, because what it lets through is what a policy learns to write; the eval policy reads what
// people would accept.

import { extractBoxed, unboxed } from './extract-boxed.ts'
import { hundredth, type Rational, readRational, sameValue } from './rational.ts'

export type GradePolicy = 'reward' | 'eval'

export interface GradeRequest {
  readonly gold: string | null
  readonly pred: string | null
  /**
   * 'text': find the answer in both sides' prose; 'answer': both are bare answers. Default 'text'.
   */
  readonly mode?: 'text' | 'answer'
}

export interface Grade {
  /** Null where the gold itself cannot be graded: never a wrong answer. */
  readonly correct: boolean | null
  readonly reason: 'equal' | 'different' | 'no-answer' | 'ungradable-gold'
  readonly method: 'rational' | 'string' | 'none'
}

/** Grades a predicted answer against the known one. */
export function grade(
  { gold, pred, mode = 'text' }: GradeRequest,
  { policy = 'reward' }: { readonly policy?: GradePolicy } = {},
): Grade {
  // the gold is trusted: it is read leniently under either policy
  const expected = bare(mode === 'text' ? findGold(gold ?? '') : gold)
  if (expected === '') return { correct: null, reason: 'ungradable-gold', method: 'none' }
  const find = policy === 'reward' ? extractBoxed : findLenient
  const found = bare(mode === 'text' ? find(pred ?? '') : pred)
  if (found === '') return { correct: false, reason: 'no-answer', method: 'none' }
  const [a, b] = [readRational(expected), readRational(found)]
  const correct = a && b ? sameNumber(a, b, policy) : expected === found
  const method = a && b ? 'rational' : 'string'
  return { correct, reason: correct ? 'equal' : 'different', method }
}

/**
 * The answer in prose: the last box, else what follows the last ####, else the number at the end,
 * else nothing.
 */
function findLenient(text: string): string | null {
  const marked = findMarked(text)
  if (marked !== null) return marked
  return isBareNumber(text) ? text : lastNumber(text)
}

/**
 * The same for a gold, which may be a bare formula: then the whole of it, never a number inside it.
 */
function findGold(text: string): string {
  const marked = findMarked(text)
  if (marked !== null) return marked
  const formula = /[\\=<>^_{}()[\]+*]/.test(text)
  return isBareNumber(text) || formula ? text : (lastNumber(text) ?? text)
}

function findMarked(text: string): string | null {
  const boxed = extractBoxed(text)
  if (boxed !== null) return boxed
  const marker = text.lastIndexOf('####')
  if (marker < 0) return null
  const trimmed = text.slice(marker + '####'.length).trimStart()
  const end = trimmed.indexOf('\n')
  return end < 0 ? trimmed : trimmed.slice(0, end)
}

function isBareNumber(text: string): boolean {
  return readRational(bare(text)) !== null
}

/** The last number, if it stands alone: the 1 of x+1 is no answer, nor is the 5 of x < 5. */
function lastNumber(text: string): string | null {
  const tail = text.slice(-10_000) // an answer stands at the end
  const pattern = /(?:(?<![\w)}\]])-)?\d+(?:,\d{3})*(?:\.\d+)?(?:\/\d+)?(?:\s?\\?%)?/g
  const last = [...tail.matchAll(pattern)].at(-1)
  if (!last) return null
  const before = tail.slice(Math.max(0, last.index - 50), last.index)
  const after = tail.slice(last.index + last[0].length)
  const alone = !/(?:\w|[<>^_+*/([{,≤≥×÷-]\s*)$/.test(before) && !/^[\w^_([{)\]}+*/-]/.test(after)
  return alone ? last[0] : null
}

/**
 * An answer without what only surrounds it: spaces, dollar signs, a full stop, a plus sign, a box.
 */
function bare(text: string | null): string {
  let out = (text ?? '').trim()
  const math = /^\\[([]/.test(out) && /\\[)\]]$/.test(out) && out.length >= 4
  if (math) out = out.slice(2, -2).trim()
  let start = 0
  let end = out.length
  while (out[start] === '$' || out.startsWith('\\$', start)) start += out[start] === '$' ? 1 : 2
  while (end > start && /[\s$.]/.test(out[end - 1])) end--
  out = unboxed(out.slice(start, end).trim())
  return /^\+[\d.\\]/.test(out) ? out.slice(1) : out
}

function sameNumber(gold: Rational, found: Rational, policy: GradePolicy): boolean {
  if (gold.percent === found.percent) return sameValue(gold, found)
  if (policy === 'reward') return false
  // 50% answers both 50 and 1/2
  const [percent, number] = gold.percent ? [gold, found] : [found, gold]
  return sameValue(percent, number) || sameValue(hundredth(percent), number)
}
