import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import type { Problem, Rollout, Step } from '../types.ts'
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

/**
 * As textRollout, with exactly the steps that are given: a blank line inside of one divides nothing. Null where tokens cannot
 * be told apart by steps, since one token closes two of them, or where they spell another text.
 */
export function rolloutOfSteps(
  prompt: Problem['prompt'],
  steps: readonly string[],
  ended: boolean,
  tokenizer: Tokenizer,
): TextRollout | null {
  const text = steps.join('\n\n')
  const body = tokenizer.encode(text)
  const pieces = tokenizer.pieces(body)
  if (pieces.join('') !== text) return null
  const spans: Step[] = []
  let [token, seen, closed] = [0, 0, 0] // seen: characters of the tokens before `token`
  for (const [s, step] of steps.entries()) {
    const [start, last] = [token, s === steps.length - 1]
    closed += step.length + '\n\n'.length // the character after the step and what closes it
    while (token < pieces.length && seen < closed) seen += pieces[token++].length
    const end = last && ended ? body.length + 1 : token // the end token closes the last
    if (end === start) return null
    const state = last && !ended ? 'truncated' : step.trim() === '' ? 'empty' : 'complete'
    spans.push({ start, end, text: step, state })
  }
  const ids = ended ? Int32Array.from([...body, tokenizer.eosId]) : body
  const stop = ended ? 'stop' : 'length'
  return { promptIds: tokenizer.encode(prompt), ids, steps: spans, text, stop }
}
