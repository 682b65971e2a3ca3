// A run that is killed goes on: npx tsx examples/resume.ts
//
// Trains for four iterations, is killed without warning in between, and continues from its last checkpoint. It ends with
// the metrics and the weights of a run that nobody killed (test/cli/resume.test.ts compares them to the last bit).

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readRun } from 'minform'

const folder = mkdtempSync(join(tmpdir(), 'minform-resume-'))
const run = join(folder, 'run')
const program = fileURLToPath(new URL('cli/main.js', import.meta.resolve('minform')))

/** `minform train ... --run FOLDER` as a program of its own, so that it can be killed. */
function train(...args: string[]) {
  const all = [program, 'train', ...args, '--run', run]
  return spawn(process.execPath, all, { stdio: ['ignore', 'inherit', 'inherit'] })
}

/** The iterations that the run has written down. */
function iterations(): number[] {
  if (!existsSync(join(run, 'metrics.jsonl'))) return []
  return readRun(run)
    .metrics()
    .map(line => line.iteration)
}

try {
  console.log('-- the run begins')
  const first = train('pure-vr', '--iterations', '4', '--batch', '4', '--checkpoint-every', '1')
  const ended = once(first, 'exit')
  while (iterations().length < 2) {
    if (first.exitCode !== null) throw new Error(`the run ended with ${first.exitCode}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  first.kill('SIGKILL')
  await ended
  console.log(`-- killed after iterations ${iterations().join(', ')}`)

  const [code] = await once(train('--resume'), 'exit')
  if (code !== 0) throw new Error(`the continued run ended with ${code}`)
  console.log(`-- the same folder now holds iterations ${iterations().join(', ')}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
