// Folders that are no whole runs, and texts that mean harm: each is shown as what it is.

import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rolloutPart } from '../../src/runs/layout.ts'
import type {
  GroupAnswer,
  IterationAnswer,
  RunAnswer,
  RunBrief,
  RunsAnswer,
} from '../../src/view/api.ts'
import { begun, left, made, newRoot, told } from './made.ts'

async function briefOf(root: string): Promise<RunBrief> {
  const { runs } = (await told(root)('runs')) as RunsAnswer
  expect(runs).toHaveLength(1)
  return runs[0]!
}

const harm: readonly [string, (folder: string) => void, string][] = [
  ['torn settings', f => writeFileSync(join(f, 'config.json'), '{"recipe"'), 'cannot read'],
  ['settings of something else', f => writeFileSync(join(f, 'config.json'), '7'), 'config.json'],
  ['no settings', f => rmSync(join(f, 'config.json')), 'it has no config.json'],
  [
    'a training of a judge',
    f => writeFileSync(join(f, 'config.json'), '{"kind":"prm-train"}'),
    'a training of the kind prm-train, which has no rollouts',
  ],
  ['a torn middle', f => writeFileSync(join(f, 'metrics.jsonl'), '{"a\n{}\n'), '1: not JSON'],
  ['no iterations', f => writeFileSync(join(f, 'metrics.jsonl'), '{}\n'), 'expected an iteration'],
  ['other lines', f => writeFileSync(join(f, 'log.jsonl'), 'null\n3\n'), 'expected an object'],
  [
    'a folder for a file',
    f => {
      rmSync(join(f, 'log.jsonl'))
      mkdirSync(join(f, 'log.jsonl'))
    },
    'log.jsonl is no file',
  ],
  [
    'a pipe, which never ends',
    f => {
      rmSync(join(f, 'metrics.jsonl'))
      execFileSync('mkfifo', [join(f, 'metrics.jsonl')])
    },
    'metrics.jsonl is no file',
  ],
]

test.each(harm)('%s: the run stands there with what is wrong', async (_, spoil, wrong) => {
  const root = newRoot()
  spoil(left(join(root, 'one')))
  expect((await briefOf(root)).wrong).toContain(wrong)
  await expect(told(root)('run/one')).rejects.toThrow(wrong)
})

test('links in a circle, and files for folders, are told or passed over', async () => {
  const root = newRoot()
  const folder = left(join(root, 'one'))
  const loop = (name: string): void => {
    rmSync(join(folder, name), { recursive: true, force: true })
    symlinkSync(name, join(folder, name))
  }
  for (const name of ['log.jsonl', 'run.lock', 'checkpoints']) loop(name)
  expect(await briefOf(root)).toMatchObject({ wrong: null, iterations: 1 })
  expect(await told(root)('run/one/1/0')).toMatchObject({ group: 0 })
  rmSync(join(folder, 'rollouts'), { recursive: true })
  writeFileSync(join(folder, 'rollouts'), '')
  await expect(told(root)('run/one')).rejects.toThrow('rollouts is no folder')
  loop('metrics.jsonl')
  symlinkSync('.', join(root, 'again')) // of which the search follows none
  expect(await briefOf(root)).toMatchObject({ iterations: 0 })
})

test('a line that is being written is not there yet', async () => {
  const root = newRoot()
  appendFileSync(join(left(join(root, 'one')), 'metrics.jsonl'), '{"iteration":2,"rollou')
  expect(await briefOf(root)).toMatchObject({ wrong: null, iterations: 1 })
})

test('another version is read as far as it can be, and said', async () => {
  for (const format of [1, 3]) {
    const root = newRoot()
    left(join(root, 'one'), { format, versions: { minform: `0.${format}.0` } })
    const brief = await briefOf(root)
    expect(brief).toMatchObject({ wrong: null, iterations: 1 })
    expect(brief.note).toMatch(`written by minform 0.${format}.0 (format ${format}, here 2)`)
  }
})

