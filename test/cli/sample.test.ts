import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import command, { type SampledText, sampledText } from '../../src/cli/sample.ts'
import score, { type ScoredTokens } from '../../src/cli/score.ts'
import { ConfigError, DataError } from '../../src/errors.ts'
import { loadTokenizer } from '../../src/tokenizer/tokenizer.ts'
import { close } from '../engine/subject.ts'
import { fixture, recordsOf, rowsFile } from './commands.ts'

const model = fixture('qwen2')
const tokenizer = loadTokenizer(model)

function sample(rows: readonly unknown[], ...args: readonly string[]): Promise<SampledText[]> {
  return recordsOf<SampledText>(command, [rowsFile(rows), '--model', model, ...args])
}

test('greedy completions are PyTorch’s', async () => {
  const { cases } = JSON.parse(readFileSync(join(model, 'expected.json'), 'utf8')) as {
    cases: { text: string; ids: number[]; greedy: number[] }[]
  }
  const rows = [
    ...cases.map(({ text }) => ({ prompt: text })),
    ...cases.map(({ ids }) => ({ ids })),
  ]
  const found = await sample(rows, '--greedy', '--max-tokens', '24')
  expect(found.map(({ ids }) => ids)).toEqual([...cases, ...cases].map(({ greedy }) => greedy))
  for (const { ids, text, logprobs, stop } of found) {
    expect(text).toBe(tokenizer.decode(ids))
    expect([logprobs.length, stop]).toEqual([24, 'length'])
  }
})

test('n completions of each prompt, a line each, as the seed decides', async () => {
  const rows = [{ prompt: 'What is 3 + 4?' }, { ids: [9, 8, 7] }, { ids: [9, 8, 7] }]
  const args = ['--n', '3', '--max-tokens', '6', '--seed', '5']
  const found = await sample(rows, ...args)
  expect(found).toHaveLength(9)
  expect(await sample(rows, ...args)).toEqual(found)
  expect(await sample(rows, ...args.with(-1, '6'))).not.toEqual(found)
  expect(new Set(found.map(({ text }) => text)).size).toBe(9) // one prompt in two rows is sampled twice
})

test('log-probabilities are those that score gives, whatever the temperature', async () => {
  const ids = [9, 8, 7]
  const [found] = await sample([{ ids }], '--temperature', '0.3', '--max-tokens', '8')
  const all = rowsFile([{ ids: [...ids, ...found!.ids] }])
  const [scored] = await recordsOf<ScoredTokens>(score, [all, '--model', model])
  close(found!.logprobs, scored!.logprobs.slice(ids.length).map(Number), 1e-4)
})

test('top-p of almost nothing is greedy', async () => {
  const rows = [{ prompt: 'What is' }]
  const few = ['--max-tokens', '6']
  const [narrow, greedy] = [
    await sample(rows, '--top-p', '1e-6', ...few),
    await sample(rows, '--greedy', ...few),
  ]
  expect(narrow).toEqual(greedy)
})

test('an end token is among the ids, not in the text', () => {
  const zeros = new Float32Array(3)
  const body = [...tokenizer.encode('So')]
  const ids = Int32Array.of(...body, tokenizer.eosId)
  const scores = { logprobs_T: zeros, sampledLogprobs_T: zeros }
  const completion = { ids, ...scores, stop: 'stop', stopString: null, version: 2 } as const
  expect(sampledText(completion, tokenizer)).toMatchObject({ ids: [...ids], text: 'So' })
  expect(sampledText({ ...completion, stop: 'length' }, tokenizer).text).toBe('So')
})

describe('refused', () => {
  test.each([
    { args: ['--n', '0'], message: '--n is a whole number from 1' },
    { args: ['--n', '2', '--greedy'], message: '--greedy gives one completion' },
    { args: ['--max-tokens', '1.5'], message: '--max-tokens is a whole number' },
    { args: ['--temperature', '0'], message: '--temperature is a number from' },
    { args: ['--top-p', '1.2'], message: '--top-p is a number' },
    { args: ['--seed', 'x'], message: '--seed is a whole number' },
  ])('$message', async ({ args, message }) => {
    const failure = await sample([{ ids: [1] }], ...args).catch(error => error)
    expect(failure).toBeInstanceOf(ConfigError)
    expect(failure.message).toContain(message)
  })

  test.each([
    { row: { prompt: '' }, message: 'prompt: no tokens' },
    { row: { ids: Array(512).fill(1) }, message: 'ids: 512 tokens fill the model' },
  ])('$message', async ({ row, message }) => {
    const failure = await sample([row]).catch(error => error)
    expect(failure).toBeInstanceOf(DataError)
    expect(failure.message).toContain(`rows.jsonl:1: ${message}`)
  })

  test('a classifier', async () => {
    const args = [rowsFile([{ ids: [1] }]), '--model', fixture('qwen2-prm')]
    await expect(recordsOf(command, args)).rejects.toThrow('a token classifier cannot sample')
  })
})
