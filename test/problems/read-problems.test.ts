import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { DataError } from '../../src/errors.ts'
import { readProblems } from '../../src/problems/read-problems.ts'

const gsm8k = new URL('../fixtures/gsm8k/train-12.jsonl', import.meta.url).pathname

function fileOf(...lines: unknown[]): string {
  const text = lines.map(one => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n')
  return written('rows.jsonl', text)
}

function written(name: string, content: string | Uint8Array): string {
  const file = join(mkdtempSync(join(tmpdir(), 'minform-problems-')), name)
  writeFileSync(file, content)
  return file
}

const first = async (row: unknown) => (await readProblems(fileOf(row)))[0]!

test('reads GSM8K: lines are steps, calculator marks go, the answer is boxed', async () => {
  const problems = await readProblems(gsm8k)
  expect(problems).toHaveLength(12)
  expect(problems[0]).toEqual({
    id: 'train-12.jsonl:1',
    prompt:
      'Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in May. How many clips did Natalia sell altogether in April and May?',
    answer: '72',
    solution: [
      'Natalia sold 48/2 = 24 clips in May.',
      'Natalia sold 48+24 = 72 clips altogether in April and May.',
      '\\boxed{72}',
    ],
    meta: { source: 'train-12.jsonl' },
  })
  for (const problem of problems) {
    expect(problem.solution?.join()).not.toMatch(/<<|>>|####/)
    expect(problem.solution?.at(-1)).toBe(`\\boxed{${problem.answer}}`)
  }
})

describe('rows as data sets have them', () => {
  test('MATH: the answer is the last box of the solution', async () => {
    const row = {
      problem: 'Solve $x+1=3$.',
      level: 'Level 1',
      type: 'Algebra',
      solution: 'Subtract 1.\n\nSo $x=\\boxed{\\frac{4}{2}}$.',
    }
    expect(await first(row)).toEqual({
      id: 'rows.jsonl:1',
      prompt: 'Solve $x+1=3$.',
      answer: '\\frac{4}{2}',
      solution: ['Subtract 1.', 'So $x=\\boxed{\\frac{4}{2}}$.'],
      meta: { source: 'rows.jsonl', level: 'Level 1', type: 'Algebra' },
    })
  })

  test('MATH-500 and AIME: what else is known of a problem is kept', async () => {
    const math500 = {
      problem: 'p',
      solution: 's',
      answer: '3',
      subject: 'Algebra',
      unique_id: 'x/1',
    }
    expect(await first(math500)).toMatchObject({
      answer: '3',
      meta: { subject: 'Algebra', unique_id: 'x/1' },
    })
    const aime = { id: 60, problem: 'p', solution: 's', answer: '204', url: 'u', year: '2024' }
    expect(await first(aime)).toMatchObject({ id: '60', answer: '204', meta: { year: '2024' } })
    expect((await first({ question: 'q', answer: 1, meta: { of: [2] } })).meta.of).toEqual([2])
  })
})

test.each(['question', 'problem', 'prompt'])('the text may be called %s', async name => {
  const found = await first({ [name]: ' Why? ', answer: 4 })
  expect(found).toMatchObject({ prompt: 'Why?', answer: '4', solution: null })
  expect(found).not.toHaveProperty('question')
})

test.each([undefined, null, '', '  ', 'null'])('an answer of %j is unknown', async answer => {
  expect((await first({ question: 'Why?', answer })).answer).toBeNull()
})

test('an answer of 0 is known', async () => {
  expect((await first({ question: 'Why?', answer: 0 })).answer).toBe('0')
})

describe('a worked solution', () => {
  const row = { question: 'Why?', answer: '4', id: 17 }

  test.each([
    ['paragraphs', 'a\n \nb\nc\n\n', ['a', 'b\nc']],
    ['paragraphs that end in \\r\\n', 'a\r\n\r\nb\r\nc\r\n', ['a', 'b\r\nc']],
    ['lines, where there is no blank one', 'A\nB', ['A', 'B']],
    ['lines that end in \\r\\n', 'A\r\nB\r\n', ['A', 'B']],
    ['a list', ['A\nB', ' ', 'C'], ['A\nB', 'C']],
  ])('is %s, and ends with its box', async (_, solution, steps) => {
    const found = await first({ ...row, solution })
    expect(found).toMatchObject({ id: '17', solution: [...steps, '\\boxed{4}'] })
  })

  test('needs no box where its answer stands in tags', async () => {
    const tagged = 'A\n\n<answer>B\nC</answer>'
    expect((await first({ ...row, solution: tagged })).solution).toEqual([
      'A',
      '<answer>B\nC</answer>',
    ])
    expect((await first({ ...row, solution: `${tagged}\n\nD` })).solution).toHaveLength(4)
  })

  test('before #### has the same steps as one that stands alone', async () => {
    for (const work of ['A\nB', 'A\n\nB\nC']) {
      const together = await first({ question: 'Why?', answer: `${work}\n#### 4` })
      expect(together).toMatchObject({ answer: '4' })
      expect(together.solution).toEqual((await first({ ...row, solution: work })).solution)
    }
  })

  test('keeps a box of its own, and is null where it is empty', async () => {
    const solution = ['a', 'so \\boxed{4}.']
    expect((await first({ ...row, solution })).solution).toEqual(solution)
    expect((await first({ ...row, solution: '' })).solution).toBeNull()
    expect((await first({ ...row, answer: null, solution: 'a' })).solution).toEqual(['a'])
  })
})

test('blank lines, a byte order mark and carriage returns do no harm', async () => {
  const file = fileOf('\uFEFF{"question": "a"}\r', '', '{"question": "b"}')
  expect((await readProblems(file)).map(one => one.id)).toEqual(['rows.jsonl:1', 'rows.jsonl:3'])
})

test('a JSON array, Parquet and gzip hold the same rows, whatever their name', async () => {
  const rows = [
    { question: 'a', answer: '1', level: 2 },
    { question: 'b', answer: '2', level: 3 },
  ]
  const columns = Object.entries({ question: 'STRING', answer: 'STRING', level: 'INT32' } as const)
  const parquet = parquetWriteBuffer({
    columnData: columns.map(([name, type]) => {
      return { name, data: rows.map(row => row[name as keyof (typeof rows)[0]]), type }
    }),
  })
  const lines = rows.map(row => JSON.stringify(row)).join('\n')
  for (const content of [JSON.stringify(rows, null, 1), new Uint8Array(parquet), gzipSync(lines)]) {
    const found = await readProblems(written('rows', content))
    expect(found.map(({ prompt, answer, meta }) => [prompt, answer, meta.level])).toEqual([
      ['a', '1', 2],
      ['b', '2', 3],
    ])
  }
})

describe('a row that is not understood names its fields', () => {
  test.each([
    [{ prompt: 'a', gold: '4' }, '"gold"'],
    [{ question: 'a', final_answer: ['2'], level: 1 }, '"final_answer"'],
    [{ problem: 'a', ground_truth: '4' }, '"ground_truth"'],
    [{ question: 'a', anwser: '4' }, '"anwser"'],
    [{ problem: 'a', solution: 'no box', target: '4' }, '"target"'],
    [{ instruction: 'x', question: 'a', output: 'b' }, '"output"'],
  ])('%j', async (row, name) => {
    await expect(first(row)).rejects.toThrow(DataError)
    await expect(first(row)).rejects.toThrow(
      `rows.jsonl:1: no answer, but a field ${name}, which is not read; call it answer`,
    )
  })

  test('but not where the answer is there, or is said to be unknown', async () => {
    expect((await first({ question: 'a', answer: '4', gold: '5' })).answer).toBe('4')
    expect((await first({ question: 'a', answer: null, gold: '5' })).answer).toBeNull()
    expect((await first({ question: 'a', level: 5 })).answer).toBeNull()
  })

  test('of its question', async () => {
    await expect(first({ questoin: 'a', answer: '4' })).rejects.toThrow(
      'rows.jsonl:1: question: expected a text in question, problem or prompt; is "questoin" meant as question?',
    )
    await expect(first({ input: 'a', answer: '4' })).rejects.toThrow('(found input)')
  })
})

test('says which file, line and field is wrong', async () => {
  const bad = (...lines: unknown[]) => readProblems(fileOf({ question: 'a' }, ...lines))
  await expect(bad('{')).rejects.toThrow(DataError)
  await expect(bad('{')).rejects.toThrow(/rows.jsonl:2: not JSON/)
  await expect(bad({ question: ' ' })).rejects.toThrow(/rows.jsonl:2: question: is empty/)
  await expect(bad({ question: 5 })).rejects.toThrow(/rows.jsonl:2: question: 5; expected a text/)
  await expect(bad({ question: 'a', answer: ['1'] })).rejects.toThrow(
    'rows.jsonl:2: answer: a list of 1; expected a text or a number',
  )
  await expect(bad({ question: 'a', solution: 5 })).rejects.toThrow(
    'rows.jsonl:2: solution: 5; expected a text, or a list of texts, one a step',
  )
  await expect(bad('[]')).rejects.toThrow('rows.jsonl:2: the row: a list of 0; expected an object')
})

describe('what would be read as something else is refused', () => {
  test.each([
    ['Latin-1', Buffer.from('{"question": "caf\xe9"}', 'latin1'), /UTF-8/],
    ['UTF-16', Buffer.from('\uFEFF{"question": "a"}', 'utf16le'), /it is UTF-16/],
    ['packed Latin-1', gzipSync(Buffer.from('{"question": "\xe9"}', 'latin1')), /UTF-8/],
    ['CSV', 'question,answer\n1+1,2\n', /rows:1: not JSON: .* \(a file is JSON Lines, a JSON/],
    [
      'a number too long',
      '{"question":"a","answer":12345678901234567890}',
      /rows:1: answer: .*quotes/,
    ],
    ['an id too long', '[{"question":"a","id":12345678901234567890}]', /rows\[0\]: id: .*quotes/],
  ])('%s', async (_, content, message) => {
    const reading = readProblems(written('rows', content))
    await expect(reading).rejects.toThrow(DataError)
    await expect(reading).rejects.toThrow(message)
  })

  test('one name of two questions, which would be taken for one', async () => {
    const row = { id: 'x', question: 'a', answer: '1' }
    expect(await readProblems(fileOf(row, row))).toHaveLength(2) // a question that comes twice
    await expect(readProblems(fileOf(row, row, { ...row, question: 'b' }))).rejects.toThrow(
      'rows.jsonl:3: id: "x" is that of another question, :2 too; give each question its own',
    )
  })

  test.each([
    ['blanks', ' ', /begins with more than 1048576 blanks/],
    ['line ends', '\n', /begins with more than 1048576 blanks/],
    ['one line', 'a', /rows:1: a line of more than 134217728 characters/],
  ])('a small file that unpacks to hundreds of megabytes of %s', async (_, character, message) => {
    const packed = gzipSync(Buffer.alloc(140e6, character), { level: 1 })
    const reading = readProblems(written('rows', packed))
    await expect(reading).rejects.toThrow(DataError)
    await expect(reading).rejects.toThrow(message)
  })

  test('values so deep that they could not be written again', async () => {
    const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
    const row = (depth: number): string => `{"question": "a", "meta": {"deep": ${nested(depth)}}}`
    expect(await readProblems(fileOf(row(200)))).toHaveLength(1)
    for (const depth of [300, 10_000, 1_000_000])
      await expect(readProblems(fileOf(row(depth)))).rejects.toThrow(/rows.jsonl:1: .*256 deep/)
    const array = written('rows.json', `[${row(10_000)}]`)
    await expect(readProblems(array)).rejects.toThrow(/rows.json\[0\]: .*256 deep/)
  })
})

test('a file without problems, or that is not there, is an error', async () => {
  await expect(readProblems(fileOf(''))).rejects.toThrow('no problems')
  await expect(readProblems('/nowhere.jsonl')).rejects.toThrow(DataError)
})
