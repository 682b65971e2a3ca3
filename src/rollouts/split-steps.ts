// Steps are found in the text, not in token ids: what closes one does so whether it came as one
// token, as two, or fused with a full stop; a blank line, whether it is empty or holds white space. Rewards,
// metrics and the dashboard all use this splitter.

import type { Step, StopReason } from '../types.ts'
import { type Boundary, blankLines } from './boundary.ts'

/**
 * The steps of a response, tiling its tokens. `pieces` are the texts of its tokens, `hasStopToken`
 * says that the last of them is the stop token. The token that ends a boundary closes a step; the
 * stop token closes the last one.
 */
export function splitSteps(
  pieces: readonly string[],
  stop: StopReason,
  hasStopToken: boolean,
  { pattern }: Boundary = blankLines,
): Step[] {
  if (hasStopToken && pieces.length === 0)
    throw new RangeError('splitSteps: 0 pieces cannot hold a stop token')
  // what the stop token spells, if anything, is no part of the response
  const texts = hasStopToken ? [...pieces.slice(0, -1), ''] : pieces
  const text = texts.join('')
  const steps: Step[] = []
  let start = 0 // token
  let from = 0 // character
  const tokens = tokenEnds(texts)
  for (const { index: at, 0: found } of text.matchAll(new RegExp(pattern, 'g'))) {
    const seek = at + found.length
    const end = tokens.holding(seek - 1) + 1
    // a token that spells two boundaries closes one step
    if (end <= start) {
      if (from === at) from = seek
      continue
    }
    steps.push(stepOf(start, end, text.slice(from, at), 'complete'))
    start = end
    from = seek
  }
  if (start < pieces.length) {
    const state = stop === 'length' ? 'truncated' : 'complete'
    steps.push(stepOf(start, pieces.length, text.slice(from), state))
  }
  return steps
}

function stepOf(start: number, end: number, text: string, state: 'complete' | 'truncated'): Step {
  return { start, end, text, state: state === 'complete' && text.trim() === '' ? 'empty' : state }
}

/** Finds the token that holds a character; characters must be asked for in order. */
function tokenEnds(pieces: readonly string[]): { holding(character: number): number } {
  let token = 0
  let end = pieces.length > 0 ? pieces[0].length : 0 // character after the token
  return {
    holding(character) {
      while (end <= character) end += pieces[++token].length
      return token
    },
  }
}
