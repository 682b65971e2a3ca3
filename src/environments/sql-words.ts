// What stands in a query, read as words alone, so that one that does not run can be near a right one.

const word = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[a-z_]\w*|\d+(?:\.\d+)?|<=|>=|<>|!=|\|\||\S/gi

/** The words of a query in order: names and keywords in small letters, numbers, texts in quotes, signs. */
export function sqlWords(query: string): string[] {
  return (query.match(word) ?? []).map(one => {
    if (one.startsWith("'")) return one
    return (one.startsWith('"') ? one.slice(1, -1) : one).toLowerCase()
  })
}

/** Neighbouring words of a query. */
export function bigrams(query: string): string[] {
  const words = sqlWords(query)
  return words.slice(1).map((one, i) => `${words[i]} ${one}`)
}

/** The names of tables and columns of these that a query uses. */
export function namesIn(query: string, names: ReadonlySet<string>): string[] {
  return sqlWords(query).filter(one => names.has(one))
}

const constraints = ['primary', 'foreign', 'unique', 'check', 'constraint']

/** The names of tables and columns that statements make. */
export function schemaNames(setup: string): ReadonlySet<string> {
  const names = new Set<string>()
  const words = sqlWords(setup)
  for (let at = words.indexOf('table'); at >= 0; at = words.indexOf('table', at + 1)) {
    if (!['create', 'temp', 'temporary'].includes(words[at - 1] ?? '')) continue
    const open = words.indexOf('(', at)
    if (open < 0) break
    names.add(words[open - 1]!)
    for (let i = open, depth = 0; i < words.length; i++) {
      if (words[i] === '(') depth++
      const begins = depth === 1 && (i === open || words[i] === ',')
      const next = words[i + 1] ?? ''
      if (begins && !constraints.includes(next)) names.add(next)
      if (words[i] === ')' && --depth === 0) break
    }
  }
  return names
}
