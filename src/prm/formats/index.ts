// The table of formats: what is read, by the name that `--format` takes.

import type { Solution } from '../solution.ts'
import type { StepFormat } from './format.ts'
import { mathAps } from './math-aps.ts'
import { mathApsTree } from './math-aps-tree.ts'
import { mathShepherd } from './math-shepherd.ts'
import { minform } from './minform.ts'
import { openr } from './openr.ts'
import { prm800k } from './prm800k.ts'
import { prmbench } from './prmbench.ts'
import { processbench } from './processbench.ts'
import { trl } from './trl.ts'

/** Every format of labelled steps. */
export const stepFormats = {
  minform,
  prm800k,
  'math-shepherd': mathShepherd,
  'math-aps': mathAps,
  'math-aps-tree': mathApsTree,
  openr,
  trl,
  processbench,
  prmbench,
} as const satisfies Readonly<Record<string, StepFormat>>

export type FormatName = keyof typeof stepFormats
export const formatNames = Object.keys(stepFormats) as FormatName[]

/** The formats whose fields a row has. */
export function formatsOf(row: unknown): FormatName[] {
  return formatNames.filter(name => stepFormats[name].fits(row))
}

/** Whether a solution's prompt is what a policy was asked: minform's records have it so, other formats the question alone. */
export function hasWholePrompt(solution: Solution): boolean {
  if (solution.problem.question !== undefined) return true
  const source = 'source' in solution ? solution.source : null
  return source !== null && (source === 'minform' || formatNames.every(name => name !== source))
}
