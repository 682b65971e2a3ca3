// One spelling for everything that is spelled in several ways. Pure, idempotent, in linear time: what
// an answer means is decided later, by the parser.

import { limits, TooLarge } from '../limits.ts'
import { characters, synonyms } from './characters.ts'
import { usual } from './forms.ts'

/** Parts of a thousand. */
const permille =
  /\\text\w*\s*\{\s*\u2030\s*\}|\\(?:textperthousand|permil|perthousand)(?![A-Za-z])|\u2030/g
/** A congruence whose modulus stands in no bracket. */
const congruence =
  /(\\equiv(?![A-Za-z])[^()=]*?)\\b?mod(?![A-Za-z])\s*\{?\s*(\d+|[A-Za-z])\s*\}?\s*$/g

const special = new RegExp(
  Object.keys(characters)
    .sort((a, b) => b.length - a.length)
    .join('|'),
  'gu',
)
const heights: Readonly<Record<string, string>> = {
  '⁰': '0', '¹': '1', '²': '2', '³': '3', '⁴': '4', '⁵': '5', '⁶': '6', '⁷': '7', '⁸': '8', '⁹': '9', '⁻': '-', '⁺': '+', 'ⁿ': 'n',
} // biome-ignore format: a table
/** Digits written above the line, as the one exponent that they are. */
const raised = /[⁰¹²³⁴-⁹⁻⁺ⁿ]+/gu
const invisible = /[\u200b-\u200d\u2060\ufeff\u00ad]/gu
const rounds = 8

/** Marks that show a text in another order than it is stored: an answer with them shows what it is not. */
const turned = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

/** Whether a text holds characters that an honest answer does not. */
export function isDisguised(text: string): boolean {
  return turned.test(text)
}

/**
 * An answer in the one spelling: unicode as LaTeX, no delimiters, no sizes, no spacing commands,
 * synonyms replaced, digits of a number joined, no punctuation at the ends. Throws TooLarge past the
 * limit of characters.
 */
export function normalise(text: string): string {
  if (text.length > limits.answer) throw new TooLarge('answer')
  let before = text
  for (let round = 0; round < rounds; round++) {
    const after = pass(before)
    if (after === before) return after
    before = after
  }
  // each further pass could only strip more: what still changes is no answer
  return before === pass(before) ? before : ''
}

function pass(text: string): string {
  return trimmed(joined(commands(unhatted(usual(undisguised(text))))))
}

/** The unit vectors of a text that has several of them, without their hats and their bold type. */
function unhatted(text: string): string {
  const found = new Set([...text.matchAll(hats)].map(match => match[1] ?? match[2]))
  return found.size > 1
    ? text.replace(hats, (_, bold?: string, hatted?: string) => ` ${bold ?? hatted}`)
    : text
}

const hats =
  /\\(?:mathbf|textbf|bm|boldsymbol)\s*\{\s*(?:\\hat\s*\{?\s*)?\\?([ijk])(?:math)?\s*\}?\s*\}|\\(?:hat|vec|widehat)\s*(?:\{\s*)?(?:\\(?:mathbf|textbf|bm|boldsymbol)\s*\{\s*)?\\?([ijk])(?:math)?(?![A-Za-z])\s*(?:\}\s*)?\}?/g

function undisguised(text: string): string {
  const ascii = /^[\x20-\x7e]*$/.test(text)
  const plain = ascii
    ? text
    : text
        .replace(invisible, '')
        .replace(raised, run => `^{${[...run].map(c => heights[c]).join('')}}`)
        .replace(special, c => characters[c]!)
        .normalize('NFKC')
  const repaired = plain
    .replace(permille, '\\times 10^{-3}')
    .replace(congruence, '$1(\\bmod $2)')
    .replace(/^[\s`*]+|[\s`*]+$/g, '')
    .replace(/\\?\f(?=rac)/g, '\\f')
    .replace(/&nbsp;/g, ' ')
  const rows = repaired.includes('\\begin')
  if (repaired.includes('cases}')) return repaired.replace(/[,;.]\s*(?=\\\\|\\end)/g, ' ')
  return rows ? repaired : repaired.replace(/\\{2,}(?=[A-Za-z(){}[\]%$,!;])/g, '\\')
}

