// How a policy is asked, from the command line to what a run and its checkpoints keep.

import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import label from '../../src/cli/prm/label.ts'
import sample, { type SampledText } from '../../src/cli/sample.ts'
import { usualInstruction } from '../../src/problems/prompt.ts'
import { checkpointName } from '../../src/runs/layout.ts'
import { readRun } from '../../src/runs/reader.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'
import { fixture, recordsOf, rowsFile } from './commands.ts'
import { train } from './train-subject.ts'

const model = fixture('qwen3') // with a chat template
const question = 'What is 3 + 4?'
const turn = (text: string): string =>
  `<|im_start|>user\n${text}<|im_end|>\n<|im_start|>assistant\n`
const usual = turn(`${question}\n\n${usualInstruction}`)

async function answers(rows: readonly unknown[], folder: string, ...args: readonly string[]) {
  const drawn = ['--max-tokens', '6', '--greedy', '--threads', '1', ...args]
  const found = await recordsOf<SampledText>(sample, [rowsFile(rows), '--model', folder, ...drawn])
  return found.map(({ ids }) => ids)
}

describe('sample', () => {
  test('asks a question by the chat template, and continues a prompt as it is', async () => {
    const rows = [{ question }, { prompt: usual }, { prompt: question }]
    const [asked, whole, bare] = await answers(rows, model)
    expect(asked).toEqual(whole)
    expect(bare).not.toEqual(asked)
    const [chosen] = await answers([{ prompt: question }], model, '--template', 'chat')
    expect(chosen).toEqual(asked)
  })

  test('says what it is told to say', async () => {
    const said = ['--template', 'chat', '--system', 'S', '--instruction', '']
    const [told] = await answers([{ question }], model, ...said)
    const system = '<|im_start|>system\nS<|im_end|>\n'
    expect([told]).toEqual(await answers([{ prompt: system + turn(question) }], model))
    const plain = await answers([{ question }], model, '--template', 'plain')
    expect(plain).toEqual(await answers([{ prompt: `Question: ${question}\n\n` }], model))
  })

  test('takes one question or prompt a row', async () => {
    const both = answers([{ question, prompt: question }], model)
    await expect(both).rejects.toThrow('rows.jsonl:1: expected either prompt or question')
  })
})

test('prm label asks by the chat template, and its records keep question and prompt', async () => {
  const out = join(mkdtempSync(join(tmpdir(), 'minform-label-')), 'labels.jsonl')
  const file = rowsFile([{ question, answer: 7, solution: ['3+4=7'] }])
  const few = ['--samples', '1', '--completions', '1', '--max-tokens', '4', '--threads', '1']
  const flags = ['--method', 'monte-carlo', '--model', model, '--problems', file, ...few]
  const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  await recordsOf(label, [...flags, '--out', out, '--json'])
  quiet.mockRestore()
  const [row] = readFileSync(out, 'utf8').trim().split('\n')
  expect(JSON.parse(row!).problem).toMatchObject({ question, prompt: usual, answer: '7' })
})

describe('a run', () => {
  const run = join(mkdtempSync(join(tmpdir(), 'minform-prompts-')), 'run')
  const problems = rowsFile(
    Array.from({ length: 60 }, (_, i) => ({ question: `What is ${i} + 4?`, answer: i + 4 })),
  )
  const few = ['--batch', '2', '--group-size', '2', '--max-tokens', '4', '--eval-every', '0']
  const args = ['--problems', problems, '--model', model, '--threads', '1', ...few]
  const checkpoint = join(run, 'checkpoints', checkpointName(1))

  beforeAll(async () => {
    const { code, err } = await train('pure-vr', ...args, '--iterations', '1', '--run', run)
    expect(err).not.toContain('minform:')
    expect(code).toBe(0)
  })

  test('asks by the chat template, and keeps what it asked by', async () => {
    const config = readRun(run).config() as Record<string, unknown>
    expect(config).toMatchObject({
      task: null,
      difficulty: null,
      prompt: { template: 'chat', system: null, frame: turn(`{question}\n\n${usualInstruction}`) },
    })
    const [first] = await readRun(run).rollouts(1)
    const { encode } = await loadTokenizer(model)
    expect(first!.prompt).toMatch(/^<\|im_start\|>user\nWhat is \d+ \+ 4\?\n\nPlease reason/)
    expect([...Array.from(first!.promptIds)]).toEqual([...encode(first!.prompt)])
  })

  test('leaves a model that asks as it was trained', async () => {
    const asked = await answers([{ question }, { prompt: question }], checkpoint)
    const [whole] = await answers([{ prompt: usual }], checkpoint, '--template', 'plain')
    expect(asked).toEqual([whole, whole])
  })

  test('through an adapter leaves checkpoints and a merged model that ask as it was trained', async () => {
    const own = `${run}-lora`
    const lora = ['--lora', '2', '--merge', '--instruction', 'Box it.', '--iterations', '1']
    expect((await train('pure-vr', ...args, ...lora, '--run', own)).code).toBe(0)
    const prompt = turn(`${question}\n\nBox it.`)
    for (const folder of [join(own, 'checkpoints', checkpointName(1)), join(own, 'merged')]) {
      const [asked] = await answers([{ question }], folder)
      expect([asked]).toEqual(await answers([{ prompt }], folder, '--template', 'plain'))
    }
  })

  test('does not go on with another prompt', async () => {
    const again = ['--resume', '--run', run, '--template', 'plain']
    const { code, err } = await train(...again)
    expect(err).toContain('--template is chat there and plain here')
    expect(code).toBe(2)
    expect((await train('--resume', '--run', run, '--template', 'chat')).code).toBe(0)
  })

  test('goes on by what it was asked, whatever has become of the template', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'minform-template-')), 'ask.jinja')
    writeFileSync(file, 'Q: {{ question }}\nA:')
    const own = `${run}-jinja`
    const start = [...args, '--run', own, '--template', file]
    expect((await train('pure-vr', ...start, '--iterations', '1')).code).toBe(0)
    writeFileSync(file, 'other: {{ question }}')
    const config = JSON.parse(readFileSync(join(own, 'config.json'), 'utf8'))
    writeFileSync(join(own, 'config.json'), JSON.stringify({ ...config, iterations: 2 }))
    expect((await train('--resume', '--run', own)).code).toBe(0)
    const second = await readRun(own).rollouts(2)
    expect(second.every(({ prompt }) => /^Q: What is \d+ \+ 4\?\nA:$/.test(prompt))).toBe(true)
  })

  test('refuses problems that nobody can grade, where it learns from answers', async () => {
    const left = `${run}-refused`
    const bare = rowsFile(Array.from({ length: 60 }, (_, i) => ({ question: `What is ${i}?` })))
    const asked = ['--problems', bare, '--model', model, '--run', left]
    const { code, err } = await train('pure-vr', ...asked)
    expect(err).toMatch(
      /pure-vr learns from graded answers; of the \d+ problems to learn from in .* none .* \((\d+) have no answer, 0 one/,
    )
    expect(err).toContain('or take worst-step, pure-prm, sum-form, ')
    expect([code, existsSync(left)]).toEqual([1, false])
  })
})
