// What is said behind an answer about the letters in it: `where c is a constant`, `, k \in \mathbb{Z}`. It
// changes nothing where one side leaves it out; where both say it, both must say the same.

/** An answer without its qualifier, and what that says of each letter. */
export interface Qualified {
  readonly core: string
  /** Letters to the sets, or bounds, that they are said to be in. */
  readonly said: ReadonlyMap<string, string>
}

const letter = String.raw`(?:\\[a-z]+|[A-Za-z])(?:_(?:\w|\{\w+\}))?`
const named = String.raw`(?:\\mathbb\s*\{?\s*[NZQRC]\s*\}?|[NZQRC])(?:\s*\^?\s*[+*]|_\{?[\w+\\ge ]{1,6}\}?|\^\{?[+*]\}?)?`
const belongs = String.raw`(${letter}(?:\s*,\s*${letter})*)\s*\\in\s*(${named})`
const bare = new RegExp(String.raw`^(.*[^,\s])\s*(?:,|;|\(|\s)\s*${belongs}\s*\)?$`)
const before = new RegExp(String.raw`^\\forall\s*${belongs}\s*[,:;]\s*(?=\S)(.*)$`)

const noun =
  'integers?|numbers?|constants? of integration|constants?|parameters?|reals?|naturals?|whole number|rationals?|primes?'
const adjective =
  'any|an?|the|some|all|every|each|arbitrary|real|positive|negative|non-?negative|non-?zero|nonzero|natural|whole|rational|complex|fixed|free'
const words = new RegExp(
  String.raw`^(?:(?:for|where|with|and|is|are|being|denotes?|in|both|${adjective}|${noun})\b[\s,.]*)+$`,
  'i',
)
const verb = '(?:is|are|being|denotes?)'
const intro = new RegExp(
  String.raw`^(.*?[^\s,;(])[\s,;(]*(\b(?:for|where|with)\b.*|[,;(]\s*${letter}\s+${verb}\b.*)$`,
  'i',
)
const beginning = new RegExp(
  String.raw`\\text\s*\{\s*,?\s*(?:for|where|with)\b|(?<![A-Za-z])(?:for|where|with)\b|[,;(]\s*${letter}\s*\\text\s*\{\s*${verb}\b`,
  'i',
)

/**
 * The answer of a text in one spelling without the qualifier at its end; null where none is there. Only
 * what speaks of a letter of the answer, and gives it no value, is one.
 */
export function qualified(written: string): Qualified | null {
  const text = before.test(written)
    ? written.replace(before, '$3, $1 \\in $2')
    : written.replace(/\\forall(?![a-z])/g, '\\text{ for all }')
  const plain = text
    .replace(/\\text\s*\{([^{}]*)\}/g, ' $1 ')
    .replace(/\s+/g, ' ')
    .trim()
  const hole =
    /^((?:[A-Za-z]\([a-z]\)\s*=)?[^=<>]*[^\s,=<>])\s*,\s*(\\?[A-Za-z]+)\s*\\ne\s*(-?\d+)$/.exec(
      text,
    )
  if (hole && !/\\(?:le|ge|ne|in)(?![a-z])|,/.test(hole[1]))
    return about(hole[1], [[hole[2], `\\ne ${hole[3]}`]])
  const spoken = spokenIn(text, plain)
  if (spoken) return spoken
  const member = bare.exec(text)
  return member && !/\\in(?![a-z])/.test(member[1])
    ? about(member[1], [[member[2], setOf(member[3])]])
    : null
}