test('a run that just began, and rollouts that are missing or damaged', async () => {
  const root = newRoot()
  const run = begun(join(root, 'one'))
  const answer = told(root)
  expect(await answer('run/one')).toMatchObject({ recorded: [], metrics: { iterations: [] } })
  await expect(answer('run/one/1')).rejects.toThrow('recorded: none yet')
  for (const iteration of [1, 2, 4]) run.rollouts(iteration, made.rows)
  rmSync(rolloutPart(run.folder, 2))
  expect(((await answer('run/one')) as RunAnswer).recorded).toEqual([1, 4])
  await expect(answer('run/one/2')).rejects.toThrow('of iteration 2; recorded: 1, 4')
  const whole = readFileSync(rolloutPart(run.folder, 1))
  for (const bytes of [whole.subarray(0, 500), Buffer.from('PAR1PAR1'), Buffer.alloc(0)]) {
    writeFileSync(rolloutPart(run.folder, 1), bytes)
    await expect(answer('run/one/1')).rejects.toThrow('cannot read the rollouts')
    await expect(answer('run/one/1/0')).rejects.toThrow('cannot read the rollouts')
  }
  writeFileSync(rolloutPart(run.folder, 1), whole)
  expect(await answer('run/one/1')).toMatchObject({ iteration: 1 })
  run.close()
})

test('a run that went back has other rollouts at the same place', async () => {
  const root = newRoot()
  const run = begun(join(root, 'one'))
  const answer = told(root)
  const first = async () => ((await answer('run/one/1/0')) as GroupAnswer).rollouts[0]!.text
  run.rollouts(1, made.rows)
  expect(await first()).toBe(made.rows[0]!.text)
  run.rollouts(
    1,
    made.rows.map(row => ({ ...row, text: 'another' })),
  )
  expect(await first()).toBe('another')
  run.close()
})

test('a recipe that is not known here, and options that it has no more: numbers without the why', async () => {
  const root = newRoot()
  left(join(root, 'one'), { recipe: 'forgotten' })
  left(join(root, 'two'), { options: { gone: 1 } })
  for (const [id, why] of [
    ['one', "no recipe 'forgotten'"],
    ['two', 'gone'],
  ]) {
    const group = (await told(root)(`run/${id}/1/0`)) as GroupAnswer
    expect(group).toMatchObject({ replay: null, why: expect.stringContaining(why!) })
    expect(group.rollouts.length).toBeGreaterThan(1)
  }
})

test('what a model wrote stays text, whatever it is', async () => {
  const root = newRoot()
  const run = begun(join(root, 'one'))
  const bad = '</script><script>alert(1)</script>\u0000\u001b[31m\u202eright\u2028to left\ud800"\\'
  const named = { [bad]: 1, ['__proto__']: 2, constructor: 3 }
  const rows = made.rows.map(row => ({ ...row, text: bad, prompt: bad, parts: named }))
  run.rollouts(1, rows)
  run.metrics({ iteration: 1, ...named })
  run.close()
  const answer = told(root)
  const group = (await answer('run/one/1/0')) as GroupAnswer
  const { text, parts } = JSON.parse(JSON.stringify(group)).rollouts[0]
  expect(text).toBe(bad.replace('\ud800', '\ufffd'))
  expect(Object.keys(parts).sort()).toEqual([text, '__proto__', 'constructor'])
  const { metrics } = JSON.parse(JSON.stringify(await answer('run/one'))) as RunAnswer
  expect(Object.keys(metrics.values).sort()).toEqual(Object.keys(named).sort())
  const { groups } = (await answer('run/one/1')) as IterationAnswer
  expect(groups[0]!.prompt).toContain('</script>')
})

test('a hundred runs are a hundred lines', async () => {
  const root = newRoot()
  for (let i = 0; i < 100; i++) begun(join(root, `seed-${i}`, 'run'), { seed: i }).close()
  const answer = told(root)
  const { runs } = (await answer('runs')) as RunsAnswer
  expect(new Set(runs.map(({ id }) => id)).size).toBe(100)
  expect(runs.map(({ seed }) => seed)).toEqual(Array.from({ length: 100 }, (_, i) => i))
})
