// What `minform train` says in the end: what came out, with its n, and what to do next; as text, or as one JSON object.

import type { Evaluation } from '../eval/accuracy.ts'
import { jsonLine } from '../runs/json-lines.ts'
import type { WholeRequest } from '../train/request/request.ts'
import type { TrainingResult } from '../train/training.ts'
import { percent } from './percent.ts'

/** What came out of a run and what to do next, or how far it came before it was stopped. */
export function trainingSummary(request: WholeRequest, result: TrainingResult): string {
  const { before, after, checkpoint, iterations } = result
  const { folder } = request
  if (after === null)
    return `stopped after ${iterations} of ${request.iterations} iterations: ${checkpoint}\n`
  return [
    `accuracy on ${problemsOf(before)}: ${shares(before)} before, ${shares(after)} after ` +
      `${iterations} iterations (${points(before, after)} points)`,
    `trained policy: ${checkpoint}`,
    ...chosenLine(result),
    `run folder: ${folder} (metrics.jsonl, rollouts/, log.jsonl)`,
    `next: ${next(request)}`,
    `see why each token got its advantage: minform view ${quoted(folder)}`,
    '',
  ].join('\n')
}

/** The same as one line of JSON: shares in [0, 1], null where there is none; `after` is null of a run that was stopped. */
export function trainingJson(
  { recipe, folder, seed, iterations: asked }: WholeRequest,
  result: TrainingResult,
): string {
  return jsonLine({ recipe: recipe.name, run: folder, seed, asked, ...result })
}

/** The command that continues a run. */
export function continued(folder: string): string {
  return `minform train --resume --run ${quoted(folder)}`
}

/** `200 held-out problems, 4 samples each`: what shares are of. */
export function problemsOf({ graded, samples }: Evaluation): string {
  return `${graded} held-out problems, ${samples} samples each`
}

/** Both accuracies of an evaluation. */
export function shares({ sampled, greedy }: Evaluation): string {
  return `${percent(sampled)} sampled, ${percent(greedy)} greedy`
}

/** A word of a command line as a shell reads it. */
export function quoted(text: string): string {
  return /^[\w./:=,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function chosenLine({ chosen, start, validated }: TrainingResult): string[] {
  if (chosen === null) return []
  return [
    `  that of iteration ${chosen.iteration}, the best on ${validated} validation problems: ` +
      `${percent(chosen.accuracy)} sampled, ${percent(start ?? Number.NaN)} before training`,
  ]
}

function points(before: Evaluation, after: Evaluation): string {
  const change = 100 * (after.sampled - before.sampled)
  return `${change >= 0 ? '+' : ''}${change.toFixed(1)}`
}

function next({ recipe, problemsFile, folder, iterations }: WholeRequest): string {
  if (recipe.name !== 'sum-form' && problemsFile === null) {
    return 'minform train sum-form --iterations 140 shows how summed process rewards are hacked'
  }
  return `${continued(folder)} --iterations ${Math.max(10, 2 * iterations)} goes on`
}
