// Pairs of solutions as a reward model learns them that criticises each before it rates it (CLoud, arXiv:2408.11791): a rating is
// the log-odds of two tokens after the critique, which is linear in the last hidden state, as that of a head is.

import type { Engine } from '../../engine/engine.ts'
import { labelId } from '../score/label-token.ts'
import type { LabelledSolution } from '../solution.ts'
import { type CritiqueOptions, critiquesOf } from './critiques.ts'
import { bradleyTerry } from './losses/bradley-terry.ts'
import type { Judged } from './losses/loss.ts'
import type { Examples, View } from './methods/method.ts'
import type { Objective } from './objective.ts'
import { pairsOf } from './responses.ts'

/** A solution, a critique of it, and the two tokens whose odds rate it. */
export interface CritiquedExample {
  readonly ids: Int32Array // with the token that ends the critique
  readonly from: number // where the critique begins
  readonly labels: readonly [right: number, wrong: number]
  readonly outcome: number
}
type CritiquedPair = readonly [chosen: CritiquedExample, rejected: CritiquedExample]

/** Pairs of a right and a wrong solution to one problem, each with a critique that the writer has of it, right or not. */
export async function critiquedPairs(
  solutions: readonly LabelledSolution[],
  view: View,
  options: CritiqueOptions,
  model: Pick<Engine, 'sample'>,
  signal?: AbortSignal,
): Promise<Examples<CritiquedPair>> {
  const { score } = view.layout
  if (score.head !== 'critiques' || score.odds === undefined)
    throw new TypeError(`critiquedPairs: a layout of ${score.head}; expected odds after critiques`)
  const { tokenizer } = view.tokens
  const labels = [
    labelId(score.odds.right, tokenizer),
    labelId(score.odds.wrong, tokenizer),
  ] as const
  const { examples, leftOut } = await critiquesOf(
    solutions,
    view,
    options,
    model,
    {
      asks: ({ answerRight }) => answerRight !== null,
      otherwise: 'nobody knows whether its answer is right, or a critique has no room',
    },
    signal,
  )
  const known = examples.flatMap(({ solution: { problem, answerRight }, ids, from }) =>
    ids.length < view.positions // a label comes after it
      ? [{ ids, from, labels, outcome: Number(answerRight), problem: problem.prompt }]
      : [],
  )
  return pairsOf({ examples: known, leftOut })
}

/**
 * -log sigmoid(r_chosen - r_rejected), a mean over pairs, and `weight` times the cross-entropy of the critiques, a mean over their
 * tokens (section 3.2).
 */
export function ofCritiquedPairs({
  weight,
}: {
  readonly weight: number
}): Objective<CritiquedPair> {
  return {
    learn: async (model, batch, signal) => {
      if (batch.length === 0) return 0
      const sides = batch.flat()
      const asked = sides.flatMap(({ ids, labels }) => labels.map(label => after(ids, label)))
      const scores = await model.score(asked, signal)
      const last = (i: number): number => scores[i]!.logprobs.at(-1)!
      const judged = sides.map((_, g): Judged => {
        const logits = Float32Array.of(last(2 * g) - last(2 * g + 1))
        return { logits, tokens: 0, importance_S: Float32Array.of(1) }
      })
      const pairs_P = batch.map((_, p) => [judged[2 * p]!, judged[2 * p + 1]!] as const)
      const found = bradleyTerry().of(pairs_P)
      const slopes_G = found.slopes_P.flat().map(([slope]) => slope! / found.terms)
      const tokens = sides.reduce((sum, { ids, from }) => sum + ids.length - from, 0)
      let critiques = 0
      sides.forEach(({ from }, g) => {
        for (const logprob of scores[2 * g]!.logprobs.subarray(from - 1, -1))
          critiques -= logprob / tokens
      })
      const sequences = asked.map((ids, i) => {
        const { from } = sides[i >> 1]!
        const weights = new Float32Array(ids.length - 1)
        if (i % 2 === 0) weights.fill(weight / tokens, from - 1)
        weights[weights.length - 1] = (i % 2 === 0 ? -1 : 1) * slopes_G[i >> 1]!
        return { ids, weights }
      })
      await model.accumulate(sequences, signal)
      return found.loss / found.terms + weight * critiques
    },
  }
}

function after(ids: Int32Array, label: number): Int32Array {
  return Int32Array.from([...ids, label])
}
