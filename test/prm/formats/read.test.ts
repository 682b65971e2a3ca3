import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { ConfigError, DataError } from '../../../src/errors.ts'
import { formatNames } from '../../../src/prm/formats/index.ts'
import { labelledSolutions, readLabelled } from '../../../src/prm/formats/read.ts'
import { fileOf, fixture, linesOf } from './files.ts'

const row = (i: number, more = {}) => ({
  prompt: `question ${i}`,
  completions: ['one', 'two'],
  labels: [true, false],
  ...more,
})
const prompts = async (file: string) =>
  (await readLabelled(file)).solutions.map(({ problem }) => problem.prompt)

describe('files', () => {
  const rows = [row(0), row(1)]
  const asked = ['question 0', 'question 1']

  test.each([
    ['JSON Lines', rows.map(one => JSON.stringify(one)).join('\n')],
    [
      'with a mark of byte order, blank lines and returns',
      `\uFEFF\n${rows.map(one => `${JSON.stringify(one)}\r\n\r\n`).join('')}`,
    ],
    ['a JSON array', JSON.stringify(rows, null, 2)],
    ['packed JSON Lines', gzipSync(rows.map(one => JSON.stringify(one)).join('\n'))],
  ])('%s', async (_, content) => {
    expect(await prompts(fileOf(content, 'rows.any'))).toEqual(asked)
  })

  test('Parquet, with lists and 64-bit integers, in row groups', async () => {
    const rows = [
      { id: 'gsm8k-0', problem: 'p0', steps: ['a', 'b'], final_answer_correct: true, label: 1n },
      { id: 'gsm8k-1', problem: 'p1', steps: ['c'], final_answer_correct: false, label: -1n },
      {
        id: 'gsm8k-2',
        problem: 'p2',
        steps: ['d', 'e', 'f'],
        final_answer_correct: null,
        label: 0n,
      },
    ]
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 'id', data: rows.map(({ id }) => id), type: 'STRING' },
        { name: 'problem', data: rows.map(({ problem }) => problem), type: 'STRING' },
        { name: 'steps', data: rows.map(({ steps }) => steps), type: 'JSON' },
        { name: 'label', data: rows.map(({ label }) => label), type: 'INT64' },
        {
          name: 'final_answer_correct',
          data: rows.map(one => one.final_answer_correct),
          type: 'BOOLEAN',
          nullable: true,
        },
      ],
      rowGroupSize: 2,
    })
    const { solutions } = await readLabelled(fileOf(new Uint8Array(bytes)))
    expect(solutions.map(({ labels_S }) => labels_S)).toEqual([[1, 0], [1], [0, null, null]])
    expect(solutions.map(({ answerRight }) => answerRight)).toEqual([true, false, null])
    const damaged = new Uint8Array(bytes).slice(0, -20)
    await expect(readLabelled(fileOf(damaged))).rejects.toThrow('cannot be read as Parquet')
  })

  test.each([
    ['nothing', '', 'no labelled solutions; expected one a row'],
    ['an array that ends early', '[{"prompt": "x"}, ', 'begins with [ but is no JSON array'],
    ['a torn gzip', gzipSync(JSON.stringify(row(0))).subarray(0, 20), 'cannot be read'],
    ['other text', 'id,steps\n1,2', ':1: not JSON: id,steps'],
    ['a line of null', 'null', ':1: is of no known format'],
  ])('%s is refused', async (_, content, message) => {
    const reading = readLabelled(fileOf(content))
    await expect(reading).rejects.toThrow(DataError)
    await expect(reading).rejects.toThrow(message)
  })

  test('what is no file', async () => {
    await expect(readLabelled('/no/such/file')).rejects.toThrow('/no/such/file: cannot be read')
    await expect(readLabelled('/tmp')).rejects.toThrow(DataError)
  })

  test('a line that is longer than what is read at a time', async () => {
    const long = 'x'.repeat(300_000)
    expect(await prompts(linesOf(row(0, { prompt: long }), row(1)))).toEqual([long, asked[1]])
  })
})

describe('the format of a file', () => {
  test('no format: the message names them all', async () => {
    const reading = readLabelled(linesOf({ question: 'q', steps: [] }))
    for (const name of formatNames) await expect(reading).rejects.toThrow(name)
  })

  test('several: the message names those, and saying which helps', async () => {
    const both = { ...row(0), question: 'q', process: 'Step 1: a ки', labels: [true] }
    const file = linesOf({ ...both, completions: ['a'] })
    await expect(readLabelled(file)).rejects.toThrow(
      'may be of the formats openr or trl; say which',
    )
    const { solutions } = await readLabelled(file, { format: 'trl' })
    expect(solutions[0]!.source).toBe('trl')
  })

  test('a format that is said but is not the file’s names the field', async () => {
    const reading = readLabelled(linesOf(row(0)), { format: 'processbench' })
    await expect(reading).rejects.toThrow(':1: id: missing; expected a text')
  })
})

