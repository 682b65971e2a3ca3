// The two sides of a grading: what is known, trusted and read leniently, and what is predicted.

import { unboxed } from '../../text/boxes.ts'
import type { Answer } from './answers/answer.ts'
import { agree, narrows, type Qualified, qualified, recalled } from './answers/qualifiers.ts'
import {
  meanings,
  phraseOf,
  pointOf,
  type ReadingOptions,
  type Spelled,
  spelled,
} from './answers/read.ts'
import { candidatesOf, goldCandidatesOf } from './extract.ts'
import { limits, TooLarge, Unparsable } from './limits.ts'
import { optionOf } from './option.ts'
import type { Policy } from './policy.ts'
import type { GradeRequest } from './request.ts'

/** What a text may mean, the likeliest first. */
export type Answers = readonly Answer[]

/** A known answer that could be read. */
export interface Gold {
  readonly spelled: Spelled
  readonly answers: Answers
}

const remembered = new Map<string, Gold | null>() // a group's rollouts share their gold
const mostRemembered = 1000

/** The known answer of a request; null where it cannot be graded. */
export function goldOf({ gold, mode = 'text' }: GradeRequest, policy: Policy): Gold | null {
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
  const readers = [
    (text: string) => meanings(text, goldReading(policy)),
    (text: string) => coreOf(qualified(text), null, goldReading(policy)),
    (text: string) => [phraseOf(text)].filter(phrase => phrase !== null),
  ]
  for (const read of readers) {
    for (const text of texts) {
      try {
        const found = spelled(bare(text))
        const answers = found && read(found.text)
        const phrase = found && phraseOf(found.text)
        if (found && answers && answers.length > 0)
          return { spelled: found, answers: phrase ? [...answers, phrase] : answers }
      } catch {
        // what cannot be read is tried no further
      }
    }
  }
  return null
}

/** A predicted answer, and what it may mean: asked for where its text does not decide. */
export interface Found {
  readonly source: string
  readonly spelled: Spelled
  readonly answers: () => Answers
}

/** The predicted answer of a request; null where it has none. Throws where it cannot be read. */
export function predOf(
  { pred, mode = 'text' }: GradeRequest,
  policy: Policy,
  gold: Gold,
): Found | null {
  if (pred === null) return null
  const [known] = gold.answers
  const choice = known.kind === 'symbol' && /^[A-J]$/.test(known.name)
  const option = choice && policy.extract === 'anywhere' ? optionOf(pred) : null
  const texts = option ? [option] : mode === 'answer' ? [pred] : candidatesOf(pred, policy)
  return readFirst(
    texts,
    policy,
    gold.answers.some(({ kind }) => kind === 'word'),
  )
}

/** The first of several texts that can be read; the last one's failure where none can. */
export function readFirst(texts: readonly string[], policy: Policy, words = false): Found | null {
  let failure: unknown = null
  // where words are asked for, a text is at last the phrase that it is
  for (const read of words ? [answersOf, phrasesOf] : [answersOf]) {
    for (const source of texts) {
      try {
        const found = spelled(bare(source))
        if (!found) continue
        const answers = once(() => read(found.text, policy, words))
        if (texts.length > 1 || words) answers()
        return { source, spelled: found, answers }
      } catch (error) {
        failure = error
      }
    }
  }
  if (failure) throw failure
  return null
}

/** What a prediction may mean; where words are asked for, also as the phrase that it is. */
function answersOf(text: string, policy: Policy, words: boolean): Answers {
  const phrase = words ? phraseOf(text) : null
  const lakhs = /^[+-]?\d{1,2}(?:,\d{2})+,\d{3}$/.test(text)
  try {
    const others = lakhs ? meanings(text.replaceAll(',', ''), policy) : []
    return [...meanings(text, policy), ...others, ...(phrase ? [phrase] : [])]
  } catch (error) {
    const point = error instanceof Unparsable ? pointOf(text, policy) : null
    if (point) return point
    const core = error instanceof Unparsable ? coreOf(qualified(text), null, policy) : null
    if (core) return core
    throw error
  }
}

function phrasesOf(text: string): Answers {
  const phrase = phraseOf(text)
  if (!phrase) throw new Unparsable('words')
  return [phrase]
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => {
    made = made ?? { value: make() }
    return made.value
  }
}

function bare(text: string): string {
  if (text.length > 2 * limits.answer) throw new TooLarge('answer')
  const trimmed = text
    .trim()
    .replace(/^\$+|\$+$/g, '')
    .trim()
  return unboxed(trimmed).replace(label, '')
}

/** `\\text{Answer: }` before an answer. */
const label = /^\\text\w*\s*\{\s*(?:the )?(?:final )?answer(?: is)?\s*:?\s*\}\s*[:=]?/i

/** What is compared with what: the answers without their qualifiers, where these agree; then as they are written. */
export function readingsOf(
  gold: Gold,
  pred: Found,
  policy: Policy,
): (readonly [Answers, Answers])[] {
  const [a, b] = [gold.spelled, pred.spelled].map(({ text }) => qualified(text))
  if (!a && !b) return [[gold.answers, pred.answers()]]
  const core = b && recalled(b, a?.core ?? gold.spelled.text)
  const cores =
    agree(a, core) && !narrows(b, gold.spelled.text)
      ? [
          [
            coreOf(a, gold.answers, goldReading(policy)),
            coreOf(core, null, policy) ?? pred.answers(),
          ] as const,
        ]
      : []
  const whole = orNone(() => pred.answers())
  return [...cores, ...(whole ? [[gold.answers, whole] as const] : [])].flatMap(([x, y]) =>
    x && y ? [[x, y] as const] : [],
  )
}

function coreOf(
  of: Qualified | null,
  otherwise: Answers | null,
  reading: ReadingOptions,
): Answers | null {
  return of ? orNone(() => meanings(of.core, reading)) : otherwise
}

function orNone(read: () => Answers): Answers | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof Unparsable) return null
    throw error
  }
}

function goldReading({ decimalComma }: Policy): ReadingOptions {
  return { plainText: true, looseText: true, gluedUnits: false, decimalComma }
}
