// How the tokens of whole sequences see each other, as a part of graphs.

import type { Shape, Value } from './graph.ts'
import { arrangeRows } from './ops/arrange-rows.ts'
import { type Attended, attention } from './ops/attention.ts'
import { mergeHeads, regroup, reshape, splitHeads } from './ops/heads.ts'
import { concat, repeat, split } from './ops/pieces.ts'
import type { RotaryTables } from './ops/rotary.ts'
import type { Transformer } from './transformer.ts'

/** Queries, keys and values of one layer's tokens: [T, heads * size] and twice [T, kvHeads * size]. */
type Projected = readonly [Value, Value, Value]

/** What the tokens of a layer see in each other [T, heads * size], and keys and values [B, kvHeads, S, size]. */
export type Attention = (
  layer: number,
  parts: Projected,
) => { readonly attended: Value; readonly keys: Value; readonly values: Value }

/** Each token sees those before it in its row of a rectangle of tokens, T = B * S. */
export function rectangleAttention(t: Transformer): Attention {
  const rows = rowsOf(t, { layout: 'layout', tables: rotaryInputs(t, 'positions', [1]), name: 'S' })
  const masks = maskInputs(t, ['mask', 'windowMask'], [rows.queries, 'S'])
  return (layer, parts) => {
    const placed = rows.place(layer, parts)
    const attended = rows.merge(attention(t.g, placed, masks(layer)), 'T')
    return { attended, keys: placed.keys, values: placed.values }
  }
}

/**
 * Sequences that begin alike, the beginning read once: B beginnings of up to P tokens, after each up to G ends of up to C.
 * Tokens lie below each other without padding; only here they move to slots, B * P of beginnings and B * G * C of ends, and
 * back. An end sees the keys of its beginning before its own, so the result is that of whole sequences (arXiv:2506.05433
 * groups prefixes so).
 */
export function prefixAttention(t: Transformer): Attention {
  const { g } = t
  const moved = {
    there: g.input('slotAt', 'int64', ['L']),
    back: g.input('tokenAt', 'int64', ['T']),
  }
  const back = { there: moved.back, back: moved.there }
  const sizes = g.input('slotSizes', 'int64', [2]) // B * P, B * G * C
  const tables = rotaryInputs(t, 'positions', [1])
  const turned = { ...tables, positions: g.input('endPositions', 'int64', ['B', 'E']) }
  const starts = rowsOf(t, { layout: 'layout', tables, name: 'S' })
  const ends = rowsOf(t, { layout: 'endLayout', tables: turned, name: 'E' })
  const masks = maskInputs(t, ['mask', 'windowMask'], [starts.queries, 'S'])
  const endMasks = maskInputs(t, ['endMask', 'windowEndMask'], ['B', 1, 'C', 'N'])
  const attendWhole = wholeOf(t, ends.queries)
  return (layer, parts) => {
    const slots = parts.map(x => split(g, arrangeRows(g, x, moved), sizes, { names: ['N0', 'N1'] }))
    const [start, end] = [starts, ends].map((rows, i) =>
      rows.place(layer, slots.map(pieces => pieces[i]!) as unknown as Projected),
    ) as [Attended, Attended]
    const seen = [
      starts.merge(attention(g, start, masks(layer)), 'N0'),
      ends.merge(attendWhole(start, end, endMasks(layer)), 'N1'),
    ]
    const attended = arrangeRows(g, concat(g, seen, sizes, { names: 'L' }), back)
    return { attended, keys: start.keys, values: start.values }
  }
}

