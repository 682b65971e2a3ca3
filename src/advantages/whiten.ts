// Two published ways to bring a batch's advantages to mean 0 and deviation 1. They differ in which
// tokens count, and in what becomes of an advantage of exactly 0.

/** `verl` moves every token that is not masked; `openrlhf` leaves an advantage of exactly 0 alone. */
export type Whitening = 'none' | 'verl' | 'openrlhf'

/** One rollout's advantages, with 1 where the policy wrote the token and 1 where its advantage is masked. */
export interface Masked {
  readonly advantages_T: Float32Array
  readonly written_T: Uint8Array
  readonly masked_T: Uint8Array
}

/** Whitened advantages, and by what they were moved and divided: 0 and 1 where the form is none. */
export interface Whitened {
  readonly advantages_B_T: readonly Float32Array[]
  readonly mean: number
  readonly deviation: number
}

/** Masks and whitens the advantages of a batch; masked and unwritten tokens are exactly 0. */
export function whiten(form: Whitening, batch: readonly Masked[]): Whitened {
  for (const { advantages_T, written_T, masked_T } of batch)
    if (written_T.length !== advantages_T.length || masked_T.length !== advantages_T.length)
      throw new RangeError(
        `whiten: ${advantages_T.length} advantages, masks of ${written_T.length} and ${masked_T.length}`,
      )
  const advantages_B_T = batch.map(kept)
  const moved = form === 'none' ? unmoved : normalise(form, advantages_B_T, batch)
  return { advantages_B_T, ...moved }
}

const unmoved = { mean: 0, deviation: 1 }

/** The advantages, 0 where they are masked or not of the policy. */
function kept({ advantages_T, written_T, masked_T }: Masked): Float32Array {
  const kept_T = new Float32Array(advantages_T.length)
  for (let t = 0; t < kept_T.length; t++)
    if (written_T[t] > masked_T[t]) kept_T[t] = advantages_T[t]
  return kept_T
}

/**
 * Moves a by the mean, in units of the deviation, both of the tokens that are moved. verl: sqrt(variance + 1e-8), the
 * variance with Bessel's correction; openrlhf: sqrt(max(variance, 1e-8)).
 */
function normalise(
  form: 'verl' | 'openrlhf',
  kept_B_T: readonly Float32Array[],
  batch: readonly Masked[],
): Omit<Whitened, 'advantages_B_T'> {
  const zeros = form === 'verl' // whether an advantage of exactly 0 is moved too
  let [n, sum, written] = [0, 0, 0]
  for (const [b, kept_T] of kept_B_T.entries()) {
    const { written_T, masked_T } = batch[b]
    for (let t = 0; t < kept_T.length; t++) {
      written += written_T[t]
      if (!(kept_T[t] !== 0 || (zeros && written_T[t] > masked_T[t]))) continue
      n++
      sum += kept_T[t]
    }
  }
  const mean = sum / Math.max(n, 1)
  // As published by OpenRLHF: what is 0 is in the squares, although not in n.
  let squares = zeros ? 0 : (written - n) * mean * mean
  for (const [b, kept_T] of kept_B_T.entries()) {
    const { written_T, masked_T } = batch[b]
    for (let t = 0; t < kept_T.length; t++)
      if (kept_T[t] !== 0 || (zeros && written_T[t] > masked_T[t]))
        squares += (kept_T[t] - mean) * (kept_T[t] - mean)
  }
  const deviation = zeros
    ? Math.sqrt(squares / Math.max(n - 1, 1) + 1e-8)
    : Math.sqrt(Math.max(squares / Math.max(n, 1), 1e-8))
  for (const [b, kept_T] of kept_B_T.entries()) {
    const { written_T, masked_T } = batch[b]
    for (let t = 0; t < kept_T.length; t++)
      if (kept_T[t] !== 0 || (zeros && written_T[t] > masked_T[t]))
        kept_T[t] = (kept_T[t] - mean) / deviation
  }
  return { mean, deviation }
}
