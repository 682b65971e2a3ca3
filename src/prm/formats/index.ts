// The table of formats: what is read, by the name that `--format` takes.

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
