// The option that a text chooses: A to J, alone.

import { lastBox } from '../../text/boxes.ts'
import { spoken } from './extract.ts'

const letter = String.raw`(?<![\p{L}\d'])\(?([A-J])\)?(?![\p{Script=Latin}\d'])`
const asked = '(?:[Aa]nswers?|[Oo]ptions?|[Cc]hoices?|[Rr]éponse|[Rr]espuesta|[Aa]ntwort)'
const near = String.raw`(?:[^A-J\n]|\n(?=\s*\(?[A-J]\b)){0,40}?`
const marked = new RegExp(`(?:${asked}|答案|选项|选)${near}${letter}`, 'gu')
const verbs = String.raw`(?:\b[Ii]t's|\bis|\bchoose|\bpick|\bselect|\bgo with|\best|应该是)`
const concluded = new RegExp(String.raw`${verbs}\s*(?:option\s+)?${letter}`, 'gu')
const leading = new RegExp(String.raw`^\s*(?:\*\*|\\text\{)?${letter}`, 'u')

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
  if (box !== null) return boxed.exec(box)?.slice(1).find(Boolean)?.toUpperCase() ?? null
  const found = lastMatch(marked, said) ?? leading.exec(said) ?? lastMatch(concluded, said)
  return found && !isHedged(found, said) ? found[1] : null
}

/** Whether another letter is chosen beside the one that was found: `C, D` is no option. */
function isHedged(found: RegExpExecArray, text: string): boolean {
  const [after] = text.slice(found.index + found[0].length).split('\n', 1)
  const other =
    /^[)}\]$*.\s]*(?:[,;/&+]|\b(?:and|or)\b|\\text\s*\{\s*(?:and|or)\s*\})[\s({[$*]*(?:and |or )?([A-J])(?![\p{L}\d'])/u.exec(
      after,
    )
  return other !== null && other[1] !== found[1]
}

function lastMatch(pattern: RegExp, text: string): RegExpExecArray | null {
  return [...text.matchAll(pattern)].filter(match => /[A-J]/.test(match[1])).at(-1) ?? null
}
