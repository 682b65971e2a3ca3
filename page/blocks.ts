// A rollout's tokens in blocks: so much of them as is near the window is tokens, the rest is text.

import type { RolloutAnswer } from '../src/view/api.ts'

/** Some tokens of one step, or of what no step covers. */
export interface Block {
  readonly start: number
  readonly end: number
  readonly step: number | null
  readonly first: boolean // of its step
}

const longest = 250 // tokens

/** The blocks of a rollout, in order, each within one step. */
export function blocksOf({ steps, tokens }: RolloutAnswer): Block[] {
  const blocks: Block[] = []
  const add = (start: number, end: number, step: number | null): void => {
    for (let from = start; from < end; from += longest)
      blocks.push({ start: from, end: Math.min(from + longest, end), step, first: from === start })
  }
  let next = 0
  for (const [s, { start, end }] of steps.entries()) {
    add(next, start, null)
    add(start, end, s)
    next = Math.max(next, end)
  }
  add(next, tokens, null)
  return blocks
}

/** The step that a token is of, as an index; -1 where it is of none. */
export function stepAt({ steps }: RolloutAnswer, token: number): number {
  return steps.findIndex(({ start, end }) => start <= token && token < end)
}

/** Mean of the numbers of some tokens; null where there are none. */
export function meanOf(
  values: readonly (number | null)[] | null | undefined,
  start: number,
  end: number,
): number | null {
  let [sum, n] = [0, 0]
  for (let t = start; t < end; t++) {
    const value = values?.[t]
    if (value === null || value === undefined) continue
    sum += value
    n++
  }
  return n === 0 ? null : sum / n
}
