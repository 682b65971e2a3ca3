import { describe, expect, test } from 'vitest'
import { sameRows, sql } from '../../src/environments/sql.ts'
import { bigrams, namesIn, schemaNames, sqlWords } from '../../src/environments/sql-words.ts'
import { overlap } from '../../src/numbers/overlap.ts'
import { BoundedTalk } from '../../src/rollouts/bounded-talk.ts'
import type { Problem } from '../../src/types.ts'

const problem: Problem = {
  ...{ id: 'p', prompt: 'who is over 2?', answer: null, solution: null },
  meta: {
    setup: `create table pets (name text, age integer, primary key (name));
      insert into pets values ('Rex', 3), ('Mia', 7), ('Tom', 1)`,
    query: 'select name from pets where age > 2',
  },
}

async function scoreOf(text: string | null, of: Problem = problem) {
  const signal = new AbortController().signal
  const talk = await sql.open(of, 1, signal)
  if (text !== null) expect(await talk.reply(text, signal)).toBeNull()
  return talk.score!(signal)
}

describe('a query is judged by what it finds', () => {
  test.each([
    ['the known one', '<answer>select name from pets where age > 2</answer>', 1, [1, 1, 1, 1]],
    [
      'another one that finds the same',
      'names of old pets\n\n<answer>SELECT "name" FROM pets WHERE NOT age <= 2 ORDER BY age DESC;</answer>',
      1,
      [1, 1, 4 / 16, 1],
    ],
    ['one that finds other rows', '<answer>select age from pets</answer>', 0, [1, 2 / 3, 1 / 9, 1]],
    [
      'one that does not run',
      '<answer>select name from pets where</answer>',
      0,
      [0, 2 / 3, 4 / 7, 1],
    ],
    ['more rows', '<answer>select name from pets</answer>', 0, [1, 2 / 3, 3 / 7, 1]],
    [
      'one without tags, in a block',
      'so\n```sql\nselect name from pets where age > 2\n```',
      1,
      [1, 1, 1, 0],
    ],
    ['words behind it', '<answer>select 1</answer> done', 0, [1, 0, 0, 0]],
    ['no query', 'select name from pets where age > 2', 0, [0, 0, 0, 0]],
    ['nothing, cut off', null, 0, [0, 0, 0, 0]],
    ['a query that writes', '<answer>drop table pets</answer>', 0, [0, 1 / 3, 0, 1]],
  ])('%s', async (_, text, outcome, [runs, schema, shared, format]) => {
    const score = await scoreOf(text)
    expect(score.outcome).toBe(outcome)
    for (const [name, value] of Object.entries({ runs, schema, bigrams: shared, format }))
      expect(score.parts![name], name).toBeCloseTo(value!, 6)
  })

  test('order counts only where the known query asks for it', () => {
    const table = (...rows: number[]) => ({ columns: ['a'], rows: rows.map(row => [row]) })
    expect(sameRows(table(1, 2), table(2, 1), false)).toBe(true)
    expect(sameRows(table(1, 2), table(2, 1), true)).toBe(false)
    expect(sameRows(table(1, 1, 2), table(1, 2, 2), false)).toBe(false)
    expect(sameRows(table(1), { columns: ['b'], rows: [[1]] }, true)).toBe(true)
  })
})

describe('a problem that cannot be used counts for nothing', () => {
  test('without tables or a query it is not opened', () => {
    const bare = { ...problem, meta: { setup: 'create table a (b)' } }
    const open = () => sql.open(bare, 1, new AbortController().signal)
    expect(open).toThrow('problem p: meta.query: missing; expected a text')
  })

  test('with a known query that does not run, it has no outcome', async () => {
    const broken = { ...problem, meta: { ...problem.meta, query: 'select colour from pets' } }
    await expect(scoreOf('<answer>select 1</answer>', broken)).rejects.toThrow('no such column')
  })

  test('in a rollout that is told as failed, without a reward', async () => {
    const broken = { ...problem, meta: { ...problem.meta, query: 'select colour from pets' } }
    const talk = new BoundedTalk(sql, broken, 1)
    await talk.reply('<answer>select name from pets where age > 2</answer>', () => null)
    expect(await talk.score()).toEqual({})
    expect(talk.failed).toMatch(/^sql: score: the known query cannot be run: .*no such column/)
  })
})

describe('words', () => {
  test('names that statements make, and a query uses', () => {
    const names = schemaNames(`CREATE TABLE a (x int, "y" decimal(2, 1) check (x > 0), unique (x));
      insert into a values (1, 2); create table if not exists b (z text, foreign key (z) references a (x))`)
    expect([...names].sort()).toEqual(['a', 'b', 'x', 'y', 'z'])
    expect(namesIn('select X, "y", w from A', names)).toEqual(['x', 'y', 'a'])
  })

  test('neighbours, and what two have in common', () => {
    expect(sqlWords("select a.b from t where c >= 'It''s' and d<>1.5")).toEqual([
      'select',
      'a',
      '.',
      'b',
      'from',
      't',
      'where',
      'c',
      '>=',
      "'It''s'",
      'and',
      'd',
      '<>',
      '1.5',
    ])
    expect(bigrams('select a from b')).toEqual(['select a', 'a from', 'from b'])
    expect([
      overlap('abc', 'bcd'),
      overlap('a', 'b'),
      overlap('', ''),
      overlap('aab', 'ab'),
    ]).toEqual([0.5, 0, 1, 1])
  })
})
