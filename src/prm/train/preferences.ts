// Solutions as reward models of preferences learn them: a right one of a problem before a wrong one, each judged by a head
// where its steps are read.

import type { Engine } from '../../engine/engine.ts'
import { EngineError } from '../../errors.ts'
import type { LabelledSolution } from '../solution.ts'
import { laidOut } from './examples.ts'
import type { Judged, PreferenceLoss } from './losses/loss.ts'
import type { Examples, View } from './methods/method.ts'
import type { Objective } from './objective.ts'
import { pairsOf } from './responses.ts'

/** A solution of which it is known whether it is right. */
export interface JudgedExample {
  readonly ids: Int32Array
  readonly at_S: readonly number[] // indices into ids where steps are read, in order
  readonly tokens: number // of the response
  readonly importance_S: Float32Array // of each step; adds up to 1
  readonly outcome: number
}
export type PreferenceExample = readonly [chosen: JudgedExample, rejected: JudgedExample]

/** What says how much each step of some solutions counts; by default each as much as another. */
export type Importance = (
  examples: readonly Pick<JudgedExample, 'ids' | 'at_S'>[],
) => Promise<readonly Float32Array[]>

const alike: Importance = async examples =>
  examples.map(({ at_S }) => new Float32Array(at_S.length).fill(1 / at_S.length))

/** Pairs of a right and a wrong solution to the same problem; what has no counterpart, or no known outcome, is left out. */
export async function preferencesOf(
  solutions: readonly LabelledSolution[],
  view: View,
  importance: Importance = alike,
  signal?: AbortSignal,
): Promise<Examples<PreferenceExample>> {
  const whole: View = { ...view, long: 'leave-out' } // an outcome is of all of it
  const unknown = 'nobody knows whether its answer is right (answerRight), or it has no step'
  const { examples, leftOut } = laidOut(
    solutions,
    whole,
    view.positions,
    ({ answerRight, problem }, [window]) => {
      if (answerRight === null || window === undefined) return []
      const { ids, reads_S, promptLength } = window.reading
      if (reads_S.length === 0) return []
      const outcome = Number(answerRight)
      const tokens = ids.length - promptLength
      return [{ ids, at_S: reads_S, tokens, outcome, problem: problem.prompt }]
    },
    unknown,
  )
  const judged: (JudgedExample & { readonly problem: string })[] = []
  const chunk = 256 // so that it can be stopped
  for (let at = 0; at < examples.length; at += chunk) {
    signal?.throwIfAborted()
    const some = examples.slice(at, at + chunk)
    const importances = await importance(some)
    judged.push(...some.map((one, i) => ({ ...one, importance_S: importances[i]! })))
  }
  return pairsOf({ examples: judged, leftOut })
}

/** A loss of pairs of solutions, over all pairs of a batch. */
export function ofPreferences(loss: PreferenceLoss): Objective<PreferenceExample> {
  const { classes } = loss
  return {
    learn: async (model: Engine, batch, signal) => {
      if (model.info.classes !== classes)
        throw new EngineError(
          `the loss is of a head with ${classes} outputs; this model's has ${model.info.classes}`,
        )
      const sides = batch.flat()
      const logits = await model.classify(
        sides.map(({ ids, at_S }) => ({ ids, at: at_S })),
        signal,
      )
      const judged = sides.map(({ at_S, tokens, importance_S }, i): Judged => {
        const rows = at_S.map(at => logits[i]!.subarray(at * classes, (at + 1) * classes))
        return { logits: Float32Array.from(rows.flatMap(row => [...row])), tokens, importance_S }
      })
      const pairs_P = batch.map((_, p) => [judged[2 * p]!, judged[2 * p + 1]!] as const)
      const { loss: sum, terms, slopes_P } = loss.of(pairs_P)
      if (terms === 0) return 0
      const slopes_G = slopes_P.flat()
      const sloped = sides.map(({ ids, at_S }, i) => {
        const slopes = new Float32Array(ids.length * classes)
        at_S.forEach((at, s) => {
          for (let c = 0; c < classes; c++)
            slopes[at * classes + c] = slopes_G[i]![s * classes + c]! / terms
        })
        return { ids, slopes }
      })
      await model.accumulateLogits(sloped, signal)
      return sum / terms
    },
  }
}

/** The outputs of a head where the last step of each solution is read. */
export async function readLast(
  model: Engine,
  sides: readonly Pick<JudgedExample, 'ids' | 'at_S'>[],
  signal?: AbortSignal,
): Promise<number[][]> {
  const { classes } = model.info
  const logits = await model.classify(
    sides.map(({ ids, at_S }) => ({ ids, at: at_S.slice(-1) })),
    signal,
  )
  return sides.map(({ at_S }, i) => {
    const row = classes * at_S.at(-1)!
    return [...logits[i]!.subarray(row, row + classes)]
  })
}

/**
 * Importance by a model that does not learn: the softmax, over the steps of a solution, of the cosine between its hidden state
 * where the step is read and where the last one is: what the end looks back at (after arXiv:2404.08828, eq. 5).
 */
export function lookingBack(model: Pick<Engine, 'hidden'>): Importance {
  return async examples => {
    const hidden = await model.hidden(examples.map(({ ids }) => ids))
    return examples.map(({ ids, at_S }, i) => {
      const width = hidden[i]!.length / ids.length
      const states_S = at_S.map(at => hidden[i]!.subarray(at * width, (at + 1) * width))
      const weights_S = states_S.map(state => Math.exp(cosine(state, states_S.at(-1)!)))
      const total = weights_S.reduce((a, b) => a + b, 0)
      return Float32Array.from(weights_S, weight => weight / total)
    })
  }
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, squaresA, squaresB] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!
    squaresA += a[i]! ** 2
    squaresB += b[i]! ** 2
  }
  return dot / Math.max(Math.sqrt(squaresA * squaresB), 1e-12)
}
