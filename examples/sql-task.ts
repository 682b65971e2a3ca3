// Questions about small tables, each answered by a query in SQL. The environment `sql` runs what the policy writes between
// answer tags, on the tables of `meta.setup`, and compares its rows with those of `meta.query`.
//
//   npx minform train reasoning-sql --task ./sql-task.ts --environment sql --from-scratch

import { below, type Random, type Task } from 'minform'

const tables = [
  { name: 'pets', label: 'name', column: 'age' },
  { name: 'books', label: 'title', column: 'pages' },
  { name: 'shops', label: 'street', column: 'size' },
  { name: 'cars', label: 'owner', column: 'speed' },
] as const
const words = ['Ada', 'Ben', 'Cleo', 'Dan', 'Eva', 'Finn', 'Gus', 'Hana', 'Ivo', 'Juno']

const task: Task = {
  name: 'sql-task',
  generate(random, difficulty) {
    const { name, label, column } = tables[below(random, tables.length)]!
    const rows = words.map(word => `('${word}', ${below(random, 9) + 1})`)
    const { asked, query, thought } = questionOf(random, { name, label, column }, difficulty)
    return {
      id: `${asked} ${rows.join()}`,
      prompt: `${name}(${label}, ${column}): ${asked}\n\n`,
      answer: query,
      solution: [thought, `<answer>${query}</answer>`],
      meta: {
        setup: `create table ${name} (${label} text, ${column} integer); insert into ${name} values ${rows.join(', ')}`,
        query,
      },
    }
  },
}
export default task

/** A question, the query that answers it, and what to think of first. */
function questionOf(
  random: Random,
  {
    name,
    label,
    column,
  }: { readonly name: string; readonly label: string; readonly column: string },
  difficulty: number,
) {
  const [limit, lower] = [1 + below(random, 8), random() < 0.5]
  const where = `where ${column} ${lower ? '<' : '>'} ${limit}`
  const which = `with ${column} ${lower ? 'under' : 'over'} ${limit}`
  const kinds = [
    { asked: `${label} ${which}?`, select: label, thought: `rows ${which}` },
    { asked: `how many ${which}?`, select: 'count(*)', thought: `count ${which}` },
    { asked: `highest ${column} ${which}?`, select: `max(${column})`, thought: `highest ${which}` },
    { asked: `sum of ${column} ${which}?`, select: `sum(${column})`, thought: `sum ${which}` },
  ]
  const { asked, select, thought } = kinds[below(random, Math.min(kinds.length, 2 + difficulty))]!
  return { asked, query: `select ${select} from ${name} ${where}`, thought }
}
