import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import command, { type SampledText, sampledText } from '../../src/cli/sample.ts'
import score, { type ScoredTokens } from '../../src/cli/score.ts'
import { ConfigError, DataError } from '../../src/errors.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'
import { close } from '../engine/subject.ts'
import { fixture, recordsOf, rowsFile } from './commands.ts'

const model = fixture('qwen2')
const tokenizer = await loadTokenizer(model)

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

test('the text ends where the stop string begins that counted', () => {
  const scores = { logprobs_T: new Float32Array(0), sampledLogprobs_T: new Float32Array(0) }
  const textOf = (text: string, stopString: string): string => {
    const ids = tokenizer.encode(text)
    const completion = { ids, ...scores, stop: 'stop', stopString, version: 0 } as const
    return sampledText(completion, tokenizer).text
  }
  expect(textOf('So 1\n\n', '\n\n')).toBe('So 1')
  expect(textOf('½ and ½', '½')).toBe('½ and ')
  expect(textOf('a\nb\n', '\n')).toBe('a\nb')
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

test('a completion ends at a stop text, which is left out of its text', async () => {
  const rows = [{ prompt: 'What is' }, { ids: [9, 8, 7] }]
  const args = ['--n', '8', '--max-tokens', '12', '--temperature', '2']
  const plain = await sample(rows, ...args)
  const stops = ['on', 'st']
  const ended = await sample(rows, ...args, ...stops.flatMap(stop => ['--stop', stop]))
  expect(new Set(ended.map(({ stop }) => stop)).size).toBe(2)
  for (const [i, { ids, text, logprobs, stop }] of ended.entries()) {
    const whole = tokenizer.decode(plain[i]!.ids)
    const at = stops.map(string => whole.indexOf(string)).filter(found => found >= 0)
    expect(text).toBe(at.length > 0 ? whole.slice(0, Math.min(...at)) : whole)
    if (stop === 'stop')
      expect(tokenizer.decode(ids.slice(0, -1)).length).toBeLessThan(whole.length)
    expect(ids).toEqual(plain[i]!.ids.slice(0, ids.length))
    expect(logprobs).toEqual(plain[i]!.logprobs.slice(0, ids.length))
  }
})

test('min tokens keep stops away, top-k of 1 is greedy, a special token is an end token', async () => {
  const rows = [{ prompt: 'What is' }]
  const few = ['--max-tokens', '12']
  const likely = ['--top-k', '1', '--stop', 'zz']
  expect(await sample(rows, ...likely, ...few)).toEqual(await sample(rows, '--greedy', ...few))
  const [[free], [late]] = [
    await sample(rows, ...few, '--stop', 'e', '--stop', 'a'),
    await sample(rows, ...few, '--stop', 'e', '--stop', 'a', '--min-tokens', '12'),
  ]
  expect(free!.ids.length).toBeLessThan(12)
  expect([late!.ids.length, late!.stop]).toEqual([12, 'length'])
  const special = await sample(rows, '--n', '200', ...few, '--stop', '<|im_start|>')
  const start = tokenizer.encode('<|im_start|>')[0]
  expect(special.filter(({ ids }) => ids.slice(0, -1).includes(start!))).toEqual([])
})

test('what comes before a bad row is written', async () => {
  const written: SampledText[] = []
  const file = rowsFile([{ ids: [1] }, { ids: [2] }, { prompt: '' }, { ids: [3] }])
  const args = [file, '--model', model, '--max-tokens', '2']
  await expect(recordsOf(command, args, written)).rejects.toThrow('rows.jsonl:3: prompt: no tokens')
  expect(written).toHaveLength(2)
})

describe('refused', () => {
  test.each([
    { args: ['--n', '0'], message: '--n is a whole number from 1' },
    { args: ['--n', '2', '--greedy'], message: '--greedy gives one completion' },
    { args: ['--max-tokens', '1.5'], message: '--max-tokens is a whole number' },
    { args: ['--temperature', '0'], message: '--temperature is a number from' },
    { args: ['--top-p', '1.2'], message: '--top-p is a number' },
    { args: ['--top-k', '0'], message: '--top-k is a whole number from 1, got' },
    { args: ['--min-tokens', '-1'], message: '--min-tokens is a whole number from 0 to 256' },
    {
      args: ['--min-tokens', '9', '--max-tokens', '8'],
      message: '--min-tokens is a whole number from 0 to 8',
    },
    { args: ['--stop', ''], message: '--stop is a text of at least one character' },
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
