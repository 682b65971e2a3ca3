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
  readonly kept_B_T: readonly Float32Array[] // before that, 0 where they are masked or not of the policy
  readonly mean: number
  readonly deviation: number
}
export type Centre = Pick<Whitened, 'mean' | 'deviation'>

/** Of a batch before it is whitened: how many tokens are the policy's, and of those that are moved the number, mean and squares. */
export interface Spread {
  readonly written: number
  readonly moved: number
  readonly mean: number
  readonly squares: number // sum of squared distances to the mean
}

/** Masks and whitens the advantages of a batch; masked and unwritten tokens are exactly 0. */
export function whiten(form: Whitening, batch: readonly Masked[]): Whitened {
  const kept_B_T = keptOf(batch)
  const by = form === 'none' ? unmoved : centreOf(form, spreadOf(form, batch, kept_B_T))
  return { advantages_B_T: moveBy(form, batch, kept_B_T, by), kept_B_T, ...by }
}

export const unmoved: Centre = { mean: 0, deviation: 1 }

/** The advantages, 0 where they are masked or not of the policy. */
function keptOf(batch: readonly Masked[]): readonly Float32Array[] {
  for (const { advantages_T, written_T, masked_T } of batch)
    if (written_T.length !== advantages_T.length || masked_T.length !== advantages_T.length)
      throw new RangeError(
        `whiten: ${advantages_T.length} advantages, masks of ${written_T.length} and ${masked_T.length}`,
      )
  return batch.map(({ advantages_T, written_T, masked_T }) => {
    const kept_T = new Float32Array(advantages_T.length)
    for (let t = 0; t < kept_T.length; t++)
      if (written_T[t] > masked_T[t]) kept_T[t] = advantages_T[t]
    return kept_T
  })
}

/** What kept advantages say of their batch. verl moves every token that is not masked, openrlhf those that are not 0. */
export function spreadOf(
  form: 'verl' | 'openrlhf',
  batch: readonly Pick<Masked, 'written_T' | 'masked_T'>[],
  kept_B_T: readonly Float32Array[],
): Spread {
  const zeros = form === 'verl' // whether an advantage of exactly 0 is moved too
  let [moved, sum, written] = [0, 0, 0]
  for (const [b, kept_T] of kept_B_T.entries()) {
    const { written_T, masked_T } = batch[b]
    for (let t = 0; t < kept_T.length; t++) {
      written += written_T[t]
      if (!(kept_T[t] !== 0 || (zeros && written_T[t] > masked_T[t]))) continue
      moved++
      sum += kept_T[t]
    }
  }
  const mean = sum / Math.max(moved, 1)
  let squares = 0
  for (const [b, kept_T] of kept_B_T.entries()) {
    const { written_T, masked_T } = batch[b]
    for (let t = 0; t < kept_T.length; t++)
      if (kept_T[t] !== 0 || (zeros && written_T[t] > masked_T[t]))
        squares += (kept_T[t] - mean) * (kept_T[t] - mean)
  }
  return { written, moved, mean, squares }
}

/** Two parts of a batch as one (Chan, Golub and LeVeque, 1983). */
export function pooled(a: Spread, b: Spread): Spread {
  const moved = a.moved + b.moved
  const share = b.moved / Math.max(moved, 1)
  const apart = b.mean - a.mean
  return {
    written: a.written + b.written,
    moved,
    mean: a.mean + apart * share,
    squares: a.squares + b.squares + apart * apart * a.moved * share,
  }
}

/**
 * By what tokens are moved and divided. verl: sqrt(variance + 1e-8), the variance with Bessel's correction; openrlhf:
 * sqrt(max(variance, 1e-8)).
 */
export function centreOf(
  form: 'verl' | 'openrlhf',
  { written, moved, mean, squares }: Spread,
): Centre {
  if (form === 'verl')
    return { mean, deviation: Math.sqrt(squares / Math.max(moved - 1, 1) + 1e-8) }
  // As published by OpenRLHF: what is 0 is in the squares, although not in the number.
  const all = squares + (written - moved) * mean * mean
  return { mean, deviation: Math.sqrt(Math.max(all / Math.max(moved, 1), 1e-8)) }
}

/** Kept advantages less the mean, in units of the deviation, those that the form moves. */
export function moveBy(
  form: Whitening,
  batch: readonly Pick<Masked, 'written_T' | 'masked_T'>[],
  kept_B_T: readonly Float32Array[],
  { mean, deviation }: Centre,
): readonly Float32Array[] {
  if (form === 'none') return kept_B_T
  return kept_B_T.map((kept_T, b) => {
    const { written_T, masked_T } = batch[b]
    const moved_T = new Float32Array(kept_T.length)
    for (let t = 0; t < kept_T.length; t++)
      if (kept_T[t] !== 0 || (form === 'verl' && written_T[t] > masked_T[t]))
        moved_T[t] = (kept_T[t] - mean) / deviation
    return moved_T
  })
}
