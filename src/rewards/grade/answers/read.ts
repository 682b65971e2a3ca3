// From the text of one answer to what it may mean.

import { integer, readDecimal } from '../algebra/rational.ts'
import type { Reading } from '../latex/cursor.ts'
import { isDisguised, normalise, stringKey } from '../latex/normalise.ts'
import { parse } from '../latex/parse.ts'
import { Unparsable } from '../limits.ts'
import { type Answer, number, symbol } from './answer.ts'
import { expanded } from './expand.ts'
import { takesBack } from './option-value.ts'
import { caseless, datedOf, saidBy } from './words.ts'

/** An answer's text in one spelling, to be compared as text first. */
export interface Spelled {
  readonly text: string
  readonly key: string
}

/** The one spelling of an answer; null where nothing is there. Throws Unparsable and TooLarge. */
export function spelled(text: string): Spelled | null {
  if (isDisguised(text)) throw new Unparsable('directional marks')
  const normal = normalise(text)
  return normal === '' ? null : { text: normal, key: stringKey(normal) }
}

export interface ReadingOptions extends Reading {
  readonly decimalComma: boolean
}

/**
 * What a text in one spelling may mean, the likeliest first: never empty. Throws Unparsable where it
 * means nothing.
 */
export function meanings(text: string, options: ReadingOptions): readonly Answer[] {
  const written = clockOf(text) ?? basedOf(text)
  if (written) return [written]
  const option = optionWithValue(text, options)
  if (option) return option
  const letters = lettersOf(text)
  if (letters) return [letters]
  const dated = datedOf(text)
  if (dated) return dated
  const word = wordOf(text)
  const found: Answer[] = []
  const grouped = /^[+-]?\d{1,3}(?:\.\d{3}){2,}$|^[+-]?\d{1,3}(?:'\d{3})+$/.test(text)
  const glued = options.gluedUnits && /\d\s*[msgLlh](?![A-Za-z])/.test(text)
  try {
    found.push(expanded(parse(text, options)))
  } catch (error) {
    if (!(error instanceof Unparsable) || !(word || grouped)) throw error
  }
  // 6s^2 is a product, and seconds
  if (glued) found.push(expanded(parse(text, { ...options, gluedUnits: false })))
  if (word) found.push(word)
  if (word?.kind === 'word') found.push(...saidBy(word.text))
  const exponent = /^([+-]?\d+(?:\.\d*)?e[+-]\d)$/i.test(text) ? readDecimal(text) : null
  if (exponent) found.unshift(number(exponent))
  const comma = options.decimalComma
    ? /^([+-]?(?!\d{1,3},\d{3}$)\d+|[+-]?0),(\d+)$/.exec(text)
    : null
  if (grouped) found.push(number(readDecimal(text.replace(/[.']/g, ''))!))
  if (comma) found.push(number(readDecimal(`${comma[1]}.${comma[2]}`)!, comma[2].length))
  return found
}

/** `\\textbf{(E)}\ 27` as the option with its value; null for any other text. */
function optionWithValue(text: string, options: ReadingOptions): readonly Answer[] | null {
  const parts = /^\\text\s*\{\s*\(?([A-J])[).:]\s*([^{}]*)\}\s*(.*)$/.exec(text)
  const said = parts && (parts[2] + parts[3]).replace(/\\text\s*\{([^{}]*)\}/g, '$1')
  if (!parts || said === '' || takesBack(said!)) return null
  const [, letter, words, rest] = parts
  const value = /[A-Za-z]/.test(words) ? `\\text{${words}}${rest}` : words + rest
  return meanings(value, options).map(meant => ({ kind: 'option', letter, value: meant }))
}

/** `\\text{option B}`, `\\text{D)}`, `\\text{A and C}`: the letters of options; null for any other text. */
function lettersOf(text: string): Answer | null {
  const inside = /^\\text\s*\{\s*(?:(?:option|choice)s?\s+)?([^{}]*?)\s*\}$/i.exec(text)?.[1]
  const parts = inside?.split(/\s*(?:,\s*and\s|[,&]|\band\s)\s*/) ?? []
  const letters = parts.map(part => /^\(?([A-J])[).:]?$/.exec(part)?.[1] ?? null)
  const named = /^\\text\s*\{\s*(?:option|choice)\s+([a-j])\s*\}$/i.exec(text)
  if (named) return symbol(named[1].toUpperCase())
  if (letters.length === 0 || letters.includes(null)) return null
  const items = letters.map(letter => symbol(letter!))
  return items.length === 1 ? items[0] : { kind: 'list', joint: 'and', items }
}

/** The coordinates of a point with its name before them: `P(3, -2)`, `\\text{the point }(3, -2)`; null for any other text. */
export function pointOf(text: string, options: ReadingOptions): readonly Answer[] | null {
  const parts =
    /^(?:\\text\s*\{\s*(?:the )?point(?: [A-Z])?\s*\}|[A-Z])\s*(\([^()]*,[^()]*\))$/.exec(text)
  if (!parts) return null
  try {
    const found = meanings(parts[1], options)
    return found.every(({ kind }) => kind === 'tuple') ? found : null
  } catch (error) {
    if (error instanceof Unparsable) return null
    throw error
  }
}

/** A text that holds words, and can be compared with nothing but itself; null where it holds none. */
export function phraseOf(text: string): Answer | null {
  const bare = text
    .replace(/\\text\s*\{([^{}]*)\}/g, ' $1 ')
    .replace(/\s+/g, ' ')
    .trim()
  const worded = /(?<![\\A-Za-z])[A-Za-z]{3,}/.test(bare) && bare.length <= 200
  return worded ? { kind: 'word', text: bare, caseless: lower(text) } : null
}

/** A phrase without regard to case, its spaces single. */
function lower(text: string): string | null {
  return (
    caseless(text.replace(/\\text\s*\{([^{}]*)\}/g, ' $& '))
      ?.replace(/\s+/g, ' ')
      .trim() ?? null
  )
}

/** A time of day: 20:34, 8:34:00 p.m. Without its half it may also be a ratio. */
function clockOf(text: string): Answer | null {
  const spoken = text.replace(/\\text\s*|[{}~]/g, '').trim()
  const parts = /^(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(?:([ap])\.?\s?m\.?)?$/i.exec(spoken)
  if (!parts) return null
  const [hour, minute, second] = [parts[1], parts[2], parts[3] ?? '0'].map(Number)
  if (hour > 24 || minute > 59 || second > 59) return null
  const half = parts[4]?.toLowerCase()
  const hours = half ? (hour % 12) + (half === 'p' ? 12 : 0) : hour
  const terms = half || parts[3] ? null : [hour, minute].map(value => number(integer(value)))
  return { kind: 'clock', seconds: 3600 * hours + 60 * minute + second, terms }
}

/** Digits with a base, some of them letters: A3_{16}. */
function basedOf(text: string): Answer | null {
  const parts = /^\(?(?:\\text\s*\{)?([0-9A-Z]+)\}?\)?_\s*\{?\s*(\d{1,2})\s*\}?$/i.exec(text)
  if (!parts) return null
  const [, digits, radix] = parts
  const base = Number(radix)
  const legal = base >= 2 && base <= 36 && [...digits].every(digit => parseInt(digit, 36) < base)
  const numeric = /\d/.test(digits[0]) || (base > 10 && /\d/.test(digits))
  return legal && numeric ? { kind: 'based', digits: digits.toUpperCase(), base } : null
}

/** Words: what is in \text{}, or letters that spell no formula. */
function wordOf(text: string): Answer | null {
  const bare = text
    .replace(/\\text\s*(?=\{)|\\(?= )/g, '')
    .replace(/[{}]/g, '')
    .trim()
  if (bare.length > 80 || !/^[(\p{L}][\p{L}\s.,!?'()-]*$/u.test(bare)) return null
  const letters = bare.replace(/[^\p{L}]/gu, '')
  if (letters.length < 2) return null
  // a list of letters is a list, and a call a call
  return /^\p{L}'*([,(]|\s|$)/u.test(bare) && !/\p{L}{3}/u.test(bare)
    ? null
    : { kind: 'word', text: bare, caseless: caseless(text.replace(/\\(?= )/g, '')) }
}
