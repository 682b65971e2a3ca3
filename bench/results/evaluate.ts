// The policies that runs end with, asked again: more samples of each held-out problem than a run takes.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Given, kebab } from '../../src/cli/flags.ts'
import { summaryOf } from '../../src/compare/compare.ts'
import type { PlannedRun } from '../../src/compare/plan.ts'
import { checkpointName, parts } from '../../src/runs/layout.ts'
import { writeWhole } from '../../src/runs/whole-file.ts'
import { minform } from './child.ts'
import { evaluationFile } from './run-numbers.ts'

/** How an evaluation is made: samples of each problem, by which program, on what the flags of runs name. */
export interface Evaluating {
  readonly samples: number
  readonly program: string
  readonly flags: Given
}

const shared = ['task', 'difficulty', 'reward', 'verifier', 'answerTimeout', 'environment']
const asked = ['template', 'system', 'instruction', 'maxTokens', 'device', 'threads']

/** Evaluates the policy of a run that is complete, unless that was done. */
export async function evaluateRun(
  planned: PlannedRun,
  by: Evaluating,
  signal: AbortSignal,
): Promise<void> {
  const { folder } = planned.request
  const run = summaryOf(planned)
  if (run.state !== 'complete') return
  const checkpoint = checkpointName(run.chosen ?? run.iterations)
  await evaluateOnce(
    join(folder, parts.checkpoints, checkpoint),
    evaluationFile(folder),
    by,
    signal,
  )
}

/** Evaluates a model into a file, unless that is there. */
export async function evaluateOnce(
  model: string,
  file: string,
  { samples, program, flags }: Evaluating,
  signal: AbortSignal,
): Promise<void> {
  if (existsSync(file)) return
  const { problems, test } = flags
  const given = { model, n: samples, problems: test ?? problems, ...only(flags) }
  const told = Object.entries(given).filter(([, value]) => value !== undefined)
  const args = told.map(([name, value]) => `--${kebab(name)}=${value}`)
  writeWhole(file, await minform(program, ['eval', '--no-greedy', '--json', ...args], signal))
}

function only(flags: Given): Given {
  return Object.fromEntries([...shared, ...asked].map(name => [name, flags[name]]))
}
