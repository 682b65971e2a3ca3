import type { Scoring } from '../../engine/engine.ts'
import type { Next } from '../../engine/served/next.ts'
import { EngineError } from '../../errors.ts'
import type { Tokenizer } from '../../tokenizer/tokenizer.ts'
import type { PrmLayout } from '../layout.ts'
import { checkedScores, type StepScorer } from './step-scorer.ts'
import {
  type Asked,
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
 * more pass over each prefix that ends at a step, two where no label stands in the text and both are compared. A server that
 * can say how likely given tokens are after a text is asked that, once a step.
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

/** The score of every step of windows, by the log-probabilities of the labels where it is read. */
async function ask(
  engine: Asked<'score'>,
  tokenizer: Tokenizer,
  labels: Labels,
  windows: readonly Window[],
  signal?: AbortSignal,
): Promise<number[][]> {
  const ids = [labels.right, labels.wrong].map(label => labelId(label, tokenizer))
  const { next } = engine
  const [rights, wrongs] = next
    ? await byNext(next, ids, labels, windows, signal)
    : await byScores(engine, ids, labels, windows, signal)
  const found = rights
    .map((logprob, i) =>
      wrongs ? 1 / (1 + Math.exp(wrongs[i]! - logprob)) : Math.min(1, Math.exp(logprob)),
    )
    .values()
  return windows.map(window => readsOf(window).map(() => found.next().value!))
}

/** Of every step, in order: log-probabilities of the label `right`, and of `wrong` where both are compared. */
type LabelLogprobs = readonly [rights: readonly number[], wrongs: readonly number[] | null]

async function byNext(
  next: Next,
  ids: readonly number[],
  { over }: Labels,
  windows: readonly Window[],
  signal?: AbortSignal,
): Promise<LabelLogprobs> {
  const both = over === 'labels'
  const found = await next(prefixes(windows), both ? ids : ids.slice(0, 1), signal)
  return [found.map(row => row[0]!), both ? found.map(row => row[1]!) : null]
}

async function byScores(
  engine: Scoring,
  [right, wrong]: readonly number[],
  { over, written }: Labels,
  windows: readonly Window[],
  signal?: AbortSignal,
): Promise<LabelLogprobs> {
  const whole = written ? windows.map(({ reading }) => reading.ids) : []
  const asked = [
    ...whole,
    ...(written ? [] : prefixes(windows, right!)),
    ...(over === 'labels' ? prefixes(windows, wrong!) : []),
  ]
  const scores = await engine.score(asked, signal)
  const lasts = scores.slice(whole.length).map(({ logprobs }) => logprobs.at(-1)!)
  const rights = written
    ? windows.flatMap((window, w) => readsOf(window).map(at => scores[w]!.logprobs[at]!))
    : lasts.slice(0, over === 'labels' ? lasts.length / 2 : lasts.length)
  return [rights, over === 'labels' ? lasts.slice(-rights.length) : null]
}

/** The texts up to where each step is read, with what is put after them. */
function prefixes(windows: readonly Window[], ...after: number[]): Int32Array[] {
  return windows.flatMap(window =>
    readsOf(window).map(at =>
      Int32Array.from([...window.reading.ids.subarray(0, at + 1), ...after]),
    ),
  )
}

/** The token of a label; an EngineError where it is not one. */
export function labelId(label: string, tokenizer: Tokenizer): number {
  const ids = tokenizer.encode(label)
  if (ids.length === 1) return ids[0]!
  throw new EngineError(
    `the label ${JSON.stringify(label)} is ${ids.length} tokens of this model; expected one`,
  )
}
