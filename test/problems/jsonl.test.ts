import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError, DataError } from '../../src/errors.ts'
import { readProblems } from '../../src/problems/jsonl.ts'

const gsm8k = new URL('../fixtures/gsm8k/train-12.jsonl', import.meta.url).pathname

function fileOf(...lines: unknown[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'minform-problems-')), 'rows.jsonl')
  writeFileSync(
    file,
    lines.map(one => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n'),
  )
  return file
}
const first = (row: unknown) => readProblems(fileOf(row))[0]

test('reads GSM8K: lines are steps, calculator marks go, the answer is boxed', () => {
  const problems = readProblems(gsm8k)
  expect(problems).toHaveLength(12)
  expect(problems[0]).toEqual({
    id: 'train-12.jsonl:1',
    prompt:
      'Question: Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in May. How many clips did Natalia sell altogether in April and May?\n\n',
    answer: '72',
    solution: [
      'Natalia sold 48/2 = 24 clips in May.',
      'Natalia sold 48+24 = 72 clips altogether in April and May.',
      '\\boxed{72}',
    ],
    meta: {
      source: 'train-12.jsonl',
      line: 1,
      question:
        'Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in May. How many clips did Natalia sell altogether in April and May?',
    },
  })
  for (const problem of problems) {
    expect(problem.solution?.join()).not.toMatch(/<<|>>|####/)
    expect(problem.solution?.at(-1)).toBe(`\\boxed{${problem.answer}}`)
  }
})

test('the question goes into the template as it is, whatever it holds', () => {
  const file = fileOf({ question: 'What is $& of {question}?' })
  const [problem] = readProblems(file, { template: 'Q: {question}\nA:' })
  expect(problem.prompt).toBe('Q: What is $& of {question}?\nA:')
  expect(() => readProblems(file, { template: 'Q:' })).toThrow(ConfigError)
})

test.each(['question', 'problem', 'prompt'])('the text may be called %s', name => {
  expect(first({ [name]: 'Why?', answer: 4 })).toMatchObject({
    prompt: 'Question: Why?\n\n',
    answer: '4',
    solution: null,
  })
})

test.each([undefined, null, '', '  ', 'null'])('an answer of %j is unknown', answer => {
  expect(first({ question: 'Why?', answer }).answer).toBeNull()
})

test('an answer of 0 is known', () => {
  expect(first({ question: 'Why?', answer: 0 }).answer).toBe('0')
})

test('a solution is paragraphs or a list, and ends with its box', () => {
  const row = { question: 'Why?', answer: '4', id: 17 }
  expect(first({ ...row, solution: 'a\n \nb\nc\n\n' })).toMatchObject({
    id: '17',
    solution: ['a', 'b\nc', '\\boxed{4}'],
  })
  expect(first({ ...row, solution: ['a', 'so \\boxed{4}.'] }).solution).toEqual([
    'a',
    'so \\boxed{4}.',
  ])
  expect(first({ ...row, solution: '' }).solution).toBeNull()
  expect(first({ ...row, answer: null, solution: 'a' }).solution).toEqual(['a'])
})

test('blank lines, a byte order mark and carriage returns do no harm', () => {
  const file = fileOf('\uFEFF{"question": "a"}\r', '', '{"question": "b"}')
  expect(readProblems(file).map(one => one.id)).toEqual(['rows.jsonl:1', 'rows.jsonl:3'])
})

test('says which file, line and field is wrong', () => {
  const bad =
    (...lines: unknown[]) =>
    () =>
      readProblems(fileOf({ question: 'a' }, ...lines))
  expect(bad('{')).toThrow(DataError)
  expect(bad('{')).toThrow(/rows.jsonl:2: not JSON/)
  expect(bad({ answer: '1' })).toThrow(/rows.jsonl:2: question: expected a text in question/)
  expect(bad({ question: ' ' })).toThrow(/rows.jsonl:2: question/)
  expect(bad({ question: 'a', answer: ['1'] })).toThrow(/rows.jsonl:2: answer/)
  expect(bad({ question: 'a', solution: 5 })).toThrow(/rows.jsonl:2: solution/)
  expect(bad('[]')).toThrow(/rows.jsonl:2: /)
})

test('a file without problems, or that is not there, is an error', () => {
  expect(() => readProblems(fileOf(''))).toThrow('no problems')
  expect(() => readProblems('/nowhere.jsonl')).toThrow(DataError)
})
