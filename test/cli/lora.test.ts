// Training through an adapter, as commands do it: killed and continued, sampled from, merged.

import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOnnxEngine } from '../../src/engine/onnx/open.ts'
import { readRun } from '../../src/runs/reader.ts'
import { built } from '../built.ts'
import { close } from '../engine/subject.ts'
import { tinyModels, train } from './train-subject.ts'

let tiny: Awaited<ReturnType<typeof tinyModels>>
let whole: string
const flags = (run: string): string[] => [
  ...['pure-vr', '--problems', tiny.problems, '--model', tiny.base, '--run', run],
  ...[
    '--base-dtype',
    'bfloat16',
    '--lora',
    '4',
    '--lora-targets',
    'q_proj,down_proj',
    '--merge',
    '--learning-rate',
    '0.01',
  ],
  ...['--iterations', '3', '--batch', '6', '--max-tokens', '24', '--eval-every', '0'],
  ...['--checkpoint-every', '1', '--seed', '5', '--threads', '1'],
]

beforeAll(async () => {
  tiny = await tinyModels()
  whole = join(tiny.folder, 'whole')
  const { code, err } = await train(...flags(whole))
  expect(err).toContain('an adapter of rank 4 learns: ')
  expect(code).toBe(0)
})
afterAll(() => tiny.remove())

/** Everything of a run that may not depend on whether it was killed. */
function traceOf(folder: string) {
  const metrics = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').replaceAll(
    /"time\/\w+":[^,}]*,?/g,
    '',
  )
  const newest = readRun(folder).checkpoints().at(-1)!
  const places = [newest, join(folder, 'merged')]
  const files = places.flatMap(place => readdirSync(place).map(name => join(place, name)))
  const contents = files.map(file => [file.slice(folder.length), readFileSync(file, 'hex')])
  return { metrics, contents: Object.fromEntries(contents) }
}

test('killed and continued, it ends as one that was not', async () => {
  const killed = join(tiny.folder, 'killed')
  const child = spawn(process.execPath, [built('cli/main'), 'train', ...flags(killed)])
  const look = setInterval(() => {
    const checkpoints = join(killed, 'checkpoints')
    const there = existsSync(checkpoints) ? readdirSync(checkpoints) : []
    if (there.some(name => /^iteration-0*1$/.test(name))) child.kill('SIGKILL')
  }, 5)
  const signal = await new Promise(resolve => child.on('close', (_, by) => resolve(by)))
  clearInterval(look)
  expect(signal).toBe('SIGKILL')
  expect((await train('--resume', '--run', killed)).code).toBe(0)
  expect(traceOf(killed)).toEqual(traceOf(whole))
}, 120_000)

test('a checkpoint is an adapter that opens as the model it makes; merged, it is a model of its own', async () => {
  const checkpoint = readRun(whole).checkpoints().at(-1)!
  const names = readdirSync(checkpoint)
  expect(names).toContain('adapter_model.safetensors')
  expect(names).not.toContain('model.safetensors')
  const [base, adapted, merged] = await Promise.all(
    [tiny.base, checkpoint, join(whole, 'merged')].map(folder => openOnnxEngine(folder)),
  )
  const ids = [Int32Array.of(1, 5, 9, 3, 7, 2)]
  const [before, after, whole_] = await Promise.all(
    [base!, adapted!, merged!].map(async engine => (await engine.score(ids))[0]!.logprobs),
  )
  close(after!, whole_!, 1e-5)
  expect(Math.max(...after!.map((x, t) => Math.abs(x - before![t]!)))).toBeGreaterThan(1e-3)
  await Promise.all([base, adapted, merged].map(engine => engine!.close()))
})

test.each([
  [['--lora', '0'], '--lora'],
  [['--lora', '4', '--lora-targets', 'q_prj'], "no projection 'q_prj'"],
  [['--lora-alpha', '4'], 'goes with --lora'],
  [['--merge'], '--merge goes with --lora'],
])('%j is refused', async (more, message) => {
  const { code, err } = await train('pure-vr', '--iterations', '1', ...more)
  expect(err).toContain(message)
  expect(code).toBe(2)
})

test('a run that would not fit is refused before anything is written, with what would make it fit', async () => {
  const run = join(tiny.folder, 'too-large')
  const { code, err } = await train(...flags(run), '--max-memory', '100MB')
  expect(err).toMatch(/does not fit in memory: .* and 0\.1 GiB may be used \(--max-memory\)/)
  expect(code).toBe(1)
  expect(existsSync(run)).toBe(false)
  const wrong = await train(...flags(run), '--max-memory', 'much')
  expect(wrong.err).toContain("--max-memory: got 'much'; expected a size such as 8GiB")
})
