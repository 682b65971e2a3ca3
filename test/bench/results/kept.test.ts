// What a study keeps of its runs in the repository: its document comes from that alone, on another machine.

import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { runStudy } from '../../../bench/results/run.ts'
import { evaluationFile, passAtN, runNumbers } from '../../../bench/results/run-numbers.ts'
import type { Found, Study } from '../../../bench/results/study.ts'
import { ConfigError } from '../../../src/errors.ts'
import { newFolder, writeRun } from '../../compare/made-up-runs.ts'

const never = new AbortController().signal
const carried = 'step-credit'
const file = 'bench/results/recipes/step-credit.ts'

const study: Study = {
  name: 'kept',
  about: 'runs that are kept',
  file: 'results-kept.md',
  out: 'kept',
  seeds: 2,
  parts: {
    plain: { variants: ['grpo', file], iterations: 4, evalEvery: 2, reference: 'grpo' },
    made: {
      ...{ variants: ['grpo'], iterations: 4, evalEvery: 2, reference: 'grpo' },
      made: { model: 'base/model' },
    },
  },
  makings: [
    {
      folder: 'base',
      make: async to => cpSync('models/base', join(to, 'model'), { recursive: true }),
    },
  ],
  document: found => ({ text: `${JSON.stringify(shown(found), null, 1)}\n`, pictures: {} }),
}

/** All that a document could tell, but where the folders lie. */
function shown({ parts }: Found) {
  return Object.entries(parts).map(([part, { terms, variants }]) => ({
    part,
    terms: { ...terms, model: (terms.model as { sha256: string }).sha256 },
    variants: variants.map(({ name, n, measures, curves, runs }) => ({
      ...{ name, n, measures, curves },
      runs: runs.map(({ folder, ...run }) => ({
        run,
        numbers: run.state === 'complete' ? runNumbers({ ...run, folder }) : null,
        pass: passAtN(evaluationFile(folder)),
      })),
    })),
  }))
}
type Shown = ReturnType<typeof shown>

const program = 'no program: nothing is run'
const asked = { jobs: 1, only: [], parts: [], flags: {}, program }

/** Runs of every part, seed 1 complete, seed 2 not; the models that one part starts from lie beside them. */
async function ran(out: string) {
  const at = (part: string, name: string, seed: number) =>
    join(out, part, 'runs', name, `seed-${seed}`)
  cpSync('models/base', join(out, 'base/model'), { recursive: true })
  writeFileSync(join(out, 'base/made'), '')
  const place = { out, docs: newFolder(), kept: newFolder(), table: true }
  for (const part of ['plain', 'made']) mkdirSync(join(out, part), { recursive: true })
  await runStudy(study, { ...asked, ...place }, never)
  const code = { [join(process.cwd(), file)]: 'a sum' }
  const options = { groupSize: 8 }
  const config = { options, code, versions: { node: '20.0.0' }, secret: out }
  const third = 1 / 3
  for (const [part, name] of [
    ['plain', 'grpo'],
    ['plain', carried],
    ['made', 'grpo'],
  ] as const) {
    const curves = {
      'eval/validation_accuracy': [null, 0.5, null, 0.75],
      'rollouts/accuracy': [third, 2 * third, 0.5, 0.25],
      'update/tokens': [100, 200, 300, 401],
      'nobody/reads': [1, 2, 3, 4],
    }
    const warnings = [{ event: 'watch out', iteration: 3 }]
    writeRun(at(part, name, 1), { after: [0.75, 0.9], curves, warnings, config })
    writeRun(at(part, name, 2), { curves: { x: [1, 2] }, config })
  }
  const passAtN = { share: 0.9, n: 8, of: 200 }
  writeFileSync(evaluationFile(at('plain', 'grpo', 1)), JSON.stringify({ passAtN, rows: [1, 2] }))
}

test('a document comes from what is kept as from the runs themselves, without runs and models', async () => {
  const [here, there] = [newFolder(), newFolder()].map(folder => join(folder, 'out'))
  const [docs, kept] = [newFolder(), newFolder()]
  await ran(here!)
  await runStudy(study, { ...asked, out: here!, docs, kept, table: true, keep: true }, never)
  const before = readShown(docs)
  await runStudy(study, { ...asked, out: there!, docs, kept, table: true }, never)
  const after = readShown(docs)
  expect(after.map(({ part }) => part)).toEqual(['plain', 'made'])
  expect(before.map(({ variants }) => variants.map(({ n }) => n))).toEqual([[1, 1], [1]])
  for (const found of [before, after])
    for (const one of found.flatMap(({ variants }) => variants)) one.runs.splice(1) // the second was not complete, and is not kept
  expect(after).toEqual(nearly(before))
  const text = readFileSync(join(kept, 'kept.jsonl'), 'utf8')
  expect(text).not.toContain(process.cwd())
  expect(text).not.toContain(dirname(here!))
  expect(text).not.toContain('nobody/reads')
  expect(existsSync(join(there!, 'base/model'))).toBe(false)
})

test('kept again, nothing changes', async () => {
  const [here, there] = [newFolder(), newFolder()].map(folder => join(folder, 'out'))
  const [docs, kept] = [newFolder(), newFolder()]
  await ran(here!)
  const keep = (out: string) =>
    runStudy(study, { ...asked, out, docs, kept, table: true, keep: true }, never)
  await keep(here!)
  const text = () => readFileSync(join(kept, 'kept.jsonl'), 'utf8')
  const before = text()
  await keep(there!)
  await keep(here!)
  expect(text()).toBe(before)
})

test('what was run on other terms is not taken, and not mixed with', async () => {
  const [here, there] = [newFolder(), newFolder()].map(folder => join(folder, 'out'))
  const [docs, kept] = [newFolder(), newFolder()]
  await ran(here!)
  await runStudy(study, { ...asked, out: here!, docs, kept, table: true, keep: true }, never)
  const other = { ...asked, out: there!, docs, kept, table: true, flags: { difficulty: '2' } }
  await runStudy(study, other, never)
  expect(readShown(docs)[0]!.variants[0]!.runs[0]!.run.state).toBe('missing')
  mkdirSync(join(there!, 'plain'), { recursive: true })
  await expect(runStudy(study, { ...other, keep: true }, never)).rejects.toThrow(ConfigError)
})

function readShown(docs: string): Shown {
  return JSON.parse(readFileSync(join(docs, study.file), 'utf8'))
}

/** The same with numbers as near as they are kept. */
function nearly(value: unknown): unknown {
  if (typeof value === 'number') return expect.closeTo(value, 5)
  if (Array.isArray(value)) return value.map(nearly)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, nearly(one)]))
}
