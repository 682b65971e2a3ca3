// Where the answer of a text stands. Candidates come in the order of what marks them; the first one
// that can be read is the answer.

import { type Box, boxesOf, lastBox, openBox } from '../../text/boxes.ts'
import { environments, joinedEnvironments } from './environments.ts'
import { limits } from './limits.ts'
import { lastNumber, numbers } from './numerals.ts'
import type { Policy } from './policy.ts'

/**
 * What a text may give as its answer, the best marked first. Under `last-box` that is the last
 * \boxed{} alone, with those that a comma or a word joins to it; else also what follows "final answer is", an <answer> tag, "####", "answer:", the
 * last LaTeX, the last number. Only what follows a closed </think> counts, of a long text the end.
 */
export function candidatesOf(text: string, policy: Policy): readonly string[] {
  const said = spoken(text)
  if (said === null) return []
  if (policy.extract === 'last-box')
    return present([lastBox(said) === null ? null : joinedBoxes(said, boxesOf(said))])
  const found: (string | null)[] = [tagged(said), hoped(said)]
  const boxes = boxesOf(said)
  found.push(boxes.length > 0 ? joinedBoxes(said, boxes) : openBox(said))
  if (boxes.length === 0) found.push(...marked(said, policy), ...plain(said, policy))
  return present(found)
}

/**
 * What a known answer's text may give: as candidatesOf, but a text that is a formula is the answer
 * whole before anything inside it is.
 */
export function goldCandidatesOf(text: string, policy: Policy): readonly string[] {
  const lenient: Policy = { ...policy, extract: 'anywhere', targets: ['latex', 'number'] }
  return [...candidatesOf(text, lenient), text]
}

/** What was said after thinking, without marks of chat formats; null where thinking never ended. */
export function spoken(text: string): string | null {
  const tail = text.slice(-limits.text)
  const closed = tail.lastIndexOf('</think>')
  if (closed < 0 && tail.includes('<think>')) return null
  const said = closed < 0 ? tail : tail.slice(closed + '</think>'.length)
  return said
    .replace(/<\|[a-z_]{1,20}\|>|<\/?s>/g, ' ')
    .replace(/(?<![\w)}])\*\*|\*\*(?![\w(\\])/g, '') // bold
}

function present(found: readonly (string | null)[]): readonly string[] {
  const strings = found.filter(one => one !== null && one.trim() !== '') as string[]
  return [...new Set(strings)].slice(0, 12)
}

function tagged(text: string): string | null {
  const open = text.lastIndexOf('<answer>')
  const close = text.indexOf('</answer>', open)
  return open < 0 || close < 0 ? null : text.slice(open + '<answer>'.length, close)
}

/** "The final answer is ... I hope it is correct." */
function hoped(text: string): string | null {
  const end = text.lastIndexOf('I hope')
  if (end < 0) return null
  const before = text.slice(Math.max(0, end - 500), end)
  const start = before.toLowerCase().lastIndexOf('final answer')
  return start < 0 ? null : phrase(before.slice(start + 'final answer'.length))
}

const blank = String.raw`(?:\s|\\[ ,;]|\\q?quad|\$|\\[()[\]]|[.*])*`
const joint = String.raw`(?:,|;|, ?and|, ?or|and|or|\\land|\\lor|\\text\s*\{[^{}]*\b(?:and|or)\b[^{}]*\})`
const naming = String.raw`(?:[A-Za-z](?:_\{?\w{1,3}\}?)?\s*=${blank})?`
/** What may stand between two boxes of one list. */
const between = new RegExp(`^${blank}${joint}${blank}${naming}$`)

