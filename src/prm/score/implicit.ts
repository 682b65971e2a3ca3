import type { TokenScores } from '../../engine/engine.ts'
import { EngineError } from '../../errors.ts'
import type { PrmLayout } from '../layout.ts'
import { checkedScores, type StepScorer } from './step-scorer.ts'
import {
  type Asked,
  type AskedModel,
  type ModelScorerOptions,
  scoreWindows,
  windowsOf,
} from './windows.ts'

/**
 * Scores steps by what a model says more of them than a reference: r_t = beta * sum over the step's tokens of
 * log(policy / reference), or with `of: so-far` q_t = r_1 + ... + r_t (arXiv:2412.01981, proposition 3.1). Both models are
 * asked once for each solution; they read the same ids. In windows, q_t begins anew in each.
 */
export function implicitScorer(
  { engine, tokens }: AskedModel<'score'>,
  reference: Asked<'score'>,
  layout: PrmLayout,
  options: ModelScorerOptions = {},
): StepScorer {
  const { score: ratio, threshold, aggregation, convention } = layout
  if (ratio.head !== 'ratio')
    throw new EngineError(`the layout ${convention} reads ${ratio.head}, not a ratio of models`)
  for (const { info } of [engine, reference])
    if (info.head !== 'language-model')
      throw new EngineError(`a ratio is of two language models; one is a ${info.head}`)
  // Vocabularies of one tokenizer may be padded to different sizes.
  const [own, other] = [engine, reference].map(({ info }) => info.vocabSize - info.absentIds.length)
  if (own !== other)
    throw new EngineError(
      `the reference has ${other} tokens, the model ${own}; they must share a tokenizer`,
    )
  const positions = Math.min(engine.info.maxPositions, reference.info.maxPositions)
  const name = options.name ?? convention
  const scorer = { name, range: [-Infinity, Infinity] as const, threshold, aggregation }
  return {
    ...scorer,
    score: async (solutions, signal) => {
      const rows = await scoreWindows(
        solutions,
        one => windowsOf(one, layout, tokens, positions, options),
        async windows => {
          const ids = windows.map(({ reading }) => reading.ids)
          const [own, other] = await Promise.all([
            engine.score(ids, signal),
            reference.score(ids, signal),
          ])
          return windows.map(({ from, scored, reading }, w) => {
            const rewards_S = stepRatios(own[w]!, other[w]!, reading, ratio.beta)
            const scores_S = ratio.of === 'step' ? rewards_S : runningSum(rewards_S)
            return scores_S.slice(scored - from)
          })
        },
      )
      return checkedScores(scorer, solutions, rows)
    },
    close: async () => {
      await Promise.all([engine.close(), reference.close()])
    },
  }
}

/** beta * log(policy / reference), summed over each step's tokens; entry i of the scores belongs to token i + 1. */
function stepRatios(
  own: TokenScores,
  other: TokenScores,
  { promptLength, ends_S }: { readonly promptLength: number; readonly ends_S: readonly number[] },
  beta: number,
): number[] {
  let at = Math.max(1, promptLength) // nothing predicts the first token
  return ends_S.map(end => {
    let sum = 0
    for (; at < end; at++) sum += own.logprobs[at - 1]! - other.logprobs[at - 1]!
    return beta * sum
  })
}

function runningSum(values: readonly number[]): number[] {
  let sum = 0
  return values.map(value => (sum += value))
}
