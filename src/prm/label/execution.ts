// Labels of lines by running what they make: a worked program of which one line is changed. Whether the change is a mistake is
// not assumed, but found by its tests.

import { hashSeed, type Random, random, shuffled } from '../../numbers/random.ts'
import { mutateLine } from '../../problems/mutate-line.ts'
import type { Problem } from '../../types.ts'
import { ask, type Labelled, type Labelling, labelsUntil } from './labeler.ts'
import type { LabelledProblem } from './work.ts'

/**
 * The worked solution of a problem, all lines right, and versions of it with one line changed: where the whole still passes that
 * line is right too, where it fails it is wrong, and nothing is known of those after it (arXiv:2502.01715, section 3.1).
 */
export function* execution(
  problem: Problem,
  { seed, variants }: { readonly seed: number; readonly variants: number },
): Labelling<LabelledProblem> {
  const { solution, id } = problem
  if (solution === null || solution.length === 0)
    return { problem, labelled: [], skipped: 'no-solution' }
  const changed = changedLines(solution, random(hashSeed(seed, 'execution', id)), variants)
  const all = [solution, ...changed.map(({ steps }) => steps)]
  const texts = all.map(steps => steps.join('\n\n'))
  const [grades] = yield* ask<'grades'>([{ kind: 'grades', problem, texts }])
  const passes_V = grades!
  if (passes_V[0] !== true) return { problem, labelled: [], skipped: 'solution-fails' }
  const labelled = all.map((steps, v): Labelled => {
    const [passes, line] = [passes_V[v]!, changed[v - 1]?.line ?? steps.length]
    const known = labelsUntil(passes === true ? steps.length : line, steps.length)
    const labels_S = passes === null ? known.map(label => (label === 0 ? null : label)) : known
    const kind = v === 0 ? null : passes === true ? 'rewrite' : 'mutation'
    const record = { id: `${id}#${v}`, problem, steps, labels_S, kind, source: 'execution' }
    const one = { ...record, meaning: 'rightness' as const, answerRight: passes }
    return { labelled: one, rollout: null, missing: passes === null ? 'not-run' : null }
  })
  return { problem, labelled, skipped: null }
}

/** Versions that differ from each other, at different lines as far as there are so many. */
function changedLines(solution: readonly string[], draw: Random, variants: number) {
  const places = shuffled(draw, [...solution.keys()])
  const found = new Map<string, { readonly steps: readonly string[]; readonly line: number }>()
  for (let i = 0; i < 4 * variants && found.size < variants; i++) {
    const line = places[i % places.length]!
    const other = mutateLine(solution[line]!, draw)
    if (other !== null && other !== solution[line])
      found.set(`${line} ${other}`, { steps: solution.with(line, other), line })
  }
  return [...found.values()]
}
