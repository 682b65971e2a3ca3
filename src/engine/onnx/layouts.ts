// What graphs over whole sequences are fed beside weights: tokens, and where each of them stands.

import type { ModelConfig } from '../hf/config.ts'
import type { PrefixBucket } from './prefixes.ts'
import type { Fed, Feeds } from './session.ts'
import { causalMask, masked } from './tables.ts'

/** Masks of sequences up to this length are kept; longer ones grow with its square and are made again. */
const keptMask = 512

/** What a graph is fed of sequences, and where in it stands a token of theirs. */
export interface Layout {
  readonly feeds: Feeds
  readonly place: (sequence: number, at: number) => number
}

export class Layouts {
  private readonly config: ModelConfig
  private readonly masks = new Map<number, Feeds>()

  constructor(config: ModelConfig) {
    this.config = config
  }

  /** Ids [B * S] right-padded, and what depends on B and S alone. */
  rectangle(ids: BigInt64Array, rows: number, length: number): Feeds {
    return {
      ids: column(ids),
      layout: integers(rows, length, -1, this.config.headDim),
      positions: integers(0),
      ...this.masksOf(length),
    }
  }

  /** Sequences [B] of a rectangle with rows of `length` tokens. */
  rows(sequences: readonly Int32Array[], members: readonly number[], length: number): Layout {
    const ids = new BigInt64Array(members.length * length)
    const start = new Map<number, number>()
    for (const [b, sequence] of members.entries()) {
      start.set(sequence, b * length)
      write(ids, b * length, sequences[sequence]!)
    }
    return {
      feeds: this.rectangle(ids, members.length, length),
      place: (sequence, at) => start.get(sequence)! + at,
    }
  }

  /**
   * Groups of sequences as prefixAttention reads them: tokens T without padding, then one of nothing, which every slot
   * holds that no other does; and the slots.
   */
  prefixes(sequences: readonly Int32Array[], bucket: PrefixBucket): Layout {
    const { groups, prefix: P, members: G, end: C } = bucket
    const B = groups.length
    const own = groups.flatMap(({ members, prefix }) => [
      prefix,
      ...members.map(i => sequences[i]!.length - prefix),
    ])
    const tokens = own.reduce((sum, size) => sum + size, 0)
    const ids = new BigInt64Array(tokens + 1)
    const slotAt = new BigInt64Array(B * (P + G * C)).fill(BigInt(tokens))
    const tokenAt = new BigInt64Array(tokens + 1).fill(BigInt(P - 1)) // the first prefix leaves that slot free
    const endPositions = new BigInt64Array(B * G * C)
    const starts = new Map<number, readonly [prefix: number, ofPrefix: number, ofEnd: number]>()
    let token = 0
    const put = (part: Int32Array, slot: number): number => {
      write(ids, token, part)
      for (let t = 0; t < part.length; t++) {
        slotAt[slot + t] = BigInt(token + t)
        tokenAt[token + t] = BigInt(slot + t)
      }
      token += part.length
      return token - part.length
    }
    for (const [b, { members, prefix }] of groups.entries()) {
      const ofPrefix = put(sequences[members[0]!]!.subarray(0, prefix), b * P)
      for (const [g, sequence] of members.entries()) {
        const slot = (b * G + g) * C
        const ofEnd = put(sequences[sequence]!.subarray(prefix), B * P + slot)
        starts.set(sequence, [prefix, ofPrefix, ofEnd])
      }
      const last = this.config.maxPositions - 1
      for (let c = 0; c < G * C; c++) {
        endPositions[b * G * C + c] = BigInt(Math.min(prefix + (c % C), last))
      }
    }
    const place = (sequence: number, at: number): number => {
      const [prefix, ofPrefix, ofEnd] = starts.get(sequence)!
      return at < prefix ? ofPrefix + at : ofEnd + at - prefix
    }
    const moved = { ids: column(ids), slotAt: column(slotAt), tokenAt: column(tokenAt) }
    const positions = {
      positions: integers(0),
      endPositions: { data: endPositions, shape: [B, G * C] },
    }
    const masks = this.masksBy(['endMask', 'windowEndMask'], window => endMask(bucket, window))
    return { place, feeds: { ...moved, ...positions, ...this.axes(bucket), ...masks } }
  }

  private axes({ groups, prefix: P, members: G, end: C }: PrefixBucket): Feeds {
    const { heads, kvHeads, headDim } = this.config
    const B = groups.length
    const ratio = heads / kvHeads
    return {
      layout: integers(B, P, -1, headDim),
      endLayout: integers(B, G * C, -1, headDim),
      slotSizes: integers(B * P, B * G * C),
      widths: integers(P, C),
      across: integers(B, heads * G, -1, headDim),
      apart: integers(B, kvHeads, ratio, G, -1, headDim),
      endAxes: integers(B, kvHeads, 1, G, -1, headDim),
      members: integers(1, 1, ratio, G, 1, 1),
      ...this.masksOf(P),
    }
  }

  private masksOf(length: number): Feeds {
    const { heads, kvHeads } = this.config
    const before = this.masks.get(length)
    if (before !== undefined) return before
    const masks = this.masksBy(['mask', 'windowMask'], within =>
      causalMask(length, heads / kvHeads, within ?? length),
    )
    if (length <= keptMask) this.masks.set(length, masks)
    return masks
  }

  /** The masks of layers that see all tokens before, and of those that see a window of them, where there are such. */
  private masksBy(
    [all, near]: readonly [string, string],
    make: (window: number | null) => Fed,
  ): Feeds {
    const { layers, slidingLayers, window } = this.config
    return {
      ...(slidingLayers.length < layers && { [all]: make(null) }),
      ...(window !== null && { [near]: make(window) }),
    }
  }
}

/** What token c of an end sees, [B, 1, C, P + C]: the prefix, and the end up to itself, within a window of tokens. */
function endMask({ groups, prefix: P, end: C }: PrefixBucket, window: number | null): Fed {
  const width = P + C
  const data = new Float32Array(groups.length * C * width).fill(masked)
  for (const [b, { prefix }] of groups.entries()) {
    for (let c = 0; c < C; c++) {
      const row = (b * C + c) * width
      const first = window === null ? 0 : Math.max(0, prefix + c + 1 - window) // the token that is seen
      data.fill(0, row + Math.min(first, prefix), row + prefix)
      data.fill(0, row + P + Math.max(0, first - prefix), row + P + c + 1)
    }
  }
  return { data, shape: [groups.length, 1, C, width] }
}

function write(ids: BigInt64Array, from: number, tokens: Int32Array): void {
  for (let t = 0; t < tokens.length; t++) ids[from + t] = BigInt(tokens[t]!)
}

function column(data: BigInt64Array): Fed {
  return { data, shape: [data.length] }
}

function integers(...values: readonly number[]): Fed {
  return column(BigInt64Array.from(values, BigInt))
}
