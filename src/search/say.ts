import { concat } from '../numbers/numeric.ts'
import type { Path } from '../rollouts/extend.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'

/**
 * A path that goes on behind words that nobody sampled: paused again, its end token left out. One that was cut off has no room and
 * stays as it is. The words belong to the steps that follow.
 */
export function spoken(path: Path, words: string, { encode, pieces }: Tokenizer): Path {
  if (path.stop === 'length') return path
  const kept = path.stop === 'stop' ? path.ids.length - 1 : path.ids.length
  const added = encode(words)
  const ids = concat(path.ids.subarray(0, kept), added)
  const unknown = (values_T: Float32Array): Float32Array => {
    const all_T = new Float32Array(ids.length).fill(Number.NaN)
    all_T.set(values_T.subarray(0, kept))
    return all_T
  }
  return {
    ...path,
    ids,
    logprobs_T: unknown(path.logprobs_T),
    sampledLogprobs_T: unknown(path.sampledLogprobs_T),
    text: pieces(ids).join(''),
    stop: 'paused',
    steps: path.steps
      .map(step => ({ ...step, end: Math.min(step.end, kept) }))
      .filter(({ start, end }) => end > start),
    spans: [
      ...(kept > 0 ? [{ start: 0, end: kept, role: 'policy' as const }] : []),
      { start: kept, end: ids.length, role: 'hint' as const },
    ],
  }
}
