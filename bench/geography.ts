// npx tsx bench/geography.ts DATA FOLDER: problems of GeoQuery, questions on the geography of the United States and the queries
// that answer them, for `--environment sql`. DATA is the folder data of text2sql-data (github.com/jkkummerfeld/text2sql-data),
// whose split by questions is kept: train and dev are written to FOLDER/train.jsonl, test to FOLDER/test.jsonl.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCode } from '../src/environments/judging.ts'
import type { Table } from '../src/sandbox/job.ts'

interface Entry {
  readonly sql: readonly string[]
  readonly sentences: readonly {
    readonly text: string
    readonly variables: Readonly<Record<string, string>>
    readonly 'question-split': 'train' | 'dev' | 'test'
  }[]
}

const [data, folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: npx tsx bench/geography.ts DATA FOLDER')
const setup = statementsOf(readFileSync(join(data!, 'geography-db.sql'), 'utf8'))
const entries: readonly Entry[] = JSON.parse(readFileSync(join(data!, 'geography.json'), 'utf8'))
const rows = { train: new Map<string, string>(), test: new Map<string, string>() }
const left = { fails: 0, 'finds nothing': 0, 'is asked twice': 0 }

for (const entry of entries)
  for (const { text, variables, 'question-split': split } of entry.sentences) {
    const [question, query] = [filled(text, variables), plainly(filled(entry.sql[0]!, variables))]
    const [first, found] = [await ran(quoted(filled(entry.sql[0]!, variables))), await ran(query)]
    if (first === null) left.fails++
    else if (JSON.stringify(first.rows) !== JSON.stringify(found?.rows))
      throw new Error(`written another way, it finds something else: ${query}`)
    else if (first.rows.length === 0) left['finds nothing']++
    else if (rows.train.has(question) || rows.test.has(question)) left['is asked twice']++
    else {
      const solution = `<answer>${query}</answer>`
      const row = JSON.stringify({ question, answer: query, solution, meta: { setup, query } })
      rows[split === 'test' ? 'test' : 'train'].set(question, row)
    }
  }

mkdirSync(folder, { recursive: true })
for (const [name, found] of Object.entries(rows)) {
  writeFileSync(join(folder, `${name}.jsonl`), `${[...found.values()].join('\n')}\n`)
  console.log(`${join(folder, name)}.jsonl: ${found.size} problems`)
}
for (const [why, count] of Object.entries(left))
  console.log(`left out: ${count} whose query ${why}`)
process.exit() // the sandbox waits for more

/** What SQLite needs of a dump of MySQL: tables and their rows. */
function statementsOf(dump: string): string {
  const statements = dump.match(/^(?:CREATE TABLE|INSERT INTO) [\s\S]*?;$/gm) ?? []
  return statements
    .map(one =>
      one
        .replaceAll('`', '')
        .replaceAll("\\'", "''")
        .replace(/,?\s*(?:PRIMARY )?KEY [^\n]*/g, '')
        .replace(/\) ENGINE[^;]*;/, ');')
        .replace(/\s+/g, ' '),
    )
    .join('\n')
}

function filled(text: string, variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables).reduce((all, [name, value]) => all.replaceAll(name, value), text)
}

/** Texts in the quotes that SQL has for them. */
function quoted(query: string): string {
  return query.replace(/"([^"]*)"/g, (_, text: string) => `'${text.replaceAll("'", "''")}'`)
}

/** A query in small letters, with the names of tables in the place of aliases where a table stands in it once. */
function plainly(query: string): string {
  const parts = quoted(query).split(/('(?:[^']|'')*')/)
  const lower = parts.map((part, i) => (i % 2 === 1 ? part : part.toLowerCase())).join('')
  const aliases = [...lower.matchAll(/\b(\w+) as (\1alias\d+)\b/g)]
  let text = lower
  for (const [, table, alias] of aliases) {
    const once = aliases.filter(one => one[1] === table).length === 1
    if (!once) continue
    text = text
      .replaceAll(`${table} as ${alias}`, table!)
      .replaceAll(`${alias}.`, aliases.length === 1 ? '' : `${table}.`)
  }
  return text
    .replace(/alias(\d)/g, '_$1')
    .replace(/\s*;\s*$/, '')
    .replace(/\( /g, '(')
    .replace(/ \)/g, ')')
    .replace(/ , /g, ', ')
    .replace(/\s+/g, ' ')
}

async function ran(query: string): Promise<Table | null> {
  const found = await runCode({ language: 'sql', setup, query })
  return found.ended === 'value' && 'table' in found ? found.table : null
}