/** What denies the box right behind it: `is not`, `can't be`, `\\ne`. */
const denied =
  /(?:\b(?:not|never|cannot|(?:is|was|are|ca|could|would|does|do|wo)n['\u2019]t)(?:\s+(?:be|equal|equal to))?|\\neq?|\u2260)\s*(?:\$|\\[([]|\*)*\s*$/i

/** A sentence that says of itself that it is not so: `it is not true that the answer is`. */
const untrue =
  /\b(?:not (?:true|correct|right|the case)|untrue|incorrect|false|wrong) that [^.!?\n]{0,60}?(?:\bis|\bequals|\bbe|=)\s*(?:\$|\\[([]|\*)*\s*$/i

/** The last box, with the boxes before it that belong to the same list. */
function joinedBoxes(text: string, boxes: readonly Box[]): string | null {
  const { start } = boxes.at(-1)!
  const before = (length: number): string => text.slice(Math.max(0, start - length), start)
  if (denied.test(before(40)) || untrue.test(before(120))) return null
  const joined = [boxes.at(-1)!.content]
  for (let i = boxes.length - 1; i > 0; i--) {
    const gap = text.slice(boxes[i - 1].end, boxes[i].start)
    const nested = boxes[i - 1].end > boxes[i].start
    if (nested || gap.length > 80 || !(gap === '' || between.test(gap))) break
    joined.unshift(boxes[i - 1].content)
  }
  const tail = /^\s*\$?\s*(?:\\?%|percent|pct)/.test(
    text.slice(boxes.at(-1)!.end, boxes.at(-1)!.end + 20),
  )
  const distinct = joined.every(content => content === joined[0]) ? joined.slice(-1) : joined
  return distinct.join(' , ') + (tail ? '%' : '')
}

const markers = /final answer|answers?|答案|réponse|respuesta|antwort|risposta|ответ/gi

/** What follows the last "answer is" or "answer:"; then what follows the last "####". */
function marked(text: string, policy: Policy): (string | null)[] {
  const hashes = text.lastIndexOf('####')
  const found: (string | null)[] = [hashes < 0 ? null : line(text.slice(hashes + 4))]
  const tail = text.slice(-20_000)
  const places = [...tail.matchAll(markers)].slice(-3).reverse()
  for (const place of places) {
    const after = tail.slice(place.index + place[0].length)
    const sign = /^[^\n.]{0,60}?(?:\bis\b|est|:|：|是|为|=)\**/.exec(after)
    if (sign) found.push(phrase(after.slice(sign[0].length), policy))
  }
  return found
}

function line(text: string): string {
  return text.trimStart().split('\n', 1)[0]
}

/** The answer of a phrase: the LaTeX it begins with, the whole of it, the first thing in it. */
function phrase(text: string, policy?: Policy): string | null {
  const sentence = /^\s*([\s\S]{0,300}?)(?:\.(?=\s|$)|。|\n\n|$)/.exec(text)?.[1] ?? ''
  const last = sentence
    .split(/\bis\b|：|: /)
    .at(-1)!
    .replace(/(\d)!$/, '$1')
    .trim() // no factorial
  const first = environments(last)[0]
  if (first && first.start === 0) return joinedEnvironments(last, 0)
  if (last !== '' && !isProse(last)) return last
  if (first) return first.content
  return policy && !policy.targets.includes('number') ? null : (numbers(last)[0]?.[0] ?? null)
}

/** Without any marker: the text where it is a formula, the last LaTeX, the last number. */
function plain(text: string, policy: Policy): (string | null)[] {
  const found = environments(text.slice(-8000))
  const bare = text.trim()
  const formula =
    bare.length <= 300 && !isProse(bare.replace(/\$/g, '')) && policy.targets.includes('number')
  const latex = found.length > 0 ? joinedEnvironments(text.slice(-8000), -1) : null
  const number = policy.targets.includes('number') ? lastNumber(text) : null
  const short = bare.length <= 80 ? bare : null
  if (found.length === 0) return [formula ? bare : null, number, short]
  const rest = text.slice(-8000).slice(found.at(-1)!.end)
  const later = number !== null && numbers(rest).length > 0
  return later ? [number, latex] : [latex, formula ? bare : null, number]
}

const spokenWord =
  /^(so|is|it|we|the|then|thus|hence|of|to|are|be|by|has|for|that|this|as|at|on|he|she|they|therefore|answer|get|have|gives?)$/i

/** Whether a text is written in words: two of them in a row, or one that no formula holds. */
export function isProse(text: string): boolean {
  const bare = text.replace(/\\(?:text\w*|begin|end)\s*\{[^{}]*\}|\\[A-Za-z]+/g, ' ')
  if (/[\u3040-\u30ff\u4e00-\u9fff]/.test(bare)) return true
  const words = bare.match(/(?<![A-Za-z])[A-Za-z]{2,}(?![A-Za-z])/g) ?? []
  const known =
    /^(sqrt|sin|cos|tan|log|ln|exp|pi|and|or|arcsin|arccos|arctan|pct|percent|orW|np|infinity)$/
  const unknown = words.filter(word => !known.test(word))
  return unknown.length > 1 || unknown.some(word => spokenWord.test(word))
}