describe('bad rows', () => {
  const rows = [
    row(0, { labels: [true] }),
    row(1),
    '{"prompt": ',
    row(2, { completions: ['one', ' \n'] }),
    row(3),
    { nothing: 1 },
  ]
  const file = fileOf(
    rows.map(one => `${typeof one === 'string' ? one : JSON.stringify(one)}\n`).join(''),
  )

  test('the first one stops', async () => {
    await expect(readLabelled(file)).rejects.toThrow(
      `${file}:1: labels: 1 for 2 steps; expected one a step`,
    )
  })

  test('skipped on demand: all are told, and nothing else is lost', async () => {
    const { solutions, bad } = await readLabelled(file, { skipBad: true })
    expect(solutions.map(({ id }) => id)).toEqual(['rows.jsonl:2', 'rows.jsonl:5'])
    expect(bad.map(({ where }) => where)).toEqual([1, 3, 4, 6].map(line => `${file}:${line}`))
    expect(bad[1]!.message).toContain('not JSON')
    expect(bad[2]!.message).toContain('steps[1]: is empty')
    expect(bad[3]!.message).toContain('prompt: ')
  })

  test('when none is left the first is named', async () => {
    const reading = readLabelled(linesOf({ a: 1 }, { a: 2 }), { skipBad: true })
    await expect(reading).rejects.toThrow('none of its 2 rows can be read; the first: ')
  })

  test('an id that was there before', async () => {
    const one = { id: 'x', problem: 'p', steps: ['s'], label: 0 }
    await expect(readLabelled(linesOf(one, one))).rejects.toThrow(
      ':2: the id "x" was there before in this file',
    )
  })

  test('a setting that is missing stops, skipping or not', async () => {
    const reading = readLabelled(fixture('prm800k.jsonl'), { skipBad: true })
    await expect(reading).rejects.toThrow(ConfigError)
  })

  test('what comes before a bad row comes first', async () => {
    const seen: string[] = []
    const reading = async () => {
      for await (const { id } of labelledSolutions(linesOf(row(0), row(1), {}))) seen.push(id)
    }
    await expect(reading()).rejects.toThrow(':3: prompt: ')
    expect(seen).toEqual(['rows.jsonl:1', 'rows.jsonl:2'])
  })
})

describe('rules', () => {
  const read = (labels: unknown[], options = {}) =>
    readLabelled(
      linesOf({ id: 'a', problem: 'p', steps: ['x', 'y\n\nz', ''], labels, meaning: 'rightness' }),
      options,
    )

  test.each([
    ['keep', [1, 0, 1]],
    ['unlabel', [1, 0, null]],
  ] as const)('labels after the first wrong step: %s', async (afterError, expected) => {
    const { solutions } = await read([1, 0, 1], { afterError })
    expect(solutions[0]!.labels_S).toEqual(expected)
  })

  test('or they are refused, where there is one', async () => {
    await expect(read([1, 0.4, 1], { afterError: 'refuse' })).rejects.toThrow(
      ':1: labels[2]: is a label after the first wrong step, 1; expected none',
    )
    const { solutions } = await read([1, 0, null], { afterError: 'refuse' })
    expect(solutions[0]!.labels_S).toEqual([1, 0, null])
  })

  test('a separator inside a step', async () => {
    await expect(read([1, 1, 1], { separators: ['ки', '\n\n'] })).rejects.toThrow(
      ':1: steps[1]: holds the separator "\\n\\n"',
    )
  })

  test('empty steps are refused where that is asked, and where a format has none', async () => {
    await expect(read([1, 1, 1], { emptySteps: false })).rejects.toThrow(':1: steps[2]: is empty')
    const trl = linesOf(row(0, { completions: ['', 'two'] }))
    await expect(readLabelled(trl)).rejects.toThrow(':1: steps[0]: is empty')
    expect((await readLabelled(trl, { emptySteps: true })).solutions).toHaveLength(1)
    await expect(readLabelled(linesOf(row(0, { completions: [], labels: [] })))).rejects.toThrow(
      ':1: steps: there is none',
    )
  })
})
