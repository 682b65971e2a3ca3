// Answers in words: which case means nothing, and what some of them are called in mathematics.

import { integer } from '../algebra/rational.ts'
import { type Answer, number, symbol } from './answer.ts'

/** Short words that are no products of letters. */
const short = new Set(
  `yes no true none odd even one two four five six nine ten zero both all any east west left up down
   red blue tan pink gold gray grey sun mon tue wed thu fri sat may june july man boy girl dog cat heads tails
   head tail win lose draw and or the is are an of in to it not only if for with at on by each day week year
   cube cone line rhombus kite ray arc`.split(/\s+/),
)

/**
 * A text in lower case where its case means nothing; null where letters may be symbols or units: `GMm` is no
 * word, nor is the x of "x is even".
 */
export function caseless(text: string): string | null {
  const prose = /^\p{Lu}?\p{Ll}{2,}(?: \p{Lu}?\p{Ll}{2,})+[.!]?$/u.test(text)
  let sure = !/[^\p{L}\s.,!?'(){}\\-]/u.test(text)
  const words = text.replace(/\\text\s*\{([^{}]*)\}|\\[A-Za-z]+|\p{L}+/gu, (run, inside) => {
    if (inside === undefined && run[0] === '\\') return run
    return (inside ?? run).replace(/\p{L}+/gu, (word: string) => {
      const plain = word.toLowerCase()
      const cased = (prose || inside !== undefined) && /^\p{Lu}?\p{Ll}+$/u.test(word)
      if (word.length < 5 && !cased && !short.has(plain) && /[A-Za-z]/.test(word)) sure = false
      return plain
    })
  })
  return sure ? words : null
}

const ones =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const tens = ',,twenty,thirty,forty,fifty,sixty,seventy,eighty,ninety'.split(',')
const ordinals =
  ',first,second,third,fourth,fifth,sixth,seventh,eighth,ninth,tenth,eleventh,twelfth'.split(',')
const months =
  'january february march april may june july august september october november december'.split(' ')

/** What words say that has another notation too: `seven`, `all real numbers`, `there is no solution`. */
export function saidBy(words: string): readonly Answer[] {
  const text = words
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^[\s.]+|[\s.]+$/g, '')
  const counted = countOf(text)
  if (counted !== null) return [number(integer(counted))]
  const rank = ordinals.indexOf(text)
  if (rank > 0) return [ranked(rank)]
  if (
    /^(?:there (?:is|are|exists?) )?no (?:real )?solutions?(?: exists?)?$|^(?:the )?empty set$/.test(
      text,
    )
  )
    return [{ kind: 'set', items: [] }]
  if (/^(?:all|any|every) (?:real(?: numbers?)?|reals)$/.test(text)) return [symbol('mathbb:R')]
  if (text === 'infinity') return [symbol('infty')]
  if (/^(?:12 )?(?:noon|midday)$/.test(text)) return [timeOf(12)]
  if (/^(?:12 )?midnight$/.test(text)) return [timeOf(0)]
  if (
    /^(?:there (?:is|are) )?(?:infinitely many|(?:an )?infinite number of)(?: solutions)?$|^infinite solutions$/.test(
      text,
    )
  )
    return [word('infinitely many')]
  return []
}

/** `3rd`, and a day of a year, whatever the order of its parts; null for any other text. */
export function datedOf(text: string): readonly Answer[] | null {
  const plain = text
    .replace(/\\text\s*\{([^{}]*)\}/g, ' $1 ')
    .replace(/\s+/g, ' ')
    .trim()
  const rank = /^(\d{1,4})\s?(?:st|nd|rd|th)$/.exec(plain)
  if (rank && /\\text/.test(text))
    return [number(integer(Number(rank[1]))), ranked(Number(rank[1]))]
  const parts =
    /^([a-z]{3,9}) (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?$/i.exec(plain) ??
    swapped(/^(?:the )?(\d{1,2})(?:st|nd|rd|th)? (?:of )?([a-z]{3,9})(?:,? (\d{4}))?$/i.exec(plain))
  const iso = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.exec(plain)
  if (iso) return [word(`date ${Number(iso[2])} ${Number(iso[3])} ${iso[1]}`)]
  const month = parts ? months.indexOf(parts[1].toLowerCase()) : -1
  return parts && month >= 0
    ? [word(`date ${month + 1} ${Number(parts[2])} ${parts[3] ?? ''}`)]
    : null
}

function swapped(parts: readonly string[] | null): readonly string[] | null {
  return parts && [parts[0], parts[2], parts[1], parts[3]]
}

/** The whole number below a hundred, or the hundred, that words name; null for any other words. */
function countOf(text: string): number | null {
  if (/^(?:one|a) hundred$/.test(text)) return 100
  const [ten, one, ...rest] = text.split(/[\s-]/)
  if (rest.length > 0) return null
  const [high, low] = [tens.indexOf(ten), ones.indexOf(one ?? ten)]
  if (one === undefined) return low >= 0 ? low : high > 1 ? 10 * high : null
  return high > 1 && low > 0 && low < 10 ? 10 * high + low : null
}

/** A full hour of the day. */
function timeOf(hour: number): Answer {
  return { kind: 'clock', seconds: 3600 * hour, terms: null }
}

function ranked(rank: number): Answer {
  return word(`number ${rank} in order`)
}

function word(text: string): Answer {
  return { kind: 'word', text, caseless: text }
}
