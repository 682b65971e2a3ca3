// Values from outside against their schemas, and the one place that says in words what does not fit: which field, what was
// found, what was expected.

import type { z } from 'zod'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

const expected = 'expected ' // so, or at least small, words of a schema of ours begin; those of the library do not

/** How what is wrong is told. */
export interface Wording {
  readonly at?: string // what the value is called: its fields are told below that name
  readonly most?: number // things that are told; default 1
}

/** The value as its schema has it; otherwise throws what `fail` makes of the words for what does not fit. */
export function checked<T>(
  schema: z.ZodType<T>,
  value: unknown,
  fail: (wrong: string) => Error,
  wording: Wording = {},
): T {
  const { data, error } = schema.safeParse(value)
  if (error === undefined) return data
  throw fail(wrongWith(error.issues, value, wording))
}

/** What does not fit, in words: `steps[1].text: 7; expected a text`. */
export function wrongWith(
  issues: readonly Issue[],
  value: unknown,
  { at, most = 1 }: Wording = {},
): string {
  const told = issues.slice(0, most).map(issue => {
    const { path, wanted } = wantedBy(issue, value)
    const found = foundAt(value, path)
    const field = fieldName(at === undefined ? path : [at, ...path])
    return wanted.whole ? `${field}: ${wanted.text}` : `${field}: ${found}; expected ${wanted.text}`
  })
  const more = issues.length - told.length
  return told.join('; ') + (most > 1 && more > 0 ? `; and ${more} more` : '')
}

/** A path as it is written: `rollouts[2].stepLengths[0]`. */
export function fieldName(path: Path): string {
  const text = path.map(p => (typeof p === 'number' ? `[${p}]` : `.${String(p)}`)).join('')
  return text.replace(/^\./, '') || 'the row'
}

/** What would have fitted, where; `whole` where the text says all, what was found too. */
interface Wanted {
  readonly path: Path
  readonly wanted: { readonly text: string; readonly whole?: boolean }
}

function wantedBy(issue: Issue, value: unknown): Wanted {
  const { path, message } = issue
  if (message.startsWith(expected))
    return { path, wanted: { text: message.slice(expected.length) } }
  if (/^[a-z]/.test(message)) return { path, wanted: { text: message, whole: true } }
  if (issue.code === 'invalid_union') return wantedByUnion(issue, value)
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
    const [inner] = issue.issues
    const below = inner === undefined ? { text: 'something else' } : wantedBy(inner, value).wanted
    return { path, wanted: { text: `a name that is ${below.text}`, whole: true } }
  }
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map(shown).join(', ')
    return { path, wanted: { text: `unknown: ${keys}`, whole: true } }
  }
  return { path, wanted: { text: wordsOf(issue) } }
}

/** Of the schemas that could have fitted the one that came furthest; where none came further than the others, all of them. */
function wantedByUnion(issue: Extract<Issue, { code: 'invalid_union' }>, value: unknown): Wanted {
  const { path, errors } = issue
  if ('options' in issue && Array.isArray(issue.options))
    return { path, wanted: { text: oneOf(issue.options) } }
  const firsts = errors.flatMap(([first]) => (first === undefined ? [] : [first]))
  const deeper = firsts.filter(first => first.path.length > 0)
  if (deeper.length > 0) {
    const [inner] = [...deeper].sort((a, b) => b.path.length - a.path.length) as [Issue]
    const found = wantedBy(inner, foundValue(value, path))
    return { path: [...path, ...found.path], wanted: found.wanted }
  }
  const inner = foundValue(value, path)
  const texts = [...new Set(firsts.map(first => wantedBy(first, inner).wanted.text))]
  return { path, wanted: { text: texts.join(' or ') || 'another value' } }
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  undefined: 'nothing',
  nan: 'no number',
  bigint: 'a large whole number',
}

function wordsOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? `a value of the kind ${issue.expected}`
    case 'invalid_value':
      return oneOf(issue.values)
    case 'too_small':
      return sized(issue.origin, issue.minimum, least[Number(issue.inclusive !== false)]!)
    case 'too_big':
      return sized(issue.origin, issue.maximum, greatest[Number(issue.inclusive !== false)]!)
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_format':
      return `a text of the form ${issue.format === 'regex' ? issue.pattern : issue.format}`
    default:
      return 'another value'
  }
}

function oneOf(values: readonly unknown[]): string {
  return `${values.length > 1 ? 'one of ' : ''}${values.map(shown).join(', ')}`
}

const least = ['more than', 'at least'] as const
const greatest = ['less than', 'at most'] as const

/** `a text of at least 1 character`, `a number of at most 1`. */
function sized(origin: string, bound: number | bigint, how: string): string {
  const unit = { string: 'character', array: 'entry', set: 'entry', map: 'entry' }[origin]
  if (unit === undefined) return `a number of ${how} ${bound}`
  const plural = unit === 'entry' ? 'entries' : 'characters'
  const what = unit === 'entry' ? 'a list' : 'a text'
  return `${what} of ${how} ${bound} ${bound === 1 ? unit : plural}`
}

function foundAt(value: unknown, path: Path): string {
  const found = foundValue(value, path)
  return found === undefined ? 'missing' : shown(found)
}

function foundValue(value: unknown, path: Path): unknown {
  let found = value
  for (const key of path) found = (found as Record<PropertyKey, unknown> | null | undefined)?.[key]
  return found
}

const longest = 40 // characters of a text that is shown

/** A value as a message shows it, on one line. */
function shown(value: unknown): string {
  if (typeof value === 'string') {
    const text = JSON.stringify(value.slice(0, longest))
    return value.length > longest ? `${text}...` : text
  }
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}
