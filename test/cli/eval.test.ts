import { existsSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import command from '../../src/cli/eval.ts'
import { ConfigError, RunError } from '../../src/errors.ts'
import type { AttemptsReport } from '../../src/eval/attempts.ts'
import { readProblems } from '../../src/problems/read-problems.ts'
import { chatServer } from '../rewards/remote/chat-server.ts'
import { fixture, printedBy, rowsFile } from './commands.ts'

const base = fileURLToPath(new URL('../../models/base', import.meta.url))
const quick = ['--model', base, '--threads', '1', '--n', '2', '--max-tokens', '60']

const printed = (...rawArgs: string[]): Promise<string> =>
  printedBy(command, [...quick, ...rawArgs])

const newFile = (): string => join(mkdtempSync(join(tmpdir(), 'minform-eval-')), 'out.jsonl')

test('a policy on a task: shares, what was written, and the problems it solves sometimes', async () => {
  const [out, chosen] = [newFile(), newFile()]
  const args = ['--count', '12', '--out', out, '--select', chosen, '--keep', '0.5:0.5', '--json']
  const report = JSON.parse(await printed(...args)) as Record<string, number>
  const rows = readFileSync(out, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(rows).toHaveLength(12)
  const right = rows.flatMap(({ rollouts }) => rollouts.map((r: { reward: number }) => r.reward))
  const share = right.reduce((a, b) => a + b, 0) / right.length
  expect(report.sampled).toMatchObject({ share, n: 12 })
  const half = rows.filter(({ sampled }) => sampled.right === 1)
  expect(report).toMatchObject({ problems: 12, sometimes: half.length, chosen: half.length })
  expect(half.length).toBeGreaterThan(0)
  const sound = rows.reduce((all, row) => all + row.sound, 0) // the oracle knows the steps
  expect(report.reasoned).toMatchObject({ right: right.filter(r => r === 1).length, sound })
  const read = await readProblems(chosen)
  expect(read.map(({ id }) => id)).toEqual(half.map(({ id }) => id))
  expect(read.map(({ answer }) => answer)).toEqual(half.map(row => row.answer))
})

test('an evaluation that was cut short goes on, and ends with the same bytes and report', async () => {
  const [whole, cut] = [newFile(), newFile()]
  const args = ['--count', '40', '--max-tokens', '6', '--no-greedy'] // two batches
  const report = await printed(...args, '--out', whole, '--json')
  await printed(...args, '--out', cut)
  const journal = readFileSync(`${cut}.journal`, 'utf8').split('\n')
  writeFileSync(
    `${cut}.journal`,
    `${journal.slice(0, 1 + 35).join('\n')}\n${journal[36]!.slice(0, 9)}`,
  )
  await printed(...args, '--out', cut, '--resume')
  expect(readFileSync(cut, 'utf8')).toBe(readFileSync(whole, 'utf8'))
  expect(await printed(...args, '--out', cut, '--resume', '--json')).toBe(report)
  truncateSync(`${cut}.journal`, 0)
  await expect(printed(...args, '--out', cut, '--resume')).rejects.toThrow(RunError)
  const other = printed(...args, '--out', whole, '--resume', '--seed', '5')
  await expect(other).rejects.toThrow('seed is 0 there and 5 here')
})

test('problems of a file, those without an answer told apart', async () => {
  const rows = ['1+1', '2+1', '3+1'].map((sum, i) => ({
    question: `Compute ${sum}.`,
    answer: i === 2 ? null : String(i + 2),
  }))
  const file = rowsFile(rows)
  const model = ['--model', fixture('qwen2')]
  const text = await printed('--problems', file, '--no-greedy', ...model)
  expect(text).toContain(`on 3 problems of ${file}, 2 samples each at temperature 1, seed 0`)
  expect(text).toMatch(/sampled right +\S+ % \(95 %: .*\), n 2 problems/)
  expect(text).toContain('1 problems have no answer that can be graded')
  expect(text).not.toContain('likeliest')
  expect(await printed('--problems', file, '--count', '2', ...model)).toContain(
    `on 2 problems of ${file}, which has 3, 2 samples`,
  )
})

test('problems that the model cannot read: the letters are named, and none at all is an error', async () => {
  const question = (text: string) => ({ question: text, answer: '2' })
  const some = rowsFile([question('Compute 1+1.'), question('Qué: 1+1')])
  const asked = ['--template', 'plain', '--no-greedy']
  const template = ['--template', '{question}', '--instruction', '', '--no-greedy']
  expect(await printed('--problems', some, ...template)).toContain(
    '1 problems are left out: the vocabulary lacks "Q", "é"',
  )
  await expect(printed('--problems', some, ...asked)).rejects.toThrow(
    /models\/base can read none of the 2 problems of .*: the vocabulary lacks "Q"/,
  )
})

test('what cannot be asked is refused before anything is written', async () => {
  const out = newFile()
  await expect(printed('--resume')).rejects.toThrow('--resume needs --out')
  await expect(printed('--keep', '0.1:0.9')).rejects.toThrow('--keep goes with --select')
  const backwards = ['--out', out, '--select', newFile(), '--keep', '0.9:0.1']
  await expect(printed(...backwards)).rejects.toThrow(ConfigError)
  await expect(printed('--model', fixture('qwen2-prm'))).rejects.toThrow('cannot answer')
  expect(existsSync(out)).toBe(false)
})

test('against what another one wrote: a policy against itself keeps all, and finds nothing new', async () => {
  const out = newFile()
  const args = ['--count', '6', '--no-greedy']
  await printed(...args, '--out', out)
  const again = [...args, '--against', out]
  const { against } = JSON.parse(await printed(...again, '--json'))
  expect(against).toMatchObject({ problems: 6, crossing: null })
  expect(against.support).toMatchObject({ gained: 0, lost: 0 })
  expect(against.support.both).toBeGreaterThan(0)
  expect(await printed(...again)).toContain('n 6 problems that both attempted')
  const some = rowsFile([{ id: 'x', question: '1?', sampled: { graded: 1, right: 1 } }])
  await expect(printed(...args, '--against', some)).rejects.toThrow('none of these 6 problems')
  const bad = rowsFile([{ id: 'x', question: '1?' }])
  await expect(printed(...args, '--against', bad)).rejects.toThrow('that minform eval --out writes')
})

test('measures beside the answers: another model, entropies, and the regret of a budget', async () => {
  const out = newFile()
  const args = ['--count', '4', '--no-greedy', '--out', out]
  const more = ['--entropy', '--under', base, '--budget', '40', '--forced', '1']
  const found = JSON.parse(await printed(...args, ...more, '--json'))
  expect(found.behaviour.tokens).toBeGreaterThan(0)
  expect(found.likelihood).toMatchObject({ samples: 8, theirs: null, within: null })
  expect(found.likelihood.other).toBeCloseTo(found.likelihood.own, 4) // it is the model itself
  expect(found.regret.curve.map((one: { budget: number }) => one.budget)).toEqual([10, 20, 40])
  for (const { regret } of found.regret.curve) expect(regret >= 0 && regret <= 1).toBe(true)
  const text = await printed(...args, ...more, '--resume', '--against', out)
  expect(text).toMatch(/under .*base, n 8 samples: median perplexity 1\.\d{3}/)
  expect(text).toContain('% of these are as likely as 95 % of those')
  expect(text).toContain(
    'regret of a budget, n 8 samples, 1 forced answers behind each step: 10 tokens',
  )
  await expect(printed(...args, '--forced', '2')).rejects.toThrow('go with --budget')
  await expect(printed(...args, '--budget', '9', '--closing', '')).rejects.toThrow('got none')
  await expect(printed('--count', '4', '--under', fixture('qwen2'))).rejects.toThrow('vocabulary')
})

test('the steps of right answers by a chat model, asked several times: a band (arXiv:2506.14245)', async () => {
  let call = 0
  const server = await chatServer(() => `\\boxed{${call++ % 3 === 0 ? 0 : -1}}`) // one vote of three: the first step is wrong
  try {
    const chat = ['--chat', server.url, '--chat-model', 'm', '--chat-concurrency', '1']
    const args = ['--count', '6', '--no-greedy', '--json', ...chat]
    const { judged, reasoned } = JSON.parse(await printed(...args)) as AttemptsReport
    const { right } = reasoned!
    expect(right).toBeGreaterThan(0)
    expect(server.asked).toHaveLength(3 * right)
    const system = server.asked[0]!.body.messages[0]!.content
    expect(system).toContain('You check the steps of a solution')
    expect(judged).toMatchObject({ any: { sound: right }, most: { sound: right }, unjudged: 0 })
    expect(judged!.all.sound).toBe(0)
    const text = await printed('--count', '3', '--no-greedy', ...chat, '--chat-votes', '1')
    expect(text).toContain('by most votes')
  } finally {
    await server.close()
  }
  await expect(printed('--chat-votes', '2')).rejects.toThrow('--chat-votes goes with --chat')
})
