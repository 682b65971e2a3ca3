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

/** Masks and whitens the advantages of a batch; masked and unwritten tokens are exactly 0. */
export function whiten(form: Whitening, batch: readonly Masked[]): readonly Float32Array[] {
  for (const { advantages_T, written_T, masked_T } of batch)
    if (written_T.length !== advantages_T.length || masked_T.length !== advantages_T.length)
      throw new RangeError(
        `whiten: ${advantages_T.length} advantages, masks of ${written_T.length} and ${masked_T.length}`,
      )
  if (form === 'none') return batch.map(one => moved(one, a => a))
  return form === 'verl' ? verl(batch) : openrlhf(batch)
}

/** (a - mean) / sqrt(variance + 1e-8) over the unmasked tokens, the variance with Bessel's correction. */
function verl(batch: readonly Masked[]): readonly Float32Array[] {
  const n = total(batch, (_, masked) => (masked ? 0 : 1))
  const mean = total(batch, (a, masked) => (masked ? 0 : a)) / Math.max(n, 1)
  const squares = total(batch, (a, masked) => (masked ? 0 : (a - mean) ** 2))
  const deviation = Math.sqrt(squares / Math.max(n - 1, 1) + 1e-8)
  return batch.map(one => moved(one, a => (a - mean) / deviation))
}

/** (a - mean) / sqrt(max(variance, 1e-8)) over the advantages that are not 0. */
function openrlhf(batch: readonly Masked[]): readonly Float32Array[] {
  const kept = (a: number, masked: boolean) => (masked ? 0 : a)
  const n = total(batch, (a, masked) => (kept(a, masked) === 0 ? 0 : 1))
  const mean = total(batch, kept) / Math.max(n, 1)
  // As published: the zeros are in this sum, although not in n.
  const squares = total(batch, (a, masked) => (kept(a, masked) - mean) ** 2)
  const deviation = Math.sqrt(Math.max(squares / Math.max(n, 1), 1e-8))
  return batch.map(one => moved(one, a => (a === 0 ? 0 : (a - mean) / deviation)))
}

/** Sums over the tokens that the policy wrote. */
function total(batch: readonly Masked[], of: (a: number, masked: boolean) => number): number {
  let sum = 0
  for (const { advantages_T, written_T, masked_T } of batch)
    for (let t = 0; t < advantages_T.length; t++)
      if (written_T[t] === 1) sum += of(advantages_T[t], masked_T[t] === 1)
  return sum
}

function moved({ advantages_T, written_T, masked_T }: Masked, to: (a: number) => number) {
  return advantages_T.map((a, t) => (written_T[t] === 1 && masked_T[t] === 0 ? to(a) : 0))
}
