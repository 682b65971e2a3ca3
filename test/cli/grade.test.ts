import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from 'citty'
import { afterEach, expect, test, vi } from 'vitest'
import command, { requestOf } from '../../src/cli/grade.ts'
import { DataError } from '../../src/errors.ts'
import { chatServer } from '../rewards/remote/chat-server.ts'

afterEach(() => vi.restoreAllMocks())

async function run(lines: readonly unknown[], ...args: string[]): Promise<unknown[]> {
  const file = join(mkdtempSync(join(tmpdir(), 'minform-grade-')), 'rows.jsonl')
  writeFileSync(file, lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  const written: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    written.push(String(text))
    return true
  })
  await runCommand(command, { rawArgs: [file, ...args] })
  return written
    .join('')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

test('grades every row in order', async () => {
  const rows = [
    { gold: '9', pred: 'so \\boxed{9}' },
    { gold: '', pred: '\\boxed{9}', mode: 'text' },
    { gold: 9, pred: '8', mode: 'answer', id: 3 },
  ]
  expect(await run(rows)).toEqual([
    { correct: true, reason: 'equal', method: 'string' },
    { correct: null, reason: 'unparsable-gold', method: null },
    { correct: false, reason: 'different', method: 'exact' },
  ])
})

test('takes the policy', async () => {
  const row = { gold: '9', pred: 'the answer is 9' }
  expect(await run([row], '--grading', 'eval')).toMatchObject([{ correct: true }])
})

test('names the row and the field that is wrong', () => {
  expect(() => requestOf({ gold: '1' }, 'rows.jsonl:7')).toThrow(DataError)
  expect(() => requestOf({ gold: '1' }, 'rows.jsonl:7')).toThrow('rows.jsonl:7: pred:')
  expect(() => requestOf({ gold: '1', pred: '1', mode: 'x' }, 'r:1')).toThrow('r:1: mode:')
  expect(() => requestOf([], 'r:2')).toThrow('r:2: ')
})

test('with --skip-bad a row that cannot be used is its error, in its place', async () => {
  const good = { gold: '1', pred: '1', mode: 'answer' }
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const rows = await run([good, { gold: '1' }, good], '--skip-bad')
  expect(rows).toMatchObject([
    { correct: true },
    { error: expect.stringMatching(/rows\.jsonl:2: pred: missing; expected a text or a number/) },
    { correct: true },
  ])
  expect(told).toHaveBeenCalledWith('minform: 1 rows could not be used\n')
  await expect(run([good, { gold: '1' }])).rejects.toThrow('rows.jsonl:2: pred: missing')
})

test('a chat model verifies, with the known answer or the question alone, alone or behind the rule', async () => {
  const server = await chatServer(({ body }) => {
    const said = body.messages[1]!.content
    return said.includes('nothing to say') ? 'hm' : /nine|trust me/.test(said) ? 'Yes.' : 'No.'
  })
  const rows = [
    {
      question: 'What is 4+5?',
      gold: '9',
      pred: 'nine',
      expected: true,
      kind: 'numeric',
      subtype: 'integer',
    },
    { question: 'What is 4+5?', gold: '9', pred: '\\boxed{9}', expected: true },
    { question: 'What is 4+5?', gold: '9', pred: '8, trust me', expected: false },
    { question: 'What is 4+5?', gold: '9', pred: 'nothing to say', expected: false },
  ]
  const chat = ['--chat', server.url, '--chat-model', 'm', '--chat-retries', '0']
  try {
    const of = async (...more: string[]) =>
      (await run(rows, '--report', '--json', ...chat, ...more))[0] as Report
    const alone = await of()
    expect(alone).toMatchObject({
      verifier: 'm',
      all: { n: 4, untold: 1, recall: 0.5, precision: 0.5 },
    })
    expect(alone.kinds).toHaveProperty(['numeric: integer'])
    expect(server.asked[0]!.body.messages[1]!.content).toContain('<known-answer>\n9\n')
    const behind = await of('--behind-rule')
    expect(behind.all).toMatchObject({ recall: 1, precision: 2 / 3 })
    const before = server.asked.length
    await of('--without-reference')
    const shown = server.asked.slice(before).map(({ body }) => body.messages[1]!.content)
    expect(shown.every(said => !said.includes('<known-answer>'))).toBe(true)
    expect(shown[0]).toContain('What is 4+5?')
  } finally {
    await server.close()
  }
  await expect(run(rows, ...chat)).rejects.toThrow('--chat goes with --report')
  await expect(run(rows, '--report', '--behind-rule')).rejects.toThrow('goes with --chat')
})
interface Report {
  readonly all: object
  readonly kinds: object
}

test('reports how often it agrees with what is expected, and what it takes of attacks', async () => {
  const rows = [
    { gold: '9', pred: 'so \\boxed{9}', expected: true },
    { gold: '9', pred: 'so 9', expected: true, kind: 'mine' },
    { gold: 'x + 1', pred: '\\boxed{x}', expected: false },
  ]
  const [report] = await run(rows, '--report', '--json')
  expect(report).toMatchObject({
    grading: 'reward',
    all: { n: 3, right: 2, accuracy: 2 / 3, precision: 1, recall: 0.5 },
    kinds: { numeric: { n: 1, accuracy: 1 }, mine: { accuracy: 0 }, expression: { accuracy: 1 } },
    golds: 2,
  })
  expect(Object.values((report as { attacks: object }).attacks)).toEqual(Array(13).fill(0))
  await expect(run([{ gold: '9', pred: '9' }], '--report')).rejects.toThrow(DataError)
  await expect(run([], '--report')).rejects.toThrow(DataError)
  await expect(run(rows, '--json')).rejects.toThrow('--json goes with --report')
})
