import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import query from '../../src/cli/query.ts'
import { csvText, jsonText, tableText } from '../../src/cli/query-rows.ts'
import type { Json } from '../../src/types.ts'
import { built } from '../built.ts'
import { recordedRun, scratch } from '../query/runs.ts'
import { printedBy } from './commands.ts'

const hostile = 'a\u001b[31m\u001b]0;title\u0007,\u009b2J "\u202eb"\r\nc\u0000'

let folder = ''
beforeAll(() => {
  folder = recordedRun(join(scratch(), 'run'), { iterations: [[{ text: hostile }, {}]] })
})

const asked = (...args: string[]): Promise<string> => printedBy(query(args), args)

test('one question, as a table, as JSON and as values with commas', async () => {
  const sql = 'select rollout, text, outcome from rollouts order by rollout'
  const table = await asked(folder, sql)
  expect(table).toMatch(/^rollout {2}text +outcome\n +0 {2}a\\u001b\[31m/)
  expect(table).toMatch(/2 rows\n$/)
  const rows = (await asked(folder, sql, '--json')).trimEnd().split('\n')
  expect(rows.map(row => JSON.parse(row))).toEqual([
    { rollout: 0, text: hostile, outcome: 1 },
    { rollout: 1, text: 'é 3\n\nbox', outcome: 1 },
  ])
  expect(await asked(folder, sql, '--csv')).toContain('\r\n1,"é 3\n\nbox",1\r\n')
  expect(await asked(folder, '--ready', 'by-iteration', '--json')).toContain('"rollouts":2')
  expect(await asked(folder, sql, '--rows', '1')).toContain('and 1 more rows; --rows 2 shows all')
}, 20_000)

test('what cannot be asked is named', async () => {
  await expect(asked(folder)).rejects.toThrow('name runs and ask one question: minform query RUN')
  await expect(asked(folder, 'drop table log')).rejects.toThrow('a question reads and nothing else')
  await expect(asked(folder, 'select 1', '--json', '--csv')).rejects.toThrow('give one')
  await expect(asked(join(folder, 'none'), 'select 1')).rejects.toThrow('none is not there')
  await expect(asked(scratch(), 'select 1')).rejects.toThrow('no run there, nor in a folder below')
  await expect(asked(folder, 'select 1', '--timeout', '0')).rejects.toThrow('--timeout is a number')
})

describe('control characters of a model', () => {
  const rows = async function* (): AsyncGenerator<readonly Json[]> {
    yield [hostile, { deep: [hostile] }]
  }
  const printed = async (text: AsyncGenerator<string>): Promise<string> => {
    let all = ''
    for await (const some of text) all += some
    return all
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for
  const obeyed = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
  const columns = [`col\u001b[2J`, 'b']

  test.each([
    ['a table', () => tableText(columns, rows(), 10)],
    ['JSON', () => jsonText(columns, rows())],
    ['values with commas, at a terminal', () => csvText(columns, rows(), { terminal: true })],
  ])('do not reach a terminal by %s', async (_, text) => {
    expect(await printed(text())).not.toMatch(obeyed)
  })

  test('are in a file as they were', async () => {
    const text = await printed(csvText(columns, rows(), { terminal: false }))
    expect(text).toContain(`"${hostile.replaceAll('"', '""')}"`)
  })
})

test('without DuckDB a user is told how to get it', () => {
  const lacking = `data:text/javascript,${encodeURIComponent(`
    import { register } from 'node:module'
    register('data:text/javascript,' + encodeURIComponent(\`
      export function resolve(name, context, next) {
        if (name === '@duckdb/node-api') throw Object.assign(new Error('no such package'), { code: 'ERR_MODULE_NOT_FOUND' })
        return next(name, context)
      }\`))
  `)}`
  const args = ['--import', lacking, built('cli/main'), 'query', folder, 'select 1']
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(stderr).toBe(
    'minform: query asks DuckDB, which is not installed here; npm install @duckdb/node-api, beside minform\n',
  )
  expect(status).toBe(2)
})
