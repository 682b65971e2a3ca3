import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RunError } from '../../src/errors.ts'
import { readRun } from '../../src/runs/reader.ts'
import { createRun, resumeRun } from '../../src/runs/writer.ts'
import { row } from './rows.ts'

let parent: string
let folder: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'minform-run-'))
  folder = join(parent, 'a', 'run')
})
afterEach(() => rmSync(parent, { recursive: true }))

test('what is written is read back', async () => {
  const run = createRun(folder, { recipe: 'pure-prm', seed: 7 })
  run.metrics({ iteration: 1, 'rewards/outcome_mean': 0.5, 'update/loss': -0.25 })
  run.rollouts(1, [row()])
  run.log('info', 'started', { device: 'cpu' })
  run.metrics({ iteration: 2, 'rewards/outcome_mean': 0.75 })
  run.close()

  const read = readRun(folder)
  expect(read.config()).toEqual({ recipe: 'pure-prm', seed: 7 })
  expect(read.metrics()).toEqual([
    { iteration: 1, 'rewards/outcome_mean': 0.5, 'update/loss': -0.25 },
    { iteration: 2, 'rewards/outcome_mean': 0.75 },
  ])
  expect(read.log()).toMatchObject([{ level: 'info', event: 'started', device: 'cpu' }])
  expect(Date.parse(read.log()[0]?.time as string)).toBeGreaterThan(0)
  expect(read.iterations()).toEqual([1])
  expect(readdirSync(join(folder, 'rollouts'))).toEqual(['part-00001.parquet'])
  expect(await read.rollouts(1)).toMatchObject([{ iteration: 1, problem: row().problem }])
})

test('numbers that are not finite are null', () => {
  const run = createRun(folder, {})
  run.metrics({ iteration: 1, a: Number.NaN, b: Number.POSITIVE_INFINITY, c: -1 })
  run.log('warn', 'odd', {
    values: new Float32Array([1, Number.NaN]),
    cause: new Error('why'),
    n: 1n,
  })
  run.close()
  expect(readRun(folder).metrics()).toEqual([{ iteration: 1, a: null, b: null, c: -1 }])
  expect(readRun(folder).log()[0]).toMatchObject({
    values: [1, null],
    cause: { name: 'Error', message: 'why' },
    n: '1',
  })
})

test('lines can be read while the run is written', () => {
  const run = createRun(folder, {})
  run.metrics({ iteration: 1 })
  expect(readFileSync(join(folder, 'metrics.jsonl'), 'utf8')).toBe('{"iteration":1}\n')
  run.close()
  expect(() => run.metrics({ iteration: 2 })).toThrow(/closed/)
})

test('a torn last line of a killed writer is ignored, and removed when the run goes on', () => {
  const run = createRun(folder, {})
  run.metrics({ iteration: 1, x: 1 })
  run.close()
  appendFileSync(join(folder, 'metrics.jsonl'), '{"iteration":2,"é":0.')
  expect(readRun(folder).metrics()).toEqual([{ iteration: 1, x: 1 }])

  const again = resumeRun(folder, { iteration: 1 })
  again.metrics({ iteration: 2, x: 2 })
  again.close()
  expect(readRun(folder).metrics()).toEqual([
    { iteration: 1, x: 1 },
    { iteration: 2, x: 2 },
  ])
})

test('a whole last line without its line end is kept', () => {
  createRun(folder, {}).close()
  appendFileSync(join(folder, 'metrics.jsonl'), '{"iteration":1}')
  const run = resumeRun(folder, { iteration: 1 })
  run.metrics({ iteration: 2 })
  run.close()
  expect(readRun(folder).metrics()).toEqual([{ iteration: 1 }, { iteration: 2 }])
})

test('a broken line in the middle is an error that names the line', () => {
  createRun(folder, {}).close()
  appendFileSync(join(folder, 'metrics.jsonl'), '{"iteration":1}\n{oops\n{"iteration":2}\n')
  expect(() => readRun(folder).metrics()).toThrow(/metrics\.jsonl:2: not JSON: \{oops/)
})

test('a resumed run repeats iterations: they count once, rollouts past it are removed', () => {
  const run = createRun(folder, {})
  for (const iteration of [1, 2, 3]) {
    run.metrics({ iteration, first: true })
    run.rollouts(iteration, [row()])
  }
  run.close()
  mkdirSync(join(folder, 'checkpoints', '.unfinished-iteration-00003'))
  const again = resumeRun(folder, { iteration: 1 })
  expect(readRun(folder).iterations()).toEqual([1])
  expect(readdirSync(join(folder, 'checkpoints'))).toEqual([])
  again.metrics({ iteration: 2, first: false })
  again.close()
  expect(readRun(folder).metrics()).toEqual([
    { iteration: 1, first: true },
    { iteration: 2, first: false },
  ])
})

test('a folder that holds a run, a file, a folder under a file: refused, saying what to do', () => {
  createRun(folder, {}).close()
  expect(() => createRun(folder, {})).toThrow(/already holds a run .*config\.json.*--run.*--resume/)
  const file = join(parent, 'file')
  writeFileSync(file, '')
  expect(() => createRun(file, {})).toThrow(/is a file.*--run/)
  expect(() => createRun(join(file, 'run'), {})).toThrow(RunError)
  expect(() => createRun(join(file, 'run'), {})).toThrow(/cannot write a run to .*--run/)
  expect(() => resumeRun(join(parent, 'none'), { iteration: 1 })).toThrow(/holds no run/)
  expect(() => readRun(join(parent, 'none'))).toThrow(/holds no run/)
})

test.each(['checkpoints/iteration-00003', 'rollouts/part-00002.parquet'])(
  'what is left of a run whose configuration is gone (%s) is not gone on with',
  left => {
    mkdirSync(join(folder, left), { recursive: true })
    expect(() => createRun(folder, {})).toThrow(/what is left of a run in .* without its config/)
    expect(existsSync(join(folder, 'config.json'))).toBe(false)
  },
)

test('an existing empty folder is used', () => {
  mkdirSync(folder, { recursive: true })
  createRun(folder, {}).close()
  expect(readRun(folder).config()).toEqual({})
})

test('a checkpoint has its name only when it is whole', async () => {
  const run = createRun(folder, {})
  const at = run.checkpointFolder(1)
  const written = await run.commitCheckpoint(async dir => {
    expect(existsSync(at)).toBe(false)
    writeFileSync(join(dir, 'weights'), 'first')
  }, 'iteration-00001')
  expect(written).toBe(at)
  expect(readRun(folder).checkpoints()).toEqual([at])

  const failing = run.commitCheckpoint(async dir => {
    writeFileSync(join(dir, 'weights'), 'half')
    throw new Error('disk')
  }, 'iteration-00001')
  await expect(failing).rejects.toThrow('disk')
  expect(readFileSync(join(at, 'weights'), 'utf8')).toBe('first')

  await run.commitCheckpoint(
    async dir => writeFileSync(join(dir, 'weights'), 'second'),
    'iteration-00001',
  )
  expect(readFileSync(join(at, 'weights'), 'utf8')).toBe('second')
  expect(readdirSync(join(folder, 'checkpoints'))).toEqual(['iteration-00001'])
  await expect(run.commitCheckpoint(async () => {}, '../up')).rejects.toThrow(RangeError)
  run.close()
})

test('a damaged part is an error that names the file', async () => {
  const run = createRun(folder, {})
  run.close()
  writeFileSync(join(folder, 'rollouts', 'part-00004.parquet'), 'PAR1')
  await expect(readRun(folder).rollouts(4)).rejects.toThrow(/part-00004\.parquet/)
})
