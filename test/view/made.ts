import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findRecipe } from '../../src/cli/training/flags.ts'
import grpo from '../../src/recipes/grpo.ts'
import { runFolders } from '../../src/runs/folders.ts'
import { createRun, type RunWriter } from '../../src/runs/writer.ts'
import type { Json } from '../../src/types.ts'
import { type Answers, answers } from '../../src/view/answers.ts'
import { recorded } from '../explain/recorded.ts'

export const made = await recorded(grpo)

export function newRoot(): string {
  return mkdtempSync(join(tmpdir(), 'minform-view-'))
}

/** A run of two iterations that is begun, with nothing in it. */
export function begun(folder: string, config: Readonly<Record<string, Json>> = {}): RunWriter {
  const { options, maxTokens } = made
  const asked = { format: 2, recipe: 'grpo', options, maxTokens, iterations: 2, seed: 1 }
  return createRun(folder, { ...asked, ...config })
}

/** A run of one of its two iterations, which nobody writes any more. */
export function left(folder: string, config: Readonly<Record<string, Json>> = {}): string {
  const run = begun(folder, config)
  run.rollouts(1, made.rows)
  run.metrics({ iteration: 1, 'rollouts/accuracy': 0.5 })
  run.close()
  return folder
}

/** What a page is told of the runs in a folder. */
export function told(root: string): Answers {
  return answers(runFolders([root]), findRecipe)
}
