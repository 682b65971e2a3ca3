// Labelled solutions as a classifier of tokens learns them: laid out as they will be scored, labels where they will be
// read. A solution that cannot be laid out is left out and counted, never learned in part or by a guess.

import { DataError } from '../../errors.ts'
import type { Reading } from '../reading.ts'
import { type Window, windowsOf } from '../score/windows.ts'
import type { LabelledSolution } from '../solution.ts'
import type { Examples, LeftOut, View } from './methods/method.ts'
import type { ClassifiedExample } from './objective.ts'
import { leavingToken } from './sequence.ts'

/** The targets of each step, [S][targets]; null where a step, or one of its targets, has no label. */
export type StepTargets = readonly (readonly (number | null)[])[]

/**
 * Examples of what `make` makes of a solution's windows; one of which nothing is made, for the reason `nothing`, or that
 * cannot be laid out, is left out and counted. `positions`: tokens that a window may have.
 */
export function laidOut<E>(
  solutions: readonly LabelledSolution[],
  { layout, tokens, long }: View,
  positions: number,
  make: (solution: LabelledSolution, windows: readonly Window[]) => readonly E[],
  nothing = 'nothing in it is labelled',
): Examples<E> {
  const examples: E[] = []
  const leftOut = new Map<string, LeftOut>()
  const leave = (why: string, { id }: LabelledSolution): void => {
    const key = why.replaceAll(id, '').replaceAll(/\d+/g, '') // messages tell which solution, and how long
    const { count, first } = leftOut.get(key) ?? { count: 0, first: why }
    leftOut.set(key, { count: count + 1, first })
  }
  for (const solution of solutions) {
    const options = { long: long === 'windows' ? 'windows' : 'refuse' } as const
    try {
      const windows = windowsOf(solution, layout, tokens, positions, options)
      const made = make(solution, windows)
      for (const example of made) examples.push(example)
      if (made.length === 0) leave(`solution ${solution.id}: ${nothing}`, solution)
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      leave(error.message, solution)
    }
  }
  return { examples, leftOut: [...leftOut.values()] }
}

/** Solutions as labels at tokens; `targets` of the loss at each position. */
export function classifiedExamples(
  solutions: readonly LabelledSolution[],
  view: View,
  targets: number,
  labelsOf: (solution: LabelledSolution) => StepTargets,
): Examples<ClassifiedExample> {
  return laidOut(solutions, view, view.positions, (solution, windows) => {
    const labels_S = labelsOf(solution)
    return windows.flatMap(window => classified(solution, window, labels_S, targets, view) ?? [])
  })
}

/** One window's labels, up to the last one; null where it has none. */
function classified(
  solution: LabelledSolution,
  { from, scored, reading }: Window,
  labels_S: StepTargets,
  targets: number,
  view: View,
): ClassifiedExample | null {
  const found = new Map<number, readonly (number | null)[]>()
  reading.reads_S.forEach((at, w) => {
    const labels = labels_S[from + w]!
    if (from + w < scored || labels.every(label => label === null)) return
    if (view.inside) {
      const inside = labelsInside(solution, from + w, reading, w, labels, view)
      for (const [token, label] of inside) found.set(token, [label])
    }
    found.set(at, labels)
  })
  if (found.size === 0) return null
  const at_N = Int32Array.from([...found.keys()].sort((a, b) => a - b))
  const labels = new Float32Array(at_N.length * targets).fill(Number.NaN)
  at_N.forEach((at, n) => {
    found.get(at)!.forEach((label, target) => {
      labels[n * targets + target] = label ?? Number.NaN
    })
  })
  return { ids: reading.ids.slice(0, at_N.at(-1)! + 1), at_N, labels } // nothing is learned of what follows
}

/** What the first target of a step's tokens is, by the step's own and the texts that would have been right. */
function* labelsInside(
  solution: LabelledSolution,
  step: number,
  { ids, promptLength, ends_S }: Reading,
  shown: number, // the step's number among those of the reading
  [label]: readonly (number | null)[],
  { inside, layout, tokens }: View,
): Generator<readonly [token: number, label: number]> {
  const [start, end] = [ends_S[shown - 1] ?? promptLength, ends_S[shown]!]
  if (label === 1) for (let at = start; at < end; at++) yield [at, 1]
  if (label !== 0) return
  const before = layout.step.before.replaceAll('{n}', String(step + 1))
  const right = inside!(solution, step).map(text => before + text)
  if (right.length === 0) return
  const span = { start, end, text: before + solution.steps[step]! }
  const leaves = leavingToken(span, ids, right, tokens.tokenizer)
  for (let at = start; at < end; at++) yield [at, at < leaves ? 1 : 0]
}
