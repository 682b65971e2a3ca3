// The harness of studies, on the carried policy and problems that take a second.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runStudy, trainArgs } from '../../../bench/results/run.ts'
import type { Study } from '../../../bench/results/study.ts'
import { planComparison } from '../../../src/cli/compare.ts'
import { accuracyTable, uncounted } from '../../../src/compare/report.ts'
import { readRun } from '../../../src/runs/reader.ts'
import { built } from '../../built.ts'
import { newFolder, writeRun } from '../../compare/made-up-runs.ts'

const never = new AbortController().signal

const study: Study = {
  name: 'two',
  about: 'two parts of one recipe',
  file: 'results-two.md',
  out: 'two',
  seeds: 2,
  parts: {
    long: {
      variants: ['grpo', 'pure-vr:whiten=false'],
      iterations: 4,
      evalEvery: 2,
      reference: 'grpo',
    },
    short: {
      variants: ['grpo'],
      iterations: 2,
      evalEvery: 1,
      reference: 'grpo',
      flags: { lora: '4' },
    },
  },
  document: ({ parts }) => ({
    text: Object.values(parts)
      .flatMap(part => [accuracyTable(part), ...uncounted(part)])
      .join('\n\n'),
    pictures: { 'two.svg': '<svg/>' },
  }),
}

const real: Study = {
  ...study,
  file: 'results-real.md',
  seeds: 1,
  parts: { '.': { variants: ['grpo', 'hero'], iterations: 3, evalEvery: 0, reference: 'grpo' } },
}

const problems = Array.from({ length: 24 }, (_, i) => ({
  question: `Compute (${1 + (i % 9)}+${1 + ((i * 5) % 8)})-${i}.`,
  answer: String(2 + (i % 9) + ((i * 5) % 8) - i),
}))

const program = built('cli/main')
const asked = { jobs: 2, only: [], parts: [], table: false, flags: {}, program }

describe('planning', () => {
  test('a run is the command line that its part and its variant ask for', async () => {
    const flags = { threads: '1', iterations: '3', lora: '4', merge: true }
    const { runs } = await planComparison(['pure-vr:whiten=false,groupSize=4'], {
      ...flags,
      out: 'x',
    })
    expect(runs).toHaveLength(3)
    expect(trainArgs(runs[1]!, flags)).toEqual([
      ...['train', 'pure-vr', '--threads=1', '--iterations=3', '--lora=4', '--merge'],
      ...['--group-size=4', '--no-whiten', '--seed=2'],
      `--run=${join('x', 'runs', 'pure-vr--groupSize-4--whiten-false', 'seed-2')}`,
    ])
  })

  test('--only names what is there', async () => {
    const place = { out: newFolder(), docs: newFolder() }
    await expect(runStudy(study, { ...asked, ...place, only: ['grop'] }, never)).rejects.toThrow(
      "--only grop: no such run; did you mean 'grpo'?",
    )
  })

  test('--parts names what is there', async () => {
    const place = { out: join(newFolder(), 'out'), docs: newFolder() }
    const wrong = runStudy(study, { ...asked, ...place, parts: ['nois-0'] }, never)
    await expect(wrong).rejects.toThrow('--parts nois-0: no such part')
  })
})

test('the document tells what is there, and why the rest is not', async () => {
  const [out, docs] = [join(newFolder(), 'two'), newFolder()]
  const curves = { x: [1, 2, 3, 4], 'eval/validation_accuracy': [null, 0.5, null, 0.75] }
  writeRun(join(out, 'long/runs/grpo/seed-1'), { after: [0.75, 0.9], curves })
  writeRun(join(out, 'long/runs/grpo/seed-2'), { curves: { x: [1] }, error: 'NaN everywhere' })
  writeFileSync(
    join(out, 'failures.json'),
    JSON.stringify({ 'short/runs/grpo/seed-2': 'no judge' }),
  )
  await expect(runStudy(study, { ...asked, out, docs, table: true }, never)).rejects.toThrow(
    'long holds something else',
  )
  for (const part of ['long', 'short']) {
    const { flags, ...terms } = study.parts[part]!
    const { about } = await planComparison(['grpo'], {
      ...{ threads: '1', iterations: String(terms.iterations), evalEvery: String(terms.evalEvery) },
      ...flags,
    })
    writeRun(join(out, part), {})
    writeFileSync(join(out, part, 'terms.json'), JSON.stringify(about.terms))
  }
  await runStudy(study, { ...asked, out, docs, table: true }, never)
  const text = readFileSync(join(docs, 'results-two.md'), 'utf8')
  expect(text).toContain(
    '| grpo | 1 | 50.0 | 75.0 | 90.0 | 90.0 | 75.0 | 75.0 | at 4, ratio 1.00; 1 of 1 |',
  )
  expect(text).toContain('- grpo, seed 2: ended after 1 of 4: NaN everywhere')
  expect(text).toContain('- pure-vr:whiten=false, seed 1: not run')
  expect(text).toContain('- grpo, seed 2: not run: no judge')
  expect(existsSync(join(docs, 'two.svg'))).toBe(true)
  expect(existsSync(join(out, 'long/runs/grpo/seed-1/checkpoints/iteration-00004'))).toBe(false)
})

test('a killed run goes on to the same bits; one that fails ends nothing and is told', async () => {
  const folder = newFolder()
  const file = join(folder, 'problems.jsonl')
  writeFileSync(file, problems.map(row => `${JSON.stringify(row)}\n`).join(''))
  const flags = {
    ...{ problems: file, test: file, template: '{question}\n\n', model: 'models/base' },
    ...{ prm: 'models/base', batch: '2', maxTokens: '24', checkpointEvery: '1' }, // no judge: hero fails
  }
  const out = (name: string) => join(folder, name)
  const results = (name: string, only: readonly string[] = []) =>
    runStudy(real, { ...asked, flags, only, out: out(name), docs: out('docs') }, never)
  const run = (name: string) => join(out(name), 'runs/grpo/seed-1')
  let over = false
  const killed = results('killed', ['grpo']).catch(error => {
    over = true
    return String(error)
  })
  const metrics = join(run('killed'), 'metrics.jsonl')
  while (!over && (!existsSync(metrics) || readFileSync(metrics).length === 0))
    await new Promise(resolve => setTimeout(resolve, 5))
  process.kill(JSON.parse(readFileSync(join(run('killed'), 'run.lock'), 'utf8')).pid, 'SIGKILL')
  expect(await killed).toContain('1 of 1 runs are not complete')
  const page = () => readFileSync(join(out('docs'), 'results-real.md'), 'utf8')
  expect(page()).toMatch(/- grpo, seed 1: ended after \d of 3: ended by SIGKILL/)
  await expect(results('killed')).rejects.toThrow('1 of 2 runs are not complete')
  expect(page()).toMatch(/- hero, seed 1: not run: .*models\/base/)
  expect(page()).not.toContain('SIGKILL')
  await results('whole', ['grpo'])
  const policy = (name: string) =>
    readFileSync(join(run(name), 'checkpoints/iteration-00003/model.safetensors'))
  expect(policy('killed').equals(policy('whole'))).toBe(true)
  const shown = (file: string) => join(out('whole'), 'shown', file)
  expect(existsSync(shown('index.html'))).toBe(true)
  expect(readFileSync(shown('data/runs.js'), 'utf8')).toContain('seed-1')
  const done = readRun(run('killed')).metrics()
  expect(done.map(({ iteration }) => iteration)).toEqual([1, 2, 3])
}, 300_000)
