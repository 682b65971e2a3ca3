// Where a named pipe stands in the place of a file, every command ends with an error that names it, and waits for nobody.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { dispatch } from '../../src/cli/dispatch.ts'

const folder = mkdtempSync(join(tmpdir(), 'minform-pipes-'))
afterAll(() => rmSync(folder, { recursive: true }))
const pipe = join(folder, 'pipe')
const rows = join(folder, 'rows.jsonl')
const problems = join(folder, 'problems.jsonl')
const texts = join(folder, 'texts.jsonl')
const labelled = join(folder, 'labelled.jsonl')
writeFileSync(texts, '{"text":"1+1=2"}\n')
writeFileSync(
  labelled,
  '{"id":"a","problem":"1+1","steps":["1+1=2"],"labels":[1],"meaning":"rightness"}\n',
)
writeFileSync(rows, '{"prompt":"1+1="}\n')
writeFileSync(
  problems,
  Array.from(
    { length: 12 },
    (_, i) => `{"question":"${i}+1","answer":${i + 1},"solution":["${i}+1=${i + 1}"]}\n`,
  ).join(''),
)
let made = 0

/** A copy of a model of links, with a pipe in the place of one file. */
function broken(model: string, file: string): string {
  const copy = join(folder, `model-${made++}`)
  cpSync(model, copy, { recursive: true, filter: path => path === model })
  for (const name of readdirSync(model))
    if (name !== file) symlinkSync(resolve(model, name), join(copy, name))
  execFileSync('mkfifo', [join(copy, file)])
  return copy
}

/** What a command line says before it fails. */
async function failure(...argv: string[]): Promise<string> {
  let said = ''
  const keep = (text: string): void => {
    said += text
  }
  const code = await dispatch(commands, argv, { out: keep, err: keep, version: '', debug: false })
  expect(code, said).toBeGreaterThan(0)
  return said
}

const out = () => join(folder, `out-${made++}`)
const wanted = /it is a named pipe; expected a file/

const ofPolicy: Readonly<Record<string, (model: string) => string[]>> = {
  sample: model => ['sample', rows, '--model', model],
  score: model => ['score', texts, '--model', model],
  eval: model => ['eval', '--problems', problems, '--model', model],
  train: model => ['train', 'grpo', '--problems', problems, '--model', model, '--run', out()],
  sft: model => ['sft', '--problems', problems, '--model', model, '--out', out()],
  search: model => ['search', rows, '--method', 'majority', '--model', model],
  'prm train': model => [
    'prm',
    'train',
    '--task',
    'money-problems',
    '--model',
    model,
    '--out',
    out(),
  ],
}

describe.runIf(process.platform !== 'win32')('a pipe', () => {
  execFileSync('mkfifo', [pipe])

  test.each(['model.safetensors', 'config.json', 'tokenizer.json', 'tokenizer_config.json'])(
    'as %s of a model',
    async file => {
      const model = broken('models/base', file)
      for (const argv of Object.values(ofPolicy)) {
        const said = await failure(...argv(model))
        expect(said).toMatch(wanted)
        expect(said).toContain(join(model, file))
      }
    },
    5000 * Object.keys(ofPolicy).length,
  )

  test.each(['model.safetensors', 'config.json', 'tokenizer.json'])(
    'as %s of a judge',
    async file => {
      const judge = broken('models/prm', file)
      for (const argv of [
        ['prm', 'score', labelled, '--prm', judge],
        ['prm', 'audit', '--task', 'money-problems', '--prm', judge],
        ['prm', 'eval', labelled, '--prm', judge],
        ['search', rows, '--method', 'beam', '--model', 'models/base', '--prm', judge],
        ['train', 'pure-prm', '--task', 'money-problems', '--model', 'models/base', '--prm', judge],
      ])
        expect(await failure(...argv)).toContain(`${join(judge, file)}: it is a named pipe`)
    },
    25_000,
  )

  test('as a shard, as an index, as a GGUF file', async () => {
    const model = 'test/fixtures/hf/qwen2-bf16-sharded'
    for (const file of readdirSync(model).filter(name => /safetensors/.test(name)))
      expect(await failure('score', texts, '--model', broken(model, file))).toMatch(wanted)
    expect(await failure('score', texts, '--model', pipe)).toMatch(wanted)
  }, 20_000)

  test.each([
    ['grade', pipe],
    ['credit', pipe],
    ['sample', pipe, '--model', 'models/base'],
    ['score', pipe, '--model', 'models/base'],
    ['search', pipe, '--method', 'majority', '--model', 'models/base'],
    ['eval', '--problems', pipe, '--model', 'models/base'],
    ['eval', '--problems', problems, '--model', 'models/base', '--against', pipe],
    ['eval', '--problems', problems, '--model', 'models/base', '--template', pipe],
    ['eval', '--problems', problems, '--model', 'models/base', '--reward', pipe],
    ['train', pipe],
    ['train', 'grpo', '--problems', pipe, '--model', 'models/base'],
    ['train', 'grpo', '--problems', problems, '--test', pipe, '--model', 'models/base'],
    ['compare', 'grpo', 'rloo', '--problems', pipe, '--model', 'models/base', '--out', out()],
    ['sft', '--problems', pipe, '--model', 'models/base', '--out', out()],
    ['prepare', '--problems', pipe, '--out', out()],
    ['prm', 'score', pipe, '--prm', 'models/prm'],
    ['prm', 'train', '--data', pipe, '--model', 'models/base', '--out', out()],
    [
      'prm',
      'label',
      '--method',
      'adaptive',
      '--problems',
      pipe,
      '--model',
      'models/base',
      '--out',
      out(),
    ],
    [
      'prm',
      'label',
      '--method',
      'adaptive',
      '--solutions',
      pipe,
      '--model',
      'models/base',
      '--out',
      out(),
    ],
    ['prm', 'audit', '--problems', pipe, '--prm', 'models/prm'],
    ['prm', 'eval', pipe, '--prm', 'models/prm'],
    ['prm', 'eval', labelled, '--scores', pipe],
    ['prm', 'convert', pipe],
    ['write', 'rewrites', '--problems', pipe, '--model', 'models/base', '--out', out()],
    ['show', pipe],
    ['query', pipe, 'select 1'],
  ])('for what %s reads: %s %s %s', async (...argv) => {
    expect(await failure(...argv)).toContain(pipe)
  })
})
