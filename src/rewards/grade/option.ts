// The option that a text chooses: A to J, alone.

import { lastBox } from '../../text/boxes.ts'
import type { Answer } from './answers/answer.ts'
import { by, type Context } from './answers/context.ts'
import { takesBack } from './answers/option-value.ts'
import { spoken } from './extract.ts'

const letter = String.raw`(?<![\p{L}\d'])\(?([A-J])\)?(?![\p{Script=Latin}\d'])`
const asked = '(?:[Aa]nswers?|[Oo]ptions?|[Cc]hoices?|[Rr]éponse|[Rr]espuesta|[Aa]ntwort)'
const near = String.raw`(?:[^A-J\n]|\n(?=\s*\(?[A-J]\b)){0,40}?`
const marked = new RegExp(`(?:${asked}|答案|选项|选)${near}${letter}`, 'gu')
const verbs = String.raw`(?:\b[Ii]t's|\bis|\bchoose|\bpick|\bselect|\bgo with|\best|应该是)`
const concluded = new RegExp(String.raw`${verbs}\s*(?:option\s+)?${letter}`, 'gu')
/** Not the first letter of a formula: `C + 1`. */
const formula = String.raw`(?!\s*(?:\\(?:cdot|times|div|pm|le|ge|ne|neq|ldots|%)(?![A-Za-z])|[-+^/=<>_%]|\*(?!\*)))`
const leading = new RegExp(String.raw`^\s*(?:\*\*|\\text\{)?${letter}\}?${formula}`, 'u')

const boxed =
  /^\s*(?:\\text\w*\s*\{)?\s*(?:\(?([A-Ja-j])\)?\s*\}?[.:]?\s*$|(?:\(([A-J])\)|([A-J])[.:)])(?!\s*(?:\\text\s*\{)?\s*(?:(?:and|or)\b|[,;/&+])|.*\([A-J]\))\s*\}?\s*\S.*$)/ // alone, or before its value

/**
 * The option that a text chooses, upper case: in its last box, after "answer is", after a conclusion,
 * or at its beginning. Null where it chooses none of them.
 */
export function optionOf(text: string): string | null {
  const said = spoken(text)?.slice(-4000)
  if (said === undefined) return null
  const box = lastBox(said)
  if (box !== null) {
    const chosen = boxed.exec(box)?.slice(1).find(Boolean)
    const at = chosen === undefined ? -1 : box.indexOf(chosen)
    return at < 0 || takenBack.test(box.slice(at + 1)) || takesBack(valueIn(box.slice(at + 1)))
      ? null
      : chosen!.toUpperCase()
  }
  const first = leading.exec(said)
  const begun = first && !isDenied(first, said) ? first : null
  const found = lastMatch(marked, said) ?? begun ?? lastMatch(concluded, said)
  return found && !isHedged(found, said) ? found[1] : null
}

/** What a box says behind the letter of an option and its mark. */
function valueIn(rest: string): string {
  return rest.replace(/\\text\w*\s*\{|[{}]/g, ' ').replace(/^\s*[).:]+/, '')
}

/** Whether both choose the same options, in whatever case: letters that stand alone, or in a list of such. */
export function sameChoice(gold: Answer, pred: Answer, context: Context): boolean {
  const [a, b] = [chosenBy(gold), chosenBy(pred)]
  const alike = context.policy.ignoreCase && a !== null && a === b
  return alike && by(context, 'exact')
}

function chosenBy(answer: Answer): string | null {
  const items = answer.kind === 'list' ? answer.items : [answer]
  const letters = items.map(item =>
    item.kind === 'symbol' && /^[A-Ha-h]$/.test(item.name) && item.name !== 'e' ? item.name : '',
  )
  return letters.includes('') ? null : letters.join().toUpperCase().split(',').sort().join()
}

/** Whether what stands before a letter, or between, denies it: `not B`, `no option B`. */
function isDenied(found: RegExpExecArray, text: string): boolean {
  const before = text
    .slice(Math.max(0, found.index - 25), found.index)
    .split(/[.\n;]/)
    .at(-1)!
  const after = text.slice(found.index + found[0].length, found.index + found[0].length + 40)
  return denial.test(before) || denial.test(found[0]) || takenBack.test(after)
}

const takenBack =
  /^(?:[\s\\{}$*)]|text)*(?:(?:is|was)\b)?[\s*]*(?:not|wrong|incorrect|false|never|isn't|cannot)\b/i
const denial =
  /\b(?:no|not|never|neither|none|nor|except|isn't|cannot|can't|wrong|incorrect|eliminates?d?|rules? out|ruled out|rejects?)\b/i

/** Whether another letter is chosen beside the one that was found: `C, D` is no option. */
function isHedged(found: RegExpExecArray, text: string): boolean {
  const [after] = text.slice(found.index + found[0].length).split('\n', 1)
  const other =
    /^[)}\]$*.\s]*(?:[,;/&+]|\b(?:and|or)\b|\\text\s*\{\s*(?:and|or)\s*\})[\s({[$*]*(?:and |or )?([A-J])(?![\p{L}\d'])/u.exec(
      after,
    )
  return (other !== null && other[1] !== found[1]) || orNumber.test(after)
}

const orNumber = /^(?:[\s\\{}$*)]|text)*or\b[\s}$]*[-\\]?\d/

function lastMatch(pattern: RegExp, text: string): RegExpExecArray | null {
  return (
    [...text.matchAll(pattern)]
      .filter(match => /[A-J]/.test(match[1]) && !isDenied(match, text))
      .at(-1) ?? null
  )
}
