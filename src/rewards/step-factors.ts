import { written } from '../groups/written.ts'
import { mean } from '../numbers/numeric.ts'
import { lastBox } from '../text/boxes.ts'
import type { Rollout } from '../types.ts'

/**
 * Numbers that tell steps apart, six of each: the mean and the least log-probability of what the policy wrote, how many tokens and how
 * many numbers it has, whether it gives an answer, and its place among the steps, 0 to 1.
 */
export function stepFactors(rollout: Rollout): readonly (readonly number[])[] {
  const { steps, logprobs_T } = rollout
  const written_T = written(rollout)
  return steps.map(({ start, end, text }, s) => {
    const own = [...logprobs_T.subarray(start, end)].filter((_, t) => written_T[start + t] === 1)
    const [average, least] = own.length === 0 ? [0, 0] : [mean(own), Math.min(...own)]
    const numbers = text.match(/\d+/g)?.length ?? 0
    const place = steps.length === 1 ? 1 : s / (steps.length - 1)
    return [average, least, end - start, numbers, Number(lastBox(text) !== null), place]
  })
}