/** What ends see of their beginnings and of themselves, [B, kvHeads, rows, size]: every head of every end is one of H. */
function wholeOf(
  { g, config: { heads, kvHeads, headDim: size } }: Transformer,
  rows: string,
): (start: Attended, end: Attended, mask: Value) => Value {
  const across = g.input('across', 'int64', [4]) // B, H, -1, size
  const apart = g.input('apart', 'int64', [6]) // B, kvHeads, heads / kvHeads, G, -1, size
  const endAxes = g.input('endAxes', 'int64', [6]) // B, kvHeads, 1, G, -1, size
  const members = g.input('members', 'int64', [6]) // 1, 1, heads / kvHeads, G, 1, 1
  const widths = g.input('widths', 'int64', [2]) // P, C
  const flat = g.integers([0, kvHeads, -1, size])
  const each = heads / kvHeads
  const whole = (start: Value, end: Value): Value => {
    const one = reshape(g, start, {
      to: g.integers([0, kvHeads, 1, 1, -1, size]),
      from: flat,
      shape: ['B', kvHeads, 1, 1, 'S', size],
    })
    const own = reshape(g, end, {
      to: endAxes,
      from: flat,
      shape: ['B', kvHeads, 1, 'G', 'C', size],
    })
    const both = [
      repeat(g, one, members, ['B', kvHeads, each, 'G', 'S', size]),
      repeat(g, own, g.integers([1, 1, each, 1, 1, 1]), ['B', kvHeads, each, 'G', 'C', size]),
    ]
    const joined = concat(g, both, widths, { axis: 4, names: 'N' })
    return reshape(g, joined, { to: across, from: apart, shape: ['B', 'H', 'N', size] })
  }
  return (start, end, mask) => {
    const queries = reshape(g, end.queries, {
      to: across,
      from: flat,
      shape: ['B', 'H', 'C', size],
    })
    const keys = whole(start.keys, end.keys)
    const values = whole(start.values, end.values)
    const seen = attention(g, { queries, keys, values }, mask)
    return reshape(g, seen, { to: flat, from: across, shape: ['B', kvHeads, rows, size] })
  }
}

interface Rows {
  readonly queries: string // the name of so many rows
  /**
   * Tokens [T, ...] as rows of heads, turned to their positions: queries [B, kvHeads, R, size], those of one key head below
   * each other, keys and values [B, kvHeads, S, size].
   */
  readonly place: (layer: number, parts: Projected) => Attended
  /** What queries saw [B, kvHeads, R, size] as tokens [T, heads * size]. */
  readonly merge: (mixed: Value, tokens: string) => Value
}

/** Rows of tokens, B of `name` each: `layout` names the input that holds both. */
function rowsOf(
  t: Transformer,
  {
    layout,
    tables,
    name,
  }: { readonly layout: string; readonly tables: RotaryTables; readonly name: string },
): Rows {
  const { g, config } = t
  const { heads, kvHeads, headDim: size } = config
  const axes = g.input(layout, 'int64', [4])
  const queries = heads === kvHeads ? name : `${heads / kvHeads}${name}`
  const split = (x: Value, count: number): Value =>
    splitHeads(g, x, axes, { heads: count, size, rows: name })
  return {
    queries,
    place: (layer, [Q, K, V]) => ({
      queries: regroup(g, t.place(split(Q, heads), layer, 'q', tables), kvHeads, queries),
      keys: t.place(split(K, kvHeads), layer, 'k', tables),
      values: split(V, kvHeads),
    }),
    merge: (mixed, tokens) => mergeHeads(g, regroup(g, mixed, heads, name), axes, tokens),
  }
}

/** The mask of each layer: the first input where it sees all tokens before, the second where it sees a window of them. */
export function maskInputs(
  { g, config }: Transformer,
  [all, near]: readonly [string, string],
  shape: Shape,
): (layer: number) => Value {
  const sliding = new Set(config.slidingLayers)
  const whole = sliding.size < config.layers ? g.input(all, 'float32', shape) : null
  const window = sliding.size > 0 ? g.input(near, 'float32', shape) : null
  return layer => (sliding.has(layer) ? window : whole)!
}

/** The tables of rotary positions as inputs, and, as `name`, the positions that a graph is at. */
export function rotaryInputs(
  { g, config }: Transformer,
  name: string,
  positions: Shape,
): RotaryTables {
  const table: Shape = ['P', config.headDim / 2]
  return {
    cos: g.input('cos', 'float32', table),
    sin: g.input('sin', 'float32', table),
    positions: g.input(name, 'int64', positions),
  }
}