/** A qualifier in words: `for any integer k`, `(c is a constant)`. */
function spokenIn(text: string, plain: string): Qualified | null {
  const found = intro.exec(plain)
  if (!found || /\\in(?![a-z])/.test(found[1])) return null
  const at = beginning.exec(text)
  if (!at) return null
  const core = text.slice(0, at.index).replace(/[\s,;(]+$/, '')
  const facts = factsOf(found[2].replace(/^[,;(\s]+|\)\s*$/g, ''))
  return facts && core !== '' ? about(core, facts) : null
}

type Fact = readonly [letters: string, set: string]

/** What a phrase says; null where it says anything else than which numbers letters may be. */
function factsOf(phrase: string): Fact[] | null {
  const facts: Fact[] = []
  const member = new RegExp(belongs, 'g')
  let rest = phrase.replace(member, (_, letters: string, set: string) => {
    facts.push([letters, setOf(set)])
    return ' '
  })
  const bound = new RegExp(String.raw`(${letter})\s*(\\ge|\\le|\\ne|<|>)\s*(-?\d+)(?![\w.])`, 'g')
  rest = rest.replace(bound, (_, one: string, sign: string, value: string) => {
    facts.push([one, `${sign} ${value}`])
    return ' '
  })
  const described = new RegExp(
    String.raw`(?<![A-Za-z\\])((?!a\s)${letter}(?:\s*(?:,|and)\s*${letter}(?![A-Za-z]))*)(?![A-Za-z])\s+(?:${verb}\s+)?((?:(?:${adjective}|${noun})\b\s*)+)`,
    'gi',
  )
  rest = rest.replace(described, (_, letters: string, kind: string) => {
    facts.push([letters, kindOf(kind)])
    return ' '
  })
  const named = new RegExp(
    String.raw`((?:(?:${adjective})\s+)*(?:${noun}))\s+(${letter}(?:\s*(?:,|and)\s*${letter}(?![A-Za-z]))*)(?![A-Za-z])`,
    'gi',
  )
  rest = rest.replace(named, (_, kind: string, one: string) => {
    facts.push([one, kindOf(kind)])
    return ' '
  })
  const loose = new RegExp(
    String.raw`\b(?:all|any|every|some|each)\s+(${letter})(?![A-Za-z])`,
    'gi',
  )
  rest = rest.replace(loose, (_, one: string) => {
    facts.push([one, ''])
    return ' for '
  })
  return facts.length > 0 && (rest.replace(/[\s,.]/g, '') === '' || words.test(rest.trim()))
    ? facts
    : null
}

function about(core: string, facts: readonly Fact[]): Qualified | null {
  const said = new Map<string, string>()
  for (const [letters, set] of facts) {
    for (const [one] of letters.replace(/\band\b/g, ',').matchAll(new RegExp(letter, 'g'))) {
      if (!lettersOf(core).includes(one)) return null
      if (set !== '') said.set(one, set)
    }
  }
  return { core, said }
}

/** The names that occur in a formula, letters that stand side by side one by one. */
function lettersOf(core: string): string[] {
  return core.match(new RegExp(letter, 'g')) ?? []
}

function setOf(text: string): string {
  const [name] = /[NZQRC](?!.*[NZQRC])/.exec(text) ?? ['']
  const rest = text.slice(text.indexOf(name) + 1).replace(/[\s{}^_]/g, '')
  return rest === '' ? name : `${name}${rest}`
}

/** The set that words name: `a positive integer` is Z+, `an arbitrary constant` none. */
function kindOf(words: string): string {
  const sign = /non-?negative/i.test(words) ? '≥0' : /positive/i.test(words) ? '+' : /negative/i.test(words) ? '-' : '' // biome-ignore format: a table
  const set = /integer/i.test(words) ? 'Z' : /natural/i.test(words) ? 'N' : /prime/i.test(words) ? 'P' : /rational/i.test(words) ? 'Q' : /complex/i.test(words) ? 'C' : /real/i.test(words) ? 'R' : '' // biome-ignore format: a table
  return set + sign
}

/** An answer with its one free letter called as it is in the other: n for k, where both only count. */
export function recalled(of: Qualified, other: string): Qualified {
  const { core, said } = of
  const one = core.includes('=') !== other.includes('=') // of x = 2k and 2n alone the x is no letter that counts
  const [letters, others] = [core, other].map(text => lettersOf(one ? valueIn(text) : text))
  const mine = [...new Set(letters)].filter(one => !others.includes(one))
  const theirs = [...new Set(others)].filter(one => !letters.includes(one))
  const counts = mine.length === 1 && said.has(mine[0]) && theirs.length === 1
  if (!counts || !/^[a-z]$/i.test(mine[0]) || !/^[kmnlpqt]$/.test(theirs[0])) return of
  const called = new RegExp(String.raw`(?<![A-Za-z\\])${mine[0]}(?![A-Za-z])`, 'g')
  return {
    core: core.replace(called, theirs[0]),
    said: new Map([...said].map(([name, set]) => [name === mine[0] ? theirs[0] : name, set])),
  }
}

/** What stands behind `x =`. */
function valueIn(text: string): string {
  return text.replace(new RegExp(String.raw`^\s*${letter}\s*=`), '')
}

/** Whether two qualifiers can both be true of one answer: they say the same of every letter that both name. */
export function agree(a: Qualified | null, b: Qualified | null): boolean {
  if (!a || !b) return true
  return [...a.said].every(([one, set]) => {
    const other = b.said.get(one)
    return other === undefined || other === '' || set === '' || other === set
  })
}

/** Whether a qualifier leaves some numbers of a congruence out: 7k + 3 for k in N is not all that leave 3. */
export function narrows(of: Qualified | null, congruence: string): boolean {
  const sets = [...(of?.said.values() ?? [])]
  return congruence.includes('\\bmod') && sets.some(set => set !== 'Z')
}
