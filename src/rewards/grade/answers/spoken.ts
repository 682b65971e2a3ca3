// Answers in words, and options with their values: whether they say the same.

import type { Answer } from './answer.ts'
import { by, type Context } from './context.ts'

/** `(E) 27`: its letter where a letter stands against it, else its value; both against both. */
export function sameOption(gold: Answer, pred: Answer, context: Context): boolean {
  if (gold.kind === 'option' && pred.kind === 'option')
    return gold.letter === pred.letter && context.same(gold.value, pred.value, context)
  const [option, other] = gold.kind === 'option' ? [gold, pred] : [pred, gold]
  if (option.kind !== 'option') return false
  if (other.kind === 'symbol' && /^[A-J]$/.test(other.name))
    return other.name === option.letter && by(context, 'exact')
  return gold === option
    ? context.same(option.value, other, context)
    : context.same(other, option.value, context)
}

/** A word is the same word; what is no word is never one. */
export function sameWord(gold: Answer, pred: Answer, { policy, state }: Context): boolean {
  state.refuted = 'string'
  if (gold.kind !== 'word' || pred.kind !== 'word') return false
  // a phrase with signs in it is compared with them
  const signs = [gold.text, pred.text].some(text => /^\s*-|[^\p{L}\s.,!'()-]/u.test(text))
  const cased = !policy.ignoreCase || gold.caseless === null || pred.caseless === null
  const texts = cased ? [gold.text, pred.text] : [gold.caseless!, pred.caseless!]
  const [a, b] = texts.map(text =>
    text
      .replace(signs ? /\s+/gu : /[^\p{L}\p{N}]+/gu, ' ')
      .trim()
      .replace(/^(?:the|an?) (?=.)/i, ''),
  )
  return a === b
}
