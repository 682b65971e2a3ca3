// What ends a program from outside: signals, and readers that go away. Real programs, real signals.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openOnnxEngine } from '../../src/engine/onnx/open.ts'
import { readRun } from '../../src/runs/reader.ts'
import { program, signalled, tinyModels, train } from './train-subject.ts'

// each of these starts the program, some of them several times
vi.setConfig({ testTimeout: 180_000 })

let tiny: Awaited<ReturnType<typeof tinyModels>>
beforeAll(async () => {
  tiny = await tinyModels()
})
afterAll(() => tiny.remove())

let runs = 0
const newRun = (): string => join(tiny.folder, `signalled-${++runs}`)
const flags = (run: string): string[] => [
  ...['--problems', tiny.problems, '--model', tiny.base, '--prm', tiny.prm, '--run', run],
  ...['--batch', '4', '--max-tokens', '24', '--eval-every', '0', '--threads', '1'],
  ...['--audit', 'off', '--judge-check', 'off'],
]
/** What a process leaves that ends in the middle of something. */
const leftBehind = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true }) as string[]).filter(name =>
    /run\.lock|\.unfinished|\.lock$/.test(name),
  )

describe('training', () => {
  test('ends by the signal that stops it, each time after a checkpoint, and goes on', async () => {
    const run = newRun()
    const endings = [
      ['SIGTERM', 143, 'terminated'],
      ['SIGHUP', 129, 'hung up'],
    ] as const
    let done = 0
    for (const [signal, status, word] of endings) {
      const first = done === 0
      const asked = first ? [...flags(run), '--iterations', '100000'] : ['--resume', '--run', run]
      const begun = new RegExp(`^ +${done + 1} `, 'm')
      const { code, out, err } = await signalled(['train', ...asked], [[begun, signal]])
      expect(err).toContain('stopping after what is in hand; Ctrl-C again stops at once')
      expect(err).toMatch(
        new RegExp(`next: minform train --resume --run ${run}\nminform: ${word}\n$`),
      )
      expect(code).toBe(status)
      const found = readRun(run)
      done = found.metrics().length
      expect(out).toBe(
        `stopped after ${done} of 100000 iterations: ${found.checkpoints().at(-1)}\n`,
      )
      expect(found.iterations()).toHaveLength(done)
      expect(found.log().at(-1)).toMatchObject({ event: 'stopped by the user', after: done })
      expect(leftBehind(run)).toEqual([])
    }
    const engine = await openOnnxEngine(readRun(run).checkpoints().at(-1)!, { threads: 1 })
    const [scores] = await engine.score([Int32Array.of(1, 2, 3)])
    expect(scores!.logprobs.every(Number.isFinite)).toBe(true)
    await engine.close()
    const ended = await train('--resume', '--run', run, '--iterations', String(done))
    expect(ended.out).toContain(`after ${done} iterations`)
    expect(ended.code).toBe(0)
  })

  test('a second signal ends it at once, and what is written is whole', async () => {
    const run = newRun()
    const args = ['train', ...flags(run), '--iterations', '100', '--batch', '150']
    const { code, out } = await signalled(args, [
      [/^ +1 /m, 'SIGTERM'],
      [/stopping after/, 'SIGHUP'],
    ])
    expect([code, out]).toEqual([129, ''])
    expect(
      readRun(run)
        .metrics()
        .map(({ iteration }) => iteration),
    ).toEqual([1])
    expect(await readRun(run).rollouts(1)).toHaveLength(150 * 8)
    expect(existsSync(join(run, 'run.lock'))).toBe(false)
  })

  test('while models are being made says how to go on, and goes on there', async () => {
    const run = newRun()
    const few = ['--warm-updates', '80', '--judge-updates', '2', '--prepare-batch', '4']
    const args = ['--problems', tiny.problems, '--run', run, '--threads', '1', '--from-scratch']
    const rest = ['--iterations', '0', '--max-tokens', '24', '--judge-check', 'off']
    const asked = [...args, ...few, ...rest, '--audit', 'off']
    const stop = [/^warm start .*loss/m, 'SIGTERM'] as const
    const { code, out, err } = await signalled(['train', ...asked], [stop])
    expect(err).toContain(`next: minform train --resume --run ${run}\nminform: terminated\n`)
    expect([code, out]).toEqual([143, ''])
    expect(existsSync(join(run, 'run.lock'))).toBe(false)
    const training = join(run, 'prepared', 'training')
    const done = Number(readRun(training).checkpoints().at(-1)!.slice(-5))
    expect(done).toBeGreaterThan(0)
    const again = await train('--resume', '--run', run)
    expect(again.code).toBe(0)
    const lines = readRun(training).metrics()
    expect(lines.map(({ iteration }) => iteration)).toEqual(lines.map((_, i) => i + 1))
    const events = readRun(run).log()
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'preparation stopped by the user', after: done }),
    )
    expect(events).toContainEqual(
      expect.objectContaining({
        ...{ event: 'preparing', stage: 'warm start', of: 80 },
        ...{ update: expect.any(Number), loss: expect.any(Number) },
        ...{ heldOutLoss: expect.any(Number), secondsLeft: expect.any(Number) },
      }),
    )
    expect(err).toMatch(/^this will take about .*: warm start .* to .*, reward model .* to /m)
    const stages = events.filter(({ event }) => event === 'stage done')
    expect(stages.length).toBeGreaterThanOrEqual(2)
  })

  test('goes on to its end when its readers go away', async () => {
    const run = newRun()
    const [node, ...rest] = program.split(' ') as [string, ...string[]]
    const child = spawn(node, [...rest, 'train', ...flags(run), '--iterations', '3'])
    child.stdout.destroy()
    child.stderr.once('data', () => child.stderr.destroy())
    expect(await once(child, 'close')).toEqual([0, null])
    expect(readRun(run).metrics()).toHaveLength(3)
    expect(readRun(run).log().at(-1)).toMatchObject({ event: 'test accuracy after' })
    expect(leftBehind(run)).toEqual([])
  })
})

