// How the tokens of whole sequences see each other, as a part of graphs.

import type { Shape, Value } from './graph.ts'
import { add } from './ops/add.ts'
import { addMask } from './ops/add-mask.ts'
import { arrangeRows } from './ops/arrange-rows.ts'
import { batchedMatmul } from './ops/batched-matmul.ts'
import { mergeHeads, regroup, reshape, splitHeads } from './ops/heads.ts'
import { concat, split } from './ops/pieces.ts'
import type { RotaryTables } from './ops/rotary.ts'
import { softmax } from './ops/softmax.ts'
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
    const attended = rows.merge(attend(t, placed, masks(layer)), 'T')
    return { attended, keys: placed.keys, values: placed.values }
  }
}

/**
 * Sequences that begin alike, the beginning read once: B beginnings of up to P tokens, after each up to G ends of up to C.
 * Tokens lie below each other without padding; only here they move to slots, B * P of beginnings and B * G * C of ends, and
 * back. One softmax goes over what an end sees of its beginning and of itself, so the result is that of whole sequences
 * (arXiv:2506.05433 groups prefixes so).
 */
export function prefixAttention(t: Transformer): Attention {
  const { g, config } = t
  const { heads, kvHeads, headDim } = config
  const moved = {
    there: g.input('slotAt', 'int64', ['L']),
    back: g.input('tokenAt', 'int64', ['T']),
  }
  const back = { there: moved.back, back: moved.there }
  const sizes = g.input('slotSizes', 'int64', [2]) // B * P, B * G * C
  const widths = g.input('widths', 'int64', [2]) // P, C
  const tables = rotaryInputs(t, 'positions', [1])
  const turned = { ...tables, positions: g.input('endPositions', 'int64', ['B', 'E']) }
  const starts = rowsOf(t, { layout: 'layout', tables, name: 'S' })
  const ends = rowsOf(t, { layout: 'endLayout', tables: turned, name: 'E' })
  const masks = maskInputs(t, ['mask', 'windowMask'], [starts.queries, 'S'])
  const endMasks = maskInputs(t, ['endMask', 'windowEndMask'], ['B', 1, 1, 1, 'C', 'N'])
  const apart = (keyHeads: number | string, last: number | string): Shape => [
    ...['B', kvHeads, keyHeads, 'G', 'C'],
    last,
  ]
  const queryAxes = { to: g.input('apart', 'int64', [6]), from: g.input('flat', 'int64', [4]) }
  const keyAxes = {
    to: g.input('keysApart', 'int64', [6]),
    from: g.input('keysFlat', 'int64', [4]),
  }
  const ratio = heads / kvHeads
  const queriesApart = (x: Value, last: number | string): Value =>
    reshape(g, x, { ...queryAxes, shape: apart(ratio, last) })
  const queriesFlat = (x: Value, last: number | string): Value =>
    reshape(g, x, {
      to: queryAxes.from,
      from: queryAxes.to,
      shape: ['B', kvHeads, ends.queries, last],
    })
  const keysApart = (x: Value): Value => reshape(g, x, { ...keyAxes, shape: apart(1, headDim) })
  const scale = headDim ** -0.5

  return (layer, parts) => {
    const slots = parts.map(x => split(g, arrangeRows(g, x, moved), sizes, { names: ['N0', 'N1'] }))
    const [start, end] = [starts, ends].map((rows, i) =>
      rows.place(layer, slots.map(pieces => pieces[i]!) as unknown as Projected),
    ) as [Placed, Placed]
    const onStart = batchedMatmul(g, end.queries, start.keys, { transB: true, scale })
    const own = queriesApart(end.queries, headDim)
    const onEnd = batchedMatmul(g, own, keysApart(end.keys), { transB: true, scale })
    const both = [queriesApart(onStart, 'S'), onEnd]
    const scores = concat(g, both, widths, { axis: 5, names: 'N' })
    const p = softmax(g, addMask(g, scores, endMasks(layer)))
    const [toStart, toEnd] = split(g, p, widths, { axis: 5, names: ['S', 'C'] })
    const ofStart = batchedMatmul(g, queriesFlat(toStart!, 'S'), start.values)
    const ofEnd = queriesFlat(batchedMatmul(g, toEnd!, keysApart(end.values)), headDim)
    const seen = [
      starts.merge(attend(t, start, masks(layer)), 'N0'),
      ends.merge(add(g, ofStart, ofEnd), 'N1'),
    ]
    const attended = arrangeRows(g, concat(g, seen, sizes, { names: 'L' }), back)
    return { attended, keys: start.keys, values: start.values }
  }
}

/** Queries [B, kvHeads, R, size], those of one key head below each other, keys and values [B, kvHeads, S, size]. */
interface Placed {
  readonly queries: Value
  readonly keys: Value
  readonly values: Value
}

interface Rows {
  readonly queries: string // the name of so many rows
  /** Tokens [T, ...] as rows of heads, turned to their positions. */
  readonly place: (layer: number, parts: Projected) => Placed
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

function attend({ g, config }: Transformer, { queries, keys, values }: Placed, mask: Value): Value {
  const scores = batchedMatmul(g, queries, keys, { transB: true, scale: config.headDim ** -0.5 })
  return batchedMatmul(g, softmax(g, addMask(g, scores, mask)), values)
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
