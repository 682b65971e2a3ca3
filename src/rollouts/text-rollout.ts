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
