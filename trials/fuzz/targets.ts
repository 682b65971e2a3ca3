// What reads from outside: each target takes any bytes, and may give what it reads or throw an error of ours, nothing else.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../../src/engine/hf/config-file.ts'
import { headerOf, readHeader } from '../../src/engine/hf/safetensors-header.ts'
import { filesOf } from '../../src/engine/tinker/tar.ts'
import { MinformError } from '../../src/errors.ts'
import { openRun } from '../../src/explain/run.ts'
import { carriedModels } from '../../src/model-source/carried-models.ts'
import { formatNames } from '../../src/prm/formats/index.ts'
import { readLabelled } from '../../src/prm/formats/read.ts'
import { readCandidates } from '../../src/prm/formats/read-candidates.ts'
import { type JudgeStyleName, judgeStyles, readCritique } from '../../src/prm/score/judge-styles.ts'
import { readProblems } from '../../src/problems/read-problems.ts'
import { extractAnswer, grade } from '../../src/rewards/grade/grade.ts'
import { encodeRollouts } from '../../src/runs/rollout-table.ts'
import { chatTemplateFrom } from '../../src/tokenizer/chat-template.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'
import { row } from '../../test/runs/rows.ts'
import { engineWire } from './engine-wire.ts'
import { pageServer } from './page-server.ts'
import { questionsInSql } from './questions.ts'

/** One thing that reads; `place` is a folder of its own. */
export interface Target {
  readonly seeds: () => readonly Buffer[]
  readonly read: (bytes: Buffer, place: string) => unknown
}

const fixtures = join(import.meta.dirname, '..', '..', 'test', 'fixtures')
const texts = (...all: readonly string[]): Buffer[] => all.map(text => Buffer.from(text))

/** All targets by name. */
export const targets: Readonly<Record<string, Target>> = {
  'answers graded': {
    seeds: () => graded().flatMap(({ gold, pred }) => texts(`${gold}\0${pred}`)),
    read: bytes => {
      const [gold = '', pred = ''] = bytes.toString('utf8').split('\0')
      grade({ gold, pred }, 'reward')
      grade({ gold, pred }, 'eval')
      extractAnswer(pred)
    },
  },
  'problem files': { seeds: rows, read: file('problems.jsonl', readProblems) },
  'problem files, JSON': {
    seeds: () => texts(JSON.stringify(problems), '[{"question":"a","answer":1}]'),
    read: file('problems.json', readProblems),
  },
  'problem files, Parquet': { seeds: parquet, read: file('problems.parquet', readProblems) },
  'labelled solutions': {
    seeds: () => fixture('prm', /\.jsonl?$/),
    read: file('labels.jsonl', async path => {
      for (const format of [undefined, ...formatNames])
        await readLabelled(path, { skipBad: true, ...(format && { format }) }).catch(unlessNamed)
    }),
  },
  'answers of reward benchmarks': {
    seeds: () => fixture('prm', /reward-bench|math-aps/),
    read: file('candidates.jsonl', path => readCandidates(path, { skipBad: true })),
  },
  'rollouts of runs': {
    seeds: parquet,
    read: async (bytes, place) => {
      mkdirSync(join(place, 'rollouts'), { recursive: true })
      writeFileSync(join(place, 'config.json'), JSON.stringify(config))
      writeFileSync(join(place, 'rollouts', 'part-00001.parquet'), bytes)
      await openRun(place).reader.rollouts(1)
    },
  },
  'run folders': {
    seeds: () => texts(`${JSON.stringify(config)}\n\0${metrics}\0${log}`),
    read: async (bytes, place) => {
      const parts = bytes.toString('latin1').split('\0')
      for (const [i, name] of ['config.json', 'metrics.jsonl', 'log.jsonl'].entries())
        writeFileSync(join(place, name), parts[i] ?? '', 'latin1')
      const { reader } = openRun(place)
      reader.metrics()
      reader.log()
    },
  },
  tokenizers: {
    seeds: () => [
      ...['tokenizer.json'].map(name => readFileSync(join(carriedModels.base, name))),
      ...fixture('sentencepiece', /tokenizer\.json$/),
    ],
    read: async (bytes, place) => {
      writeFileSync(join(place, 'tokenizer.json'), bytes)
      writeFileSync(join(place, 'generation_config.json'), '{"eos_token_id":0}')
      const found = await loadTokenizer(place)
      found.decode(found.encode('Compute (3+4)*2.\n\n'))
    },
  },
  'configurations of models': {
    seeds: () => fixture('configs', /\.json$/),
    read: async (bytes, place) => {
      writeFileSync(join(place, 'config.json'), bytes)
      await readConfig(place)
    },
  },
  'chat templates': {
    seeds: () => templates(),
    read: bytes =>
      chatTemplateFrom(bytes.toString('utf8')).render(
        [
          { role: 'system', content: 's' },
          { role: 'user', content: 'u' },
        ],
        { addGenerationPrompt: true },
      ),
  },
  weights: {
    seeds: () => [weights()],
    read: file('model.safetensors', readHeader),
  },
  'GGUF files': {
    seeds: () => fixture('gguf', /\.gguf$/).map(bytes => bytes.subarray(0, 1 << 16)),
    read: file('model.gguf', async path => {
      await readConfig(path)
      await loadTokenizer(path)
    }),
  },
  archives: { seeds: () => [tar()], read: bytes => filesOf(bytes) },
  'answers of an engine server': engineWire,
  'requests to the page': pageServer,
  'questions in SQL': questionsInSql,
  'verdicts of judges': {
    seeds: () => texts(...critiques),
    read: bytes => {
      for (const style of Object.keys(judgeStyles) as JudgeStyleName[])
        readCritique(bytes.toString('utf8'), 3, style)
    },
  },
}

