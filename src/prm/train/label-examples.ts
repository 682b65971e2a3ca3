// Labelled solutions as a language model learns to label them: the label of a step is one token, learned where scoring
// will ask for it.

import type { WeightedSequence } from '../../engine/engine.ts'
import { EngineError } from '../../errors.ts'
import { labelId } from '../score/label-token.ts'
import type { Window } from '../score/windows.ts'
import type { LabelledSolution } from '../solution.ts'
import { laidOut } from './examples.ts'
import type { LabelLoss } from './losses/loss.ts'
import type { Examples, View } from './methods/method.ts'

/** A label token after a prefix, and how much its log-probability counts. */
interface Asked {
  readonly at: number // the token that it follows
  readonly label: number
  readonly weight: number
}

/**
 * Solutions as sequences that end in a label. Where labels stand in the text, those of earlier steps say right, as they do
 * when a model is asked; one sequence then holds all labels that say right, and up to one that says wrong.
 */
export function labelTokenExamples(
  solutions: readonly LabelledSolution[],
  view: View,
  labelsOf: (solution: LabelledSolution) => readonly (number | null)[],
  loss: LabelLoss,
): Examples<readonly WeightedSequence[]> {
  const { layout, tokens } = view
  const { score } = layout
  if (score.head !== 'labels')
    throw new EngineError(`the layout ${layout.convention} reads ${score.head}; expected labels`)
  const [right, wrong] = [score.right, score.wrong].map(label =>
    labelId(label, tokens.tokenizer),
  ) as [number, number]
  const positions = view.positions - 1 // a label is put after what is read
  return laidOut(solutions, view, positions, (solution, windows) => {
    const labels_S = labelsOf(solution)
    const made = windows
      .map(window => {
        const asked = askedOf(window, labels_S, { right, wrong }, loss)
        return score.written ? together(window, asked, right) : apart(window, asked)
      })
      .filter(sequences => sequences.length > 0)
    return made.length === 0 ? [] : [made.flat()]
  })
}

function askedOf(
  { from, scored, reading }: Window,
  labels_S: readonly (number | null)[],
  ids: { readonly right: number; readonly wrong: number },
  loss: LabelLoss,
): Asked[] {
  return reading.reads_S.flatMap((at, w) => {
    const label = labels_S[from + w]!
    if (from + w < scored || label === null) return []
    const weights = loss.weights(label)
    return (['right', 'wrong'] as const)
      .map(side => ({ at, label: ids[side], weight: weights[side] }))
      .filter(({ weight }) => weight > 0)
  })
}

/** A sequence for each label. */
function apart({ reading }: Window, asked: readonly Asked[]): WeightedSequence[] {
  return asked.map(({ at, label, weight }) => {
    const weights = new Float32Array(at + 1)
    weights[at] = weight
    return { ids: Int32Array.from([...reading.ids.subarray(0, at + 1), label]), weights }
  })
}

/** Labels that say right in one sequence, which ends in a label that says wrong where that comes after all of them. */
function together(window: Window, asked: readonly Asked[], right: number): WeightedSequence[] {
  const rights = asked.filter(({ label }) => label === right)
  const wrongs = asked.filter(({ label }) => label !== right)
  if (rights.length === 0) return apart(window, wrongs)
  const last = rights.at(-1)!.at
  const ending = wrongs.findIndex(({ at }) => at > last)
  const alone = wrongs.filter((_, i) => i !== ending)
  const end = wrongs[ending] ?? rights.at(-1)!
  const [sequence] = apart(window, [end])
  for (const { at, weight } of rights) sequence!.weights[at] = weight
  return [sequence!, ...apart(window, alone)]
}
