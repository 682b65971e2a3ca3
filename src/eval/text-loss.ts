import type { Engine } from '../engine/engine.ts'
import { concat } from '../numbers/numeric.ts'

/** Cross-entropy in nats a token of what follows prompts, over all such tokens; NaN of none. */
export async function textLoss(
  engine: Engine,
  examples: readonly { readonly promptIds: Int32Array; readonly ids: Int32Array }[],
  signal?: AbortSignal,
): Promise<number> {
  const scores = await engine.score(
    examples.map(({ promptIds, ids }) => concat(promptIds, ids)),
    signal,
  )
  let [loss, tokens] = [0, 0]
  examples.forEach(({ promptIds }, i) => {
    const told = scores[i]!.logprobs.subarray(Math.max(0, promptIds.length - 1))
    for (const logprob of told) loss -= logprob
    tokens += told.length
  })
  return loss / tokens
}
