import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { searchMethods } from '../../src/cli/search/methods/table.ts'
import command from '../../src/cli/search.ts'
import { ConfigError, DataError } from '../../src/errors.ts'
import { carriedModels } from '../../src/model-source/carried-models.ts'
import { printedBy, recordsOf, rowsFile } from './commands.ts'

interface Answer {
  readonly text: string
  readonly answer: string | null
  readonly score: number | null
  readonly steps: readonly string[]
  readonly stepScores: readonly number[] | null
  readonly spent: { readonly tokens: number; readonly judged: number }
}

const policy = ['--model', carriedModels.base, '--threads', '1', '--max-tokens', '60']
const judged = [...policy, '--prm', carriedModels.prm]
const rows = [
  { prompt: 'Compute (3+4)*2.\n\n' },
  { prompt: 'Compute 3+4.\n\n' },
  { prompt: 'Compute (1+2)+3.\n\n' },
]
const search = (args: readonly string[], of: readonly unknown[] = rows) =>
  recordsOf<Answer>(command, [rowsFile(of), ...args])

test('an answer a row, in order: its steps, their scores, what they are worth and have cost', async () => {
  const found = await search([...judged, '--method', 'beam', '--n', '8'])
  expect(found).toHaveLength(3)
  for (const { text, answer, score, steps, stepScores, spent } of found) {
    expect(Object.keys(found[0]!)).toEqual([
      'text',
      'answer',
      'score',
      'steps',
      'stepScores',
      'spent',
    ])
    expect(text).toContain(`\\boxed{${answer}}`)
    expect(steps.join('\n\n')).toBe(text)
    expect(stepScores).toHaveLength(steps.length)
    expect(score).toBe(Math.min(...stepScores!)) // as the reward model says that it is aggregated
    expect(spent.tokens).toBeGreaterThan(0)
    expect(spent.judged).toBeGreaterThanOrEqual(steps.length)
  }
  expect(found.map(({ answer }) => answer)).toEqual(['14', '7', '6'])
})

test('what is found depends on the seed and on the row, not on the rows before it', async () => {
  const args = [...judged, '--method', 'particles', '--n', '4']
  const found = await search(args)
  expect(await search(args)).toEqual(found)
  expect((await search(args, rows.slice(0, 1)))[0]).toEqual(found[0])
  expect(await search([...args, '--seed', '2'])).not.toEqual(found)
})

test('a vote asks no judge; the oracle of a task judges its problems', async () => {
  const [plain] = await search([...policy, '--method', 'majority', '--n', '4'])
  expect(plain).toMatchObject({ stepScores: null, spent: { judged: 0 } })
  const task = ['--task', 'nested-arithmetic', '--count', '3', '--oracle', 'nested-arithmetic']
  const found = await recordsOf<Answer>(command, [
    ...policy,
    ...task,
    '--method',
    'best-of-n',
    '--n',
    '8',
  ])
  expect(found).toHaveLength(3)
  for (const { stepScores } of found)
    expect(stepScores!.every(score => score === 0 || score === 1)).toBe(true)
})

test('--evaluate: accuracy against n beside pass@n, as a table, as JSON and as a picture', async () => {
  const svg = join(rowsFile([]), '..', 'curves.svg')
  const task = ['--task', 'nested-arithmetic', '--count', '6', '--evaluate', '--seeds', '2']
  const methods = ['--method', 'best-of-n', '--method', 'beam', '--width', '2']
  const args = [...judged, ...task, ...methods, '--n', '4']
  const report = JSON.parse(await printedBy(command, [...args, '--json', '--svg', svg]))
  expect(report.rows.map(({ search, n }: { search: string; n: number }) => [search, n])).toEqual([
    ['best-of-n', 1],
    ['best-of-n', 2],
    ['best-of-n', 4],
    ['beam', 1],
    ['beam', 2],
    ['beam', 4],
  ])
  for (const row of report.rows) {
    expect(row.accuracies).toHaveLength(2)
    expect(row.low).toBeLessThanOrEqual(row.accuracy)
    expect(row.high).toBeGreaterThanOrEqual(row.accuracy)
  }
  expect(report.rows[2].plain.k).toBe(4) // best of 4 spends what 4 plain answers do
  expect(Object.keys(report.equalTokens.accuracy)).toEqual(['best-of-n', 'beam'])
  const picture = readFileSync(svg, 'utf8')
  expect(picture).toContain('<title>beam</title>')
  expect(picture).toContain('pass@k of plain samples')
  const text = await printedBy(command, args)
  expect(text).toMatch(/^search +n +right/m)
  expect(text).toMatch(/^for \d+ tokens a problem, as 2 plain answers have/m)
})

describe('refused by name', () => {
  const model = ['--model', 'nowhere', '--method']
  const withPrm = (method: string, ...more: readonly string[]) => [
    ...model,
    method,
    '--prm',
    'x',
    ...more,
  ]
  test.each<readonly [string, readonly string[], string]>([
    ['n of 0', withPrm('beam', '--n', '0'), '--n is a whole number from 1'],
    ['no judge', [...model, 'beam'], 'name what scores the steps'],
    ['a judge that nobody asks', withPrm('majority'), '--prm: majority asks no judge'],
    [
      'an option of others',
      withPrm('best-of-n', '--width', '2'),
      '--width goes with --method beam, depth-first, dvts',
    ],
    ['several methods', withPrm('beam', '--method', 'dvts'), 'one --method is used at a time'],
    ['a picture of nothing', withPrm('beam', '--svg', 'x.svg'), '--svg goes with --evaluate'],
    [
      'an oracle of unfinished steps',
      [...model, 'early-rejection', '--oracle', 'nested-arithmetic'],
      'which an oracle cannot',
    ],
    ['no answers', withPrm('beam', '--evaluate'), '--evaluate needs problems with answers'],
    ['a count of a file', withPrm('beam', '--count', '3'), '--count goes with --task'],
  ])('%s', async (_, args, message) => {
    const failed = recordsOf(command, args)
    await expect(failed).rejects.toThrow(ConfigError)
    await expect(failed).rejects.toThrow(message)
  })

  test('a width that does not divide n', async () => {
    await expect(search([...judged, '--method', 'beam', '--n', '6'])).rejects.toThrow(
      'beam: n is 6, no multiple of the width 4',
    )
  })

  test('a prompt that fills the model, with its row', async () => {
    const long = [{ prompt: '1+'.repeat(400) }]
    const failed = search([...policy, '--method', 'majority', '--n', '2'], long)
    await expect(failed).rejects.toThrow(DataError)
    await expect(failed).rejects.toThrow(/:1: prompt: \d+ tokens; the model has/)
  })
})

test('every method has a name, a source and what it is about, and is built from its defaults', () => {
  const names = searchMethods.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { paper, about, options, build } of searchMethods) {
    expect(paper).not.toBe('')
    expect(about).not.toBe('')
    const values = Object.fromEntries(Object.entries(options).map(([k, o]) => [k, o.default]))
    expect(() => build(values, { n: 16, worth: scores => scores[0]! })).not.toThrow()
  }
})
