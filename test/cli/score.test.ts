import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import command, { type ClassifiedTokens, type ScoredTokens } from '../../src/cli/score.ts'
import { ConfigError, DataError } from '../../src/errors.ts'
import { built } from '../built.ts'
import { close } from '../engine/subject.ts'
import { fixture, recordsOf, rowsFile } from './commands.ts'

const main = built('cli/main')

interface Case {
  readonly text: string
  readonly ids: readonly number[]
  readonly logprobs: readonly number[]
  readonly entropy: readonly number[] // one more: the last is of what would follow
  readonly logits: readonly (readonly number[])[]
}
function expected(name: string): readonly Case[] {
  return JSON.parse(readFileSync(join(fixture(name), 'expected.json'), 'utf8')).cases
}

test('texts and ids are scored as PyTorch scores them, in order', async () => {
  const cases = expected('qwen2')
  const file = rowsFile([
    ...cases.map(({ text }) => ({ text })),
    ...cases.map(({ ids }) => ({ ids })),
  ])
  const found = await recordsOf<ScoredTokens>(command, [file, '--model', fixture('qwen2')])
  expect(found).toHaveLength(2 * cases.length)
  for (const [i, { ids, logprobs, entropies }] of found.entries()) {
    const truth = cases[i % cases.length]!
    expect(ids).toEqual(truth.ids)
    expect([logprobs.length, logprobs[0]]).toEqual([ids.length, null])
    expect([entropies!.length, entropies![0]]).toEqual([ids.length, null])
    close(logprobs.slice(1).map(Number), truth.logprobs, 2e-4)
    close(entropies!.slice(1).map(Number), truth.entropy.slice(0, -1), 2e-4)
  }
})

test('a token classifier gives a row of logits for each token', async () => {
  const cases = expected('qwen2-prm')
  const file = rowsFile(cases.map(({ text }) => ({ text })))
  const found = await recordsOf<ClassifiedTokens>(command, [file, '--model', fixture('qwen2-prm')])
  expect(found.map(({ ids }) => ids)).toEqual(cases.map(({ ids }) => ids))
  for (const [i, { logits }] of found.entries()) {
    expect(logits.every(row => row.length === 2)).toBe(true)
    close(logits.flat(), cases[i]!.logits.flat(), 2e-4)
  }
})

test('one token was predicted by nothing; no token has no values', async () => {
  const file = rowsFile([{ ids: [7] }, { ids: [] }, { text: '' }])
  const none = { ids: [], logprobs: [], entropies: [] }
  expect(await recordsOf(command, [file, '--model', fixture('qwen2')])).toEqual([
    { ids: [7], logprobs: [null], entropies: [null] },
    none,
    none,
  ])
})

test.each([
  { row: '{"text": ', message: 'not JSON' },
  { row: { ids: [1, -1] }, message: 'ids[1]: ' },
  { row: { ids: [1, 2, 1500] }, message: 'ids[2]: token 1500; the vocabulary has 1500' },
])(
  'a row that is wrong is named, what is before it written: $message',
  async ({ row, message }) => {
    const file = rowsFile([{ ids: [1, 2] }, row])
    const written: unknown[] = []
    const failure = await recordsOf(command, [file, '--model', fixture('qwen2')], written).catch(
      error => error,
    )
    expect(failure).toBeInstanceOf(DataError)
    expect(failure.message).toContain(`${file}:2: ${message}`)
    expect(written).toHaveLength(1)
  },
)

test('a folder without a model, and one without a tokenizer', async () => {
  const file = rowsFile([{ text: 'a' }])
  const scoring = recordsOf(command, [file, '--model', '/nowhere'])
  await expect(scoring).rejects.toThrow(ConfigError)
  await expect(scoring).rejects.toThrow('there is no folder or file /nowhere')

  const folder = mkdtempSync(join(tmpdir(), 'minform-score-'))
  cpSync(fixture('qwen2'), folder, { recursive: true })
  rmSync(join(folder, 'tokenizer.json'))
  await expect(recordsOf(command, [file, '--model', folder])).rejects.toThrow('tokenizer.json')
  const ids = rowsFile([{ ids: [1, 2] }]) // which need none
  expect(await recordsOf(command, [ids, '--model', folder])).toHaveLength(1)
  rmSync(folder, { recursive: true })
})

test('the program answers row by row, and ends quietly when its reader has gone', async () => {
  const args = [main, 'score', '--model', fixture('qwen2')]
  const program = spawn(process.execPath, args)
  const complaints: string[] = []
  program.stderr.on('data', data => complaints.push(String(data)))
  program.stdin.on('error', () => {}) // it may be gone before all is written
  const lines = createInterface(program.stdout)[Symbol.asyncIterator]()
  for (const id of [5, 6]) {
    program.stdin.write(`{"ids": [${id}]}\n`) // and the input stays open
    expect(JSON.parse((await lines.next()).value as string)).toMatchObject({ ids: [id] })
  }
  program.stdout.destroy()
  program.stdin.write('{"ids": [1, 2, 3]}\n'.repeat(1000))
  expect(await once(program, 'close')).toEqual([141, null]) // as `yes | head` ends
  expect(complaints).toEqual([])
})

test('wrong usage is 2, a wrong row 1', () => {
  const program = (input: string, ...args: string[]) =>
    spawnSync(process.execPath, [main, 'score', ...args], {
      encoding: 'utf8',
      input,
    })
  const missing = program('', '--model', '/nowhere')
  expect([missing.status, missing.stdout]).toEqual([2, ''])
  expect(missing.stderr).toMatch(/^minform: there is no folder or file \/nowhere[^\n]+\n$/)
  const wrong = program('{"ids": [1]}\n{"ids": "1"}\n', '--model', fixture('qwen2'))
  expect([wrong.status, wrong.stdout.split('\n').length]).toEqual([1, 2])
  expect(wrong.stderr).toMatch(/^minform: standard input:2: ids: [^\n]+\n$/)
})
