// Forms that LaTeX has beside the usual one: infix fractions, fonts around formulas, colours, braces
// that only space a sign.

import { isUnit } from '../units.ts'

const part = String.raw`([^{}]{0,200}(?:\{[^{}]{0,200}\}[^{}]{0,200}){0,8})`
const over = new RegExp(String.raw`\{${part}\\over(?![A-Za-z])${part}\}`, 'g')
const choose = new RegExp(String.raw`\{${part}\\choose(?![A-Za-z])${part}\}`, 'g')
const font = String.raw`\\(?:text|textrm|mathrm|rm|operatorname)\*?`
const word = String.raw`${font}\s*\{\s*([A-Za-z]+)\s*\}`
const power = String.raw`(\^\s*(?:\{\d\}|\d))?`
const rate = new RegExp(
  String.raw`\\[dt]?frac\s*\{\s*${word}\s*\}\s*\{\s*${word}\s*${power}\s*\}`,
  'g',
)
const degree = new RegExp(
  String.raw`\^\s*(?:\{\s*${font}\s*\{\s*o\s*\}\s*\}|${font}\s*\{\s*o\s*\})`,
  'g',
)
/** Functions that are no units: `min` and `sec` are both. */
const named = new RegExp(
  `${font}\\s*\\{\\s*((?:arc)?(?:sin|cos|tan)|sinh|cosh|tanh|cot|csc|ln|log|exp|gcd|lcm|det)\\s*\\}`,
  'g',
)

/** What stands between a value and its condition in a piece of a function. */
const condition =
  /[,;]?\s*&\s*(?:\\text\w*\s*\{\s*,?\s*(?:if|for|when|where)\s*\}\s*|(?:if|for|when|where)\s+(?=[a-z]\b))?/g
/** A number and its noun in one \\text. */
const counted = /^\s*\\text\w*\s*\{\s*([-+]?\d[\d,]*(?:\.\d+)?)\s+([A-Za-z][^{}\d]*)\}\s*$/
const bases =
  ',,two,three,four,five,six,seven,eight,nine,ten,eleven,twelve,thirteen,fourteen,fifteen,sixteen'.split(
    ',',
  )
const base = new RegExp(
  String.raw`(?<=[\dA-F)}]\s?)_\s*\{?\s*${font}\s*\{\s*(${bases.slice(2).join('|')})\s*\}\s*\}?`,
  'g',
)
const ordinal = new RegExp(
  String.raw`(\d)\s*\^\s*\{?\s*(?:${font}\s*\{\s*)?(st|nd|rd|th)(?:\s*\})?\s*\}?(?![A-Za-z])`,
  'g',
)

/** A letter that is a whole argument, whatever stands behind it: `\frac n6` is n over 6, and no n6. */
const letterOver = /\\([dtc]?frac)\s+([A-Za-z])(?=[\dA-Za-z{\\\s])/g
/** The period of a decimal by dots over its first and last digit. */
const dotted = /(?<=\.\d*)\\dot\s*\{?(\d)\}?(\d*)\\dot\s*\{?(\d)\}?/g
/** A brace on the left alone, with rows behind it. */
const pieces =
  /\\left\s*\\\{\s*\\begin\s*\{(array|aligned|matrix)\}\s*(?:\{[lcr|\s]*\})?((?:(?!\\begin)[\s\S])*?)\\end\s*\{\1\}\s*\\right\s*\./g
/** What is taken off a set of numbers by a minus sign. */
const takenOff =
  /(\\mathbb\s*(?:\{\s*[NZQRC]\s*\}|[NZQRC](?![A-Za-z])))\s*-\s*(?=(?:\\left\s*)?(?:\\\{|[[(]))/g
const excepted =
  /^\s*\\text\w*\s*\{\s*all real numbers,? (?:except|excluding|other than)(?: for)?\s*\}([^=<>]+)$/i
/** A unit in brackets of its own behind a number. */
const enclosed = new RegExp(
  String.raw`(?<=[\d}])((?:\s|\\[,;: ])*)[[(]\s*(${font}\s*\{\s*([A-Za-z]{2,})(?:\s*\^\s*\{?\d\}?)?\s*\}(?:\s*\^\s*\{?\d\}?)?)\s*[\])]\s*$`,
)
/** A dot between two units of one text. */
const between = new RegExp(
  String.raw`(${font}\s*\{\s*([A-Za-z]+)\s*)\\cdot\s*(?=([A-Za-z]+)\b)`,
  'g',
)

/** A text with these forms as the usual ones. */
export function usual(text: string): string {
  if (!/[\\{]/.test(text)) return text
  const infix = text.includes('\\over') || text.includes('\\choose')
  return (infix ? text.replace(over, '\\frac{$1}{$2}').replace(choose, '\\binom{$1}{$2}') : text)
    .replace(/\\(?:text)?color\s*\{\w{1,20}\}/g, '')
    .replace(/\\cr(?![A-Za-z])/g, '\\\\')
    .replace(letterOver, '\\$1{$2}')
    .replace(dotted, '\\overline{$1$2$3}')
    .replace(pieces, '\\begin{cases}$2\\end{cases}')
    .replace(takenOff, '$1\\setminus ')
    .replace(excepted, '\\mathbb{R}\\setminus\\{$1\\}')
    .replace(enclosed, (whole, space, unit, name) => (isUnit(name) ? `${space}${unit}` : whole))
    .replace(between, (whole, before, a, b) => (isUnit(a) && isUnit(b) ? `${before} ` : whole))
    .replace(condition, ' & ')
    .replace(/\\math(?:rm|bf|it|sf|tt)\s*(?=\{\s*\\[dt]?(?:frac|sqrt)(?![A-Za-z]))/g, '')
    .replace(rate, '\\text{$1/$2$3}')
    .replace(named, '\\$1 ')
    .replace(counted, '$1\\text{ $2}')
    .replace(/\\underline\s*\{([^{}]*)\}/g, '$1')
    .replace(base, (_, word: string) => `_{${bases.indexOf(word)}}`)
    .replace(ordinal, '\\text{$1$2}')
    .replace(/\bper\s+cent\b/g, 'percent')
    .replace(degree, '\\degree ')
    .replace(/(?<=[\d)]\s?)_\s*\{\s*\((\d{1,2})\)\s*\}/g, '_{$1}')
    .replace(/(?<![\^_A-Za-z\]]\s?)\{\s*([-+])\s*\}(?=\s*[\d.\\])/g, '$1')
    .replace(/(?<=[\d)]\s?)\{\s*([:=<>])\s*\}/g, '$1')
    .replace(/&\s*(?=[=<>]|\\(?:leq?|geq?|neq?|approx)(?![A-Za-z]))/g, '')
}