/** What one format refuses, another may read. */
function unlessNamed(error: unknown): void {
  if (!(error instanceof MinformError)) throw error
}

const problems = [
  { question: 'How much is 3+4?', answer: '7', solution: ['3+4=7', '\\boxed{7}'] },
  { prompt: 'Compute (3+4)*2.\n\n', answer: 14, id: 'a' },
  { problem: 'x', answer: '\\frac{1}{2}', solution: 'One half.\n\n\\boxed{1/2}' },
]
const config = {
  recipe: 'pure-vr',
  options: { groupSize: 8 },
  maxTokens: 16,
  iterations: 2,
  seed: 1,
}
const metrics =
  '{"iteration":1,"rollouts/accuracy":0.5}\n{"iteration":2,"rollouts/accuracy":null}\n'
const log = '{"time":"2026-01-01T00:00:00Z","level":"warn","event":"alarm","iteration":2}\n'
const critiques = [
  '<analysis>fine</analysis>\n\\boxed{-1}',
  '<think>hm</think>Step 1: \\boxed{correct}\n\nStep 2: \\boxed{incorrect}\n\nStep 3: \\boxed{1}',
  '{"steps": [true, false, null]} The first error is in paragraph 2. \\boxed{2} 0.7, 0.2, 1',
]

function rows(): Buffer[] {
  const lines = problems.map(one => JSON.stringify(one))
  return [...texts(`${lines.join('\n')}\n`), ...fixture('gsm8k', /jsonl$/)]
}

function graded(): { gold: string; pred: string }[] {
  const text = readFileSync(join(fixtures, 'grader-cases', 'cases.jsonl'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
}

function templates(): Buffer[] {
  const cases = JSON.parse(readFileSync(join(fixtures, 'prompts', 'cases.json'), 'utf8'))
  const found = JSON.stringify(cases).match(/"\{[%{](?:[^"\\]|\\.)*"/g) ?? []
  return texts(...new Set(found.map(text => JSON.parse(text) as string)))
}

function parquet(): Buffer[] {
  return [1, 3].map(n =>
    Buffer.from(
      encodeRollouts(
        1,
        Array.from({ length: n }, (_, i) => row({ rollout: i })),
      ),
    ),
  )
}

/** Weights of three small tensors. */
function weights(): Buffer {
  const header = headerOf(
    ['a', 'b', 'c'].map((name, i) => ({
      name,
      shape: [2, i + 1],
      values: new Float32Array(2 * i + 2),
    })),
    'float32',
  )
  return Buffer.concat([header, Buffer.alloc(4 * 12)])
}

/** A ustar archive of one file. */
function tar(): Buffer {
  const header = Buffer.alloc(512)
  header.write('adapter.json')
  header.write('00000000005', 124)
  header.write('        0', 148)
  const sum = header.reduce((a, b) => a + b, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, Buffer.from('hello'), Buffer.alloc(507 + 1024)])
}

function fixture(folder: string, name: RegExp): Buffer[] {
  const all = readdirSync(join(fixtures, folder), { recursive: true, encoding: 'utf8' })
  return all.filter(path => name.test(path)).map(path => readFileSync(join(fixtures, folder, path)))
}

/** A target that reads a file of a name. */
function file(name: string, read: (path: string) => unknown): Target['read'] {
  return async (bytes, place) => {
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, name), bytes)
    await read(join(place, name))
  }
}
