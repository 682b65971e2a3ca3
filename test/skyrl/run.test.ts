import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { carriedModels } from '../../src/model-source/carried-models.ts'
import { taskOf } from '../../src/problems/tasks/index.ts'
import { checkpointIterations } from '../../src/runs/layout.ts'
import { readRun } from '../../src/runs/reader.ts'
import { taskCorpus } from '../../src/train/corpus.ts'
import type { Problem } from '../../src/types.ts'
import { built } from '../built.ts'
import { writeModels } from './models.ts'
import { python, RealServer } from './server.ts'

// Whole runs on the real server: the carried task, tokenizer and judge, the carried policy there. One is broken on purpose.

let folder: string
let policy: string
let server: RealServer
const programs: ChildProcess[] = [] // of the test at hand, which may have failed

describe.skipIf(python === null)('runs on SkyRL', { timeout: 400_000 }, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'minform-runs-'))
    await writeModels(folder)
    policy = join(folder, 'policy')
    const problems = taskCorpus(taskOf('nested-arithmetic'), 1).train(1)
    writeRows(join(folder, 'problems.jsonl'), problems, 48) // few, so that little is evaluated
    writeRows(join(folder, 'test.jsonl'), problems, 4)
    server = await RealServer.start(policy)
  }, 120_000)
  afterEach(() => {
    for (const program of programs.splice(0)) program.kill('SIGKILL')
  })
  afterAll(async () => {
    await server.close()
    await rm(folder, { recursive: true })
  })

  test('pure-vr learns three iterations', async () => {
    const run = join(folder, 'vr')
    expect(await ended(begun('pure-vr', run))).toMatchObject({ code: 0 })
    expect(readRun(run).metrics()).toHaveLength(3)
    expect(readRun(run).metrics()[2]).toMatchObject({ 'update/grad_norm': expect.any(Number) })
  })

  test('server and run killed, a run ends as one that was not', async () => {
    const whole = join(folder, 'whole')
    expect(await ended(begun('pure-prm-vr', whole))).toMatchObject({ code: 0 })
    const broken = join(folder, 'broken')
    const first = begun('pure-prm-vr', broken)
    const firstEnd = ended(first)
    await checkpoint(broken, 1, first)
    await server.kill('SIGKILL')
    await server.begin()
    await checkpoint(broken, 2, first)
    first.kill('SIGKILL')
    const { code, text } = await firstEnd
    expect(text).toContain('going on from the state after')
    if (code !== 0) {
      // it was still learning when it was killed
      const resumed = minform('train', '--resume', '--run', broken)
      expect(await ended(resumed)).toMatchObject({ code: 0 })
    }
    expect(traceOf(broken)).toEqual(traceOf(whole))
  })
})

function writeRows(file: string, problems: Iterator<Problem>, count: number): void {
  const rows = Array.from({ length: count }, () => {
    const { prompt, answer } = problems.next().value as Problem
    return `${JSON.stringify({ question: prompt.trim(), answer })}\n`
  })
  writeFileSync(file, rows.join(''))
}

/** A run of three iterations, as a program of its own. */
function begun(recipe: string, run: string): ChildProcess {
  return minform(
    ...['train', recipe, '--run', run, '--model', policy, '--lora', '8'],
    ...['--engine', 'tinker', '--url', server.url, '--iterations', '3', '--eval-every', '0'],
    ...['--batch', '4', '--group-size', '4', '--max-tokens', '48', '--checkpoint-every', '1'],
    ...['--problems', join(folder, 'problems.jsonl'), '--test', join(folder, 'test.jsonl')],
    ...['--template', '{question}\n\n', '--prm', carriedModels.prm, '--judge-check', 'off'],
    ...['--audit', 'off', '--kl-coef', '0', '--threads', '1'],
  )
}

function minform(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [built('cli/main'), ...args])
  programs.push(child)
  return child
}

/** How a program ended, and all that it said. */
function ended(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly text: string }> {
  let text = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', chunk => {
      text += chunk
    })
  return new Promise(resolve => child.on('close', code => resolve({ code, text })))
}

/** Waits for a checkpoint of a run, or for its end. */
async function checkpoint(run: string, iteration: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    if (checkpointIterations(run).includes(iteration)) return
    await pause(20)
  }
}

/** Everything of a run that may not depend on whether it was killed. */
function traceOf(run: string) {
  const times = /"time\/\w+":[^,}]*,?/g
  const parts = readdirSync(join(run, 'rollouts')).sort()
  return {
    metrics: readFileSync(join(run, 'metrics.jsonl'), 'utf8').replaceAll(times, ''),
    rollouts: parts.map(name => readFileSync(join(run, 'rollouts', name), 'hex')),
  }
}
