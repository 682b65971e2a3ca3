import type { Engine } from '../engine/engine.ts'
import { concat } from '../numbers/numeric.ts'

/** A text, and what of it was given beside the prompt: 1 where a token is not counted. */
interface Text {
  readonly promptIds: Int32Array
  readonly ids: Int32Array
  readonly given?: Uint8Array
}

/** Cross-entropy in nats a token of what follows prompts, over all such tokens but those that were given; NaN of none. */
export async function textLoss(
  engine: Engine,
  examples: readonly Text[],
  signal?: AbortSignal,
): Promise<number> {
  const scores = await engine.score(
    examples.map(({ promptIds, ids }) => concat(promptIds, ids)),
    signal,
  )
  let [loss, tokens] = [0, 0]
  examples.forEach(({ promptIds, ids, given }, i) => {
    const told = scores[i]!.logprobs.subarray(Math.max(0, promptIds.length - 1))
    const unread = ids.length - told.length // the first token, where there is no prompt
    told.forEach((logprob, t) => {
      if (given?.[t + unread] === 1) return
      loss -= logprob
      tokens++
    })
  })
  return loss / tokens
}
