import type { Problem, Rollout, Tokenizer } from '../types.ts'
import { splitSteps } from './split-steps.ts'

/** A rollout that nobody sampled: tokens and steps of a written text. */
export type TextRollout = Pick<Rollout, 'promptIds' | 'ids' | 'steps' | 'text' | 'stop'>

/** Steps written below each other as a rollout's tokens; `ended` adds the end token. */
export function textRollout(
  prompt: Problem['prompt'],
  steps: readonly string[],
  ended: boolean,
  tokenizer: Tokenizer,
): TextRollout {
  const text = steps.join('\n\n')
  const body = tokenizer.encode(text)
  const ids = ended ? Int32Array.from([...body, tokenizer.eosId]) : body
  const stop = ended ? 'stop' : 'length'
  const pieces = [...tokenizer.pieces(body), ...(ended ? [''] : [])]
  const split = splitSteps(pieces, stop, ended)
  return { promptIds: tokenizer.encode(prompt), ids, steps: split, text, stop }
}

/** A written text as a whole rollout, to be scored and credited. Nobody sampled it: its log-probabilities are NaN. */
export function asRollout(text: TextRollout): Rollout {
  const unknown_T = new Float32Array(text.ids.length).fill(Number.NaN)
  return {
    ...text,
    logprobs_T: unknown_T,
    sampledLogprobs_T: unknown_T,
    weightVersion: -1,
    spans: [{ start: 0, end: text.ids.length, role: 'policy' }],
    branch: null,
  }
}