function commands(text: string): string {
  return text
    .replace(/\\\\\s*\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm)\s*\]/g, '\\\\')
    .replace(/\\(?:left|right)\s*\./g, '')
    .replace(/(?<![\d.,}])0\{\s*,\s*\}(?=\d)/g, '0.')
    .replace(/(\d)\s*(?:\{\s*,\s*\}|,(?:\\!)+)\s*(?=\d{3}(?!\d))/g, '$1')
    .replace(/(\d)(?:\\[,:; ]|\{\s*(?:\\[,:; !]|~)?\s*\}|~)\s*(?=\d{3}(?!\d))/g, '$1')
    .replace(/(?<![\d.,])(\d+)\{\s*,\s*\}(?=\d)/g, '$1.')
    .replace(/\\!/g, '')
    .replace(/(?<!\\)\\[()[\]]/g, ' ')
    .replace(/(?<!\\)\\[,:;> /]/g, ' ')
    .replace(/(?<!\\)\\[hv]space\*?\s*\{[^{}]*\}/g, ' ')
    .replace(/\\([A-Za-z]+)\*?/g, (whole, name: string) => replacement(whole, name))
    .replace(
      thousands,
      (_, before, name, rest) => `${before}${times[name.toLowerCase()]}\\text{${rest}}`,
    )
    .replace(bareThousands, (_, before, name) => `${before}${times[name.toLowerCase()]}`)
    .replace(/\\text\s*\{([^A-Za-z{}\\]*)\}/g, '$1')
    .replace(/\\pmod\s*(?:\{([^{}]*)\}|(\w))/g, '(\\bmod $1$2)')
    .replace(/(\(?)\s*\\text\s*\{\s*(\(?)\s*mod(?:ulo)?\s*\}/g, '$1$2\\bmod ')
    .replace(/\(\s*mod(?:ulo)?\s(?=[\w\\])/g, '(\\bmod ')
    .replace(/(?<![\w.])(?:np|math)\.(?=[a-z])/g, '')
    .replace(/\\%/g, '%')
    .replace(/\\[$&#]/g, found => (found === '\\$' ? '¤' : found))
    .replace(/\$/g, ' ')
    .replace(/\^\s*(?:\\circ(?![A-Za-z])|\{\s*\\circ\s*\}|\\degree)/g, '\\degree ')
    .replace(/\^\s*(?:\\prime(?![A-Za-z])|\{\s*\\prime\s*\})/g, "'")
    .replace(/~/g, ' ')
}

const scales = '(hundred|thousand|million|billion|trillion|dozen)s?(?![a-z])'
/** 3 million, after a number that no words hold; with the word alone, where nothing else is there. */
const thousands = new RegExp(`([\\d}])\\s*\\\\text\\s*\\{\\s*${scales}([^{}]*)\\}`, 'gi')
const bareThousands = new RegExp(`^([+-]?[\\d.,]*\\d)\\s*${scales}`, 'i')
const times: Readonly<Record<string, string>> = {
  hundred: '\\times 10^{2}',
  thousand: '\\times 10^{3}',
  million: '\\times 10^{6}',
  billion: '\\times 10^{9}',
  trillion: '\\times 10^{12}',
  dozen: '\\times 12',
}

function replacement(whole: string, name: string): string {
  const other = Object.hasOwn(synonyms, name) ? synonyms[name]! : null
  if (other === null) return whole.endsWith('*') ? `\\${name}*` : whole
  return whole.endsWith('*') && other !== '\\text' ? `${other}*` : other
}

function joined(text: string): string {
  return (
    text
      .replace(/^([+-]?)\s*([¤€£¥])\s*(-?[\d,.]*\d)$/, (_, sign, mark, digits) =>
        amount(sign + digits, mark),
      )
      .replace(/^([+-]?[\d,.]*\d)\s*([¤€£¥¢])$/, (_, digits, mark) => amount(digits, mark))
      .replace(/¤\s*/g, '')
      .replace(/(\d)\s*[€£¥]|[€£¥]\s*(?=[\d.])/g, '$1')
      .replace(/(?<![<>!=])<=(?!=)/g, '\\le ')
      .replace(/(?<![<>!=])>=(?!=)/g, '\\ge ')
      .replace(/(?<!\d)!=(?!=)/g, '\\ne ')
      .replace(/\\not\s*=/g, '\\ne ')
      .replace(/\*\*/g, '^')
      .replace(/\s+/g, ' ')
      // 12 345 678, but not 3 100/7
      .replace(/(?<![\w.,^_}] ?)\d{1,3}(?: \d{3})+(?![\d/]| ?\/|\.\d* \d)/g, digits =>
        digits.replaceAll(' ', ''),
      )
  )
}

/** An amount of money with its currency as the unit that it is. */
function amount(digits: string, mark: string): string {
  return `${digits}\\text{ ${currencies[mark]}}`
}

const currencies: Readonly<Record<string, string>> = {
  '¤': 'dollars',
  '€': 'euros',
  '£': 'pounds',
  '¥': 'yen',
  '¢': 'cents',
}

function trimmed(text: string): string {
  return text
    .replace(/^(?:\s|\\\\(?!\[))+/, '')
    .replace(/^(\\?['"])([^'"]*)\1$/, '$2')
    .replace(/^[\s.,;:]+(?!\d)/, '')
    .replace(/^\s+/, '')
    .replace(/(?:[\s.,;:]|\\\\)+$/, '')
    .replace(/(?<!\\)\\$/, '')
    .replace(/^\+(?=[\d.\\])/, '')
    .replace(/^\\approx\s*(?=-?\d*\.\d+(?:$|\s*\\text))/, '')
}

/** The text by which two answers are the same as strings: spaces that separate nothing are gone. */
export function stringKey(normalised: string): string {
  return normalised.replace(/(?<![A-Za-z\d]) | (?![A-Za-z\d])/g, '')
}