describe('what keeps a journal or checkpoints', () => {
  test('prm label ends by the signal, whole, and leaves no lock', async () => {
    const folder = mkdtempSync(join(tiny.folder, 'labels-'))
    const out = join(folder, 'labels.jsonl')
    const task = ['--task', 'nested-arithmetic', '--count', '20000', '--at-once', '8']
    const label = ['prm', 'label', '--method', 'mutation', ...task, '--out', out]
    expect(await signalled(label, [[/^labels .* [1-9]\d*\//m, 'SIGTERM']])).toMatchObject({
      code: 143,
      out: '',
      err: expect.stringMatching(/minform: terminated\n$/),
    })
    expect(leftBehind(folder)).toEqual([])
    expect(readFileSync(out, 'utf8')).toMatch(/\n$/)
  })

  test('prm train ends by the signal, after a checkpoint', async () => {
    const data = join(tiny.folder, 'labelled.jsonl')
    const steps = { completions: ['3+4=7', '\\boxed{7}'], labels: [true, true] }
    const rows = Array.from({ length: 40 }, (_, i) =>
      JSON.stringify({ prompt: `Person ${i} adds 3 and 4\n\n`, ...steps }),
    )
    writeFileSync(data, `${rows.join('\n')}\n`)
    const out = join(tiny.folder, 'judge')
    const asked = ['--model', tiny.base, '--data', data, '--out', out, '--threads', '1']
    const long = ['--updates', '100000', '--validate-every', '1', '--format', 'trl']
    const ran = await signalled(['prm', 'train', ...asked, ...long], [[/^ +2 /m, 'SIGHUP']])
    expect(ran.err).toContain('the same command with --resume goes on')
    expect([ran.code, ran.out]).toEqual([129, ''])
    expect(readRun(`${out}-training`).checkpoints()).toHaveLength(1)
    expect(leftBehind(`${out}-training`)).toEqual([])
    expect(existsSync(out)).toBe(false)
  })
})

describe('what only writes records', () => {
  test('ends as yes | head does when its reader goes away', () => {
    const row = '{"gold": "1", "pred": "1", "mode": "answer"}'
    const pipe = `yes '${row}' | ${program} grade | head -n 1; echo "\${PIPESTATUS[@]}"`
    const { stdout, stderr } = spawnSync('bash', ['-c', pipe], { encoding: 'utf8' })
    expect(stdout).toMatch(/^\{"correct":true[^\n]*\n141 141 0\n$/)
    expect(stderr).toBe('')
  })
})
