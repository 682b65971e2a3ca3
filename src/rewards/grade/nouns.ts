// Words behind a number: whether they say what it counts, `12 red balls`, or make something else of it,
// `12 dozen`, `12 minus one`. What any noun may be is open, so a prediction's must look like one.

/** Words that make another number of the one before them, join another to it, or take it back. */
const altering = new Set(
  `and or not if but is are to by nor either neither
   kilo mega ten tens lakh lakhs crore crores hundred hundreds thousand thousands million millions
   billion billions trillion trillions bn mn grand myriad myriads dozen dozens gross score scores
   couple half halves quarter third thirds fourth fourths fifth fifths sixth sixths seventh sevenths eighth
   eighths ninth ninths tenth tenths hundredth hundredths thousandth thousandths millionth millionths
   one two three four five six seven eight nine zero pi percent pct point
   plus minus times less over twice thrice double triple doubled tripled halved squared cubed root
   factorial inverse reciprocal divided multiplied mod modulo base negative
   no never none non wrong false incorrect untrue impossible except excluding excluded without unless besides
   maybe perhaps possibly approximately about almost nearly roughly around circa least most too
   nil null greater lesser larger smaller bigger above below under beyond inclusive exclusive else instead otherwise`.split(
    /\s+/,
  ),
)

/** What may follow a noun, or stand for it: `5 left`, `3 years old`. */
const trailing = new Set(
  `left remaining total altogether overall each all more fewer apart away ago later old older younger tall
   taller long longer short shorter high higher wide wider deep deeper now today`.split(/\s+/),
)
const prepositions = new Set('of per in for from on at with between a an the'.split(' '))
const irregular = new Set(
  `people persons children men women feet teeth geese mice oxen fish sheep deer dice data vertices indices
   matrices radii foci loci bacteria phenomena criteria polyhedra fruit rice`.split(/\s+/),
)

/** Whether one of the words makes another number of the one before them. */
export function alters(words: readonly string[]): boolean {
  return words.some(word => altering.has(word.toLowerCase()))
}

/** Whether words look like what is counted: a noun in the plural, or a unit, and what hangs on it. */
export function countsThings(words: readonly string[], isUnit: (word: string) => boolean): boolean {
  const lower = words.map(word => word.toLowerCase())
  const end = lower.findIndex(word => prepositions.has(word))
  const head = words.slice(0, end < 0 ? words.length : end)
  while (head.length > 0 && trailing.has(head.at(-1)!.toLowerCase())) head.pop()
  const noun = head.at(-1)
  if (noun === undefined) return lower.every(word => trailing.has(word) || prepositions.has(word))
  return isUnit(noun) || isPlural(noun.toLowerCase())
}

/** Whether two texts may name the same things: one says no word that the other does not, but for what is said of none. */
export function sameThings(a: string, b: string): boolean {
  const [x, y] = [a, b].map(text => text.split(/\bper\b|\//)) // a rate is no count
  const powers = [a, b].map(text => (/\bunits?\b/i.test(text) ? powerOf(text) : null))
  if (x.length !== y.length || (!powers.includes(null) && powers[0] !== powers[1])) return false
  return x.every((part, i) => {
    const [few, many] = [namesIn(part), namesIn(y[i])].sort((p, q) => p.length - q.length)
    return few.every(word => many.includes(word))
  })
}

/** Of `square units` 2. */
function powerOf(text: string): number {
  return /\b(?:square|sq)\b/i.test(text) ? 2 : /\b(?:cubic|cu)\b/i.test(text) ? 3 : 1
}

/** A unit without what hangs on it: `years` of `years old`. */
export function unitAlone(text: string): string {
  const words = text.split(/\s+/)
  while (words.length > 1 && trailing.has(words.at(-1)!.toLowerCase())) words.pop()
  return words.join(' ')
}

/** The words that say what is counted, in the singular. */
function namesIn(text: string): string[] {
  const words = (text.toLowerCase().match(/[a-z]+/g) ?? []).filter(
    word => !trailing.has(word) && !prepositions.has(word) && !/^(?:units?|text)$/.test(word),
  )
  return words.map(
    word =>
      singular.get(word) ??
      word
        .replace(/(?:ies|y)$/, 'i')
        .replace(/s$/, '')
        .replace(/e$/, '')
        .replace(/s+$/, ''),
  )
}

const singular = new Map([
  ['people', 'person'],
  ['men', 'man'],
  ['women', 'woman'],
  ['children', 'child'],
  ['feet', 'foot'],
])

function isPlural(noun: string): boolean {
  return irregular.has(noun) || /^[a-z]{2,}(?<![sui])s$/.test(noun)
}
