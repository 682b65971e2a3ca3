import { EngineError } from '../../errors.ts'
import type { Scoring, Tokenizer } from '../../types.ts'
import type { PrmLayout } from '../layout.ts'
import { checkedScores, type StepScorer } from './step-scorer.ts'
import {
  type AskedModel,
  type ModelScorerOptions,
  readsOf,
  scoreWindows,
  type Window,
  windowsOf,
} from './windows.ts'

type Labels = Extract<PrmLayout['score'], { head: 'labels' }>

/**
 * Scores steps by the probability that a language model gives to the label of right steps: its share of that of both
 * labels, or of the whole vocabulary. It needs log-probabilities of given tokens and nothing else. A label that stands in
 * the text and is compared with the whole vocabulary is read in one pass over the solution; every other reading takes one
 * more pass over each prefix that ends at a step, two where no label stands in the text and both are compared.
 */
export function labelTokenScorer(
  { engine, tokens }: AskedModel<'score'>,
  layout: PrmLayout,
  options: ModelScorerOptions = {},
): StepScorer {
  const { score: labels, threshold, aggregation, convention } = layout
  if (labels.head !== 'labels' || engine.info.head !== 'language-model')
    throw new EngineError(
      `the layout ${convention} reads ${labels.head} of a ${engine.info.head}; expected labels of a language model`,
    )
  const { maxPositions } = engine.info
  const positions = labels.written ? maxPositions : maxPositions - 1 // the label is put after what is read
  const name = options.name ?? convention
  const scorer = { name, range: [0, 1] as const, threshold, aggregation }
  return {
    ...scorer,
    score: async (solutions, signal) => {
      const rows = await scoreWindows(
        solutions,
        one => windowsOf(one, layout, tokens, positions, options),
        windows => ask(engine, tokens.tokenizer, labels, windows, signal),
      )
      return checkedScores(scorer, solutions, rows)
    },
    close: () => engine.close(),
  }
}

async function ask(
  engine: Scoring,
  tokenizer: Tokenizer,
  { right, wrong, over, written }: Labels,
  windows: readonly Window[],
  signal?: AbortSignal,
): Promise<number[][]> {
  const ids = [labelId(right, tokenizer), labelId(wrong, tokenizer)] as const
  const prefixes = (label: number): Int32Array[] =>
    windows.flatMap(window =>
      readsOf(window).map(at =>
        Int32Array.from([...window.reading.ids.subarray(0, at + 1), label]),
      ),
    )
  const whole = written ? windows.map(({ reading }) => reading.ids) : []
  const asked = [
    ...whole,
    ...(written ? [] : prefixes(ids[0])),
    ...(over === 'labels' ? prefixes(ids[1]) : []),
  ]
  const scores = await engine.score(asked, signal)
  const lasts = scores.slice(whole.length).map(({ logprobs }) => logprobs.at(-1)!)
  const rights = written
    ? windows.flatMap((window, w) => readsOf(window).map(at => scores[w]!.logprobs[at]!))
    : lasts.slice(0, over === 'labels' ? lasts.length / 2 : lasts.length)
  const wrongs = over === 'labels' ? lasts.slice(-rights.length) : null
  const found = rights
    .map((logprob, i) =>
      wrongs ? 1 / (1 + Math.exp(wrongs[i]! - logprob)) : Math.min(1, Math.exp(logprob)),
    )
    .values()
  return windows.map(window => readsOf(window).map(() => found.next().value!))
}

function labelId(label: string, tokenizer: Tokenizer): number {
  const ids = tokenizer.encode(label)
  if (ids.length === 1) return ids[0]!
  throw new EngineError(
    `the label ${JSON.stringify(label)} is ${ids.length} tokens of this model; expected one`,
  )
}
