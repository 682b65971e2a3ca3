import { written } from '../groups/written.ts'
import type { Advantages, Baseline, TracedPart } from '../method.ts'
import type { Group, Rollout } from '../types.ts'
import { type Masked, type Whitening, whiten } from './whiten.ts'

/** How one stream of returns becomes a part of the advantage. */
export interface Part {
  readonly baseline: Baseline
  readonly weight: number
}

export interface CombineOptions {
  /** Forces the advantage of every step's closing token to 0: ending a step earns nothing by itself. */
  readonly maskClosing?: boolean
  readonly whiten?: Whitening
}

/**
 * Adds the streams of a batch after their baselines: A[t] = sum_k weight_k * A_k[t], then masks and
 * whitens over the whole batch. Tokens that the policy did not write get 0. The size of each stream
 * (`advantages/process_rms`, weighted, before the mask) and of their sum is logged.
 */
export function combine<K extends string>(
  parts: Readonly<Record<K, Part>>,
  { maskClosing = false, whiten: form = 'none' }: CombineOptions = {},
): Advantages<K> {
  const names = Object.keys(parts) as K[]
  return ({ groups_P, streams_P }) => {
    checkStreams(groups_P.length, streams_P, names)
    const rollouts_B = groups_P.flatMap(group => group.rollouts) // B: all rollouts of the batch
    const written_B_T = rollouts_B.map(written)
    const sums_B_T = rollouts_B.map(r => new Float32Array(r.ids.length))
    const metrics: Record<string, number> = {}
    const traced: Record<string, TracedPart> = {}
    for (const name of names) {
      const { baseline, weight } = parts[name]
      const part_B_T = groups_P.flatMap((group, p) =>
        alignedTo(group, baseline(group, streams_P[p][name]), name),
      )
      metrics[`advantages/${name}_rms`] = Math.abs(weight) * rootMeanSquare(part_B_T, written_B_T)
      for (const [b, sum_T] of sums_B_T.entries()) addTo(sum_T, part_B_T[b], weight)
      const { formula } = baseline
      traced[name] = { weight, formula, advantages_P_G_T: regroup(groups_P, part_B_T) }
    }
    const masked = rollouts_B.map(
      (rollout, b): Masked => ({
        advantages_T: sums_B_T[b],
        written_T: written_B_T[b],
        masked_T: maskClosing ? closing(rollout) : new Uint8Array(rollout.ids.length),
      }),
    )
    const { advantages_B_T, kept_B_T, ...moved } = whiten(form, masked)
    metrics['advantages/combined_rms'] = rootMeanSquare(kept_B_T, written_B_T)
    metrics['advantages/final_rms'] = rootMeanSquare(advantages_B_T, written_B_T)
    const masked_P_G_T = regroup(
      groups_P,
      masked.map(one => one.masked_T),
    )
    return {
      advantages_P_G_T: regroup(groups_P, advantages_B_T),
      metrics,
      trace: {
        parts: traced,
        masked_P_G_T,
        kept_P_G_T: regroup(groups_P, kept_B_T),
        whitening: { form, ...moved },
      },
    }
  }
}

/** sum[t] += weight * part[t] */
function addTo(sum_T: Float32Array, part_T: Float32Array, weight: number): void {
  for (let t = 0; t < sum_T.length; t++) sum_T[t] += weight * part_T[t]
}

/** 1 at the closing token of every step. */
function closing({ ids, steps }: Rollout): Uint8Array {
  const closing_T = new Uint8Array(ids.length)
  for (const { end } of steps) closing_T[end - 1] = 1
  return closing_T
}

function checkStreams(groups: number, streams_P: readonly object[], names: readonly string[]) {
  if (streams_P.length !== groups)
    throw new RangeError(`combine: streams of ${streams_P.length} groups for ${groups}`)
  for (const streams of streams_P) {
    const found = Object.keys(streams)
    if (found.length !== names.length || !names.every(name => Object.hasOwn(streams, name)))
      throw new RangeError(`combine: streams ${found.join(', ')}, expected ${names.join(', ')}`)
  }
}

function alignedTo({ rollouts }: Group, advantages_G: readonly Float32Array[], name: string) {
  const aligned = rollouts.every((r, g) => advantages_G[g]?.length === r.ids.length)
  if (aligned && advantages_G.length === rollouts.length) return advantages_G
  throw new RangeError(`combine: the baseline of '${name}' gives not one advantage a token`)
}

function rootMeanSquare(values_B_T: readonly Float32Array[], written_B_T: readonly Uint8Array[]) {
  let squares = 0
  let n = 0
  for (const [b, values_T] of values_B_T.entries()) {
    const written_T = written_B_T[b]
    for (let t = 0; t < values_T.length; t++) {
      if (written_T[t] === 0) continue
      squares += values_T[t] * values_T[t]
      n++
    }
  }
  return n === 0 ? 0 : Math.sqrt(squares / n)
}

function regroup<T>(groups_P: readonly Group[], items_B: readonly T[]): readonly (readonly T[])[] {
  let next = 0
  return groups_P.map(({ rollouts }) => rollouts.map(() => items_B[next++]))
}
