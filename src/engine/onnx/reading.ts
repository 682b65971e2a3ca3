// Whole sequences through a model: scored, classified, or learned from. Each call lays its sequences out as rectangles
// and reads only the rows that are asked for.

import { EngineError } from '../../errors.ts'
import { askedAt, askedIds } from '../asked.ts'
import { layerAt } from '../depths.ts'
import type {
  Asked,
  HiddenOptions,
  LabelledSequence,
  ModelInfo,
  ScoreOptions,
  SlopedSequence,
  TokenScores,
  WeightedSequence,
} from '../engine.ts'
import { classTargets, logitSlopes, requireWeights } from '../targets.ts'
import { bucketByLength } from './batches.ts'
import type { Layout } from './layouts.ts'
import type { GraphSpec, Model } from './model.ts'
import { bucketPrefixes, prefixGroups } from './prefixes.ts'
import type { Reading } from './read-sequences.ts'
import type { Fed, Feeds } from './session.ts'

/** Called between units of work; throws to stop there. */
export type Checkpoint = () => void

/** Where a token stands that is read. */
interface Position {
  readonly sequence: number
  readonly at: number
}

/** A token to score, and the slopes of the loss for what is read there. */
interface Row extends Position {
  readonly target: number // the next token
  readonly slope: number // for its log-probability
  readonly entropySlope: number
  readonly drawn: number // the log-probability that it was drawn with; NaN: its slope counts as it is
  readonly rows: number // that are one with this
}

/** A token that is read once: as the row of one sequence, or of several in what they begin with, summed. */
interface Read<R> {
  readonly row: R
  readonly of: readonly Position[]
}

/** Log-probabilities and entropies of every token after the first, by the model or by the weights beneath its adapter. */
export async function score(
  model: Model,
  sequences: readonly Int32Array[],
  checkpoint: Checkpoint,
  { adapted = true, meanLogprobs = false }: ScoreOptions & { readonly adapted?: boolean } = {},
): Promise<TokenScores[]> {
  requireHead(model, 'language-model', 'score')
  const rows = sequences.map((ids, sequence) =>
    Array.from(ids.subarray(1), (target, at) => row(sequence, at, target)),
  )
  const how = { kind: 'score', adapted, means: meanLogprobs } as const
  return readTokens(model, how, sequences, rows, checkpoint)
}

/** Hidden states after the last norm, [T, width] a sequence, or behind layers, [T, depths * width]. */
export async function hidden(
  model: Model,
  sequences: readonly Int32Array[],
  checkpoint: Checkpoint,
  { depths = [] }: HiddenOptions = {},
): Promise<Float32Array[]> {
  const { hiddenSize, layers } = model.config
  const behind = depths.map(depth => layerAt(depth, layers))
  const width = hiddenSize * Math.max(1, behind.length)
  const out = sequences.map(ids => new Float32Array(ids.length * width))
  const rows_B = sequences.map((ids, sequence) => Array.from(ids, (_, at) => ({ sequence, at })))
  for (const { reads, feeds, how } of batches(model, sequences, rows_B, first, checkpoint)) {
    const { hidden } = await model.run({ kind: 'hidden', behind, ...how }, feeds)
    handOut(reads, ({ sequence, at }, n) => {
      out[sequence]!.set(hidden!.subarray(n * width, (n + 1) * width), at * width)
    })
  }
  return out
}

/**
 * Adds the gradient of -sum weights * logprob - sum entropyWeights * entropy; returns what was scored on the way, of the
 * tokens that have a weight. Sequences without any are not read at all.
 */
export async function accumulate(
  model: Model,
  sequences: readonly WeightedSequence[],
  checkpoint: Checkpoint,
): Promise<TokenScores[]> {
  requireHead(model, 'language-model', 'accumulate')
  for (const sequence of sequences) requireWeights(sequence)
  const rows = sequences.map(({ ids, weights, entropyWeights, drawn }, sequence) => {
    const weighted: Row[] = []
    weights.forEach((weight, at) => {
      const pull = entropyWeights?.[at] ?? 0
      if (weight === 0 && pull === 0) return
      const slopes = { slope: -weight, entropySlope: -pull, drawn: drawn?.[at] ?? Number.NaN }
      weighted.push({ ...row(sequence, at, ids[at + 1]!), ...slopes })
    })
    return weighted
  })
  const ids = sequences.map(s => s.ids)
  return readTokens(model, { kind: 'learn' }, ids, rows, checkpoint)
}

async function readTokens(
  model: Model,
  how:
    | { readonly kind: 'score'; readonly adapted: boolean; readonly means: boolean }
    | { readonly kind: 'learn' },
  sequences: readonly Int32Array[],
  rows_B: readonly (readonly Row[])[],
  checkpoint: Checkpoint,
): Promise<TokenScores[]> {
  const out = sequences.map(ids => {
    const size = Math.max(0, ids.length - 1)
    const empty = (): Float32Array => new Float32Array(size).fill(Number.NaN)
    const asked = how.kind === 'score' && how.means
    return { logprobs: empty(), entropies: empty(), ...(asked && { meanLogprobs: empty() }) }
  })
  const some = (test: (row: Row) => boolean): boolean => rows_B.some(rows => rows.some(test))
  const entropy = some(({ entropySlope }) => entropySlope !== 0)
  const drawn = some(row => !Number.isNaN(row.drawn))
  for (const batch of batches(model, sequences, rows_B, summedRows, checkpoint)) {
    const { reads, feeds } = batch
    const slices = model.slices(reads.length)
    const spec = { ...how, ...batch.how, slices, ...(how.kind === 'learn' && { entropy, drawn }) }
    const results = await model.run(spec as GraphSpec, {
      ...feeds,
      targets: column(BigInt64Array.from(reads, ({ row }) => BigInt(row.target))),
      sizes: sizesOf(reads.length, slices),
      slopes: column(Float32Array.from(reads, ({ row }) => row.slope)),
      entropySlopes: column(Float32Array.from(reads, ({ row }) => row.entropySlope)),
      drawn: column(Float32Array.from(reads, ({ row }) => row.drawn || 0)),
      corrected: column(Float32Array.from(reads, ({ row }) => (Number.isNaN(row.drawn) ? 0 : 1))),
    })
    handOut(reads, ({ sequence, at }, n) => {
      out[sequence]!.logprobs[at] = results.logprobs![n]!
      out[sequence]!.entropies![at] = results.entropies![n]!
      if (results.means !== undefined) out[sequence]!.meanLogprobs![at] = results.means[n]!
    })
    if (how.kind === 'learn') model.addGradients(results, idsOf(feeds))
  }
  return out
}

/** Logits of the classification head, [T, classes] a sequence; NaN at positions that are not asked. */
export async function classify(
  model: Model,
  asked: readonly Asked[],
  checkpoint: Checkpoint,
): Promise<Float32Array[]> {
  requireHead(model, 'token-classification', 'classify')
  const { classes } = model.config
  const sequences = asked.map(askedIds)
  const out = sequences.map(ids => new Float32Array(ids.length * classes).fill(Number.NaN))
  const rows_B = asked.map((one, sequence) => askedAt(one).map(at => ({ sequence, at })))
  for (const { reads, feeds, how } of batches(model, sequences, rows_B, first, checkpoint)) {
    const spec = { kind: 'score', slices: 1, adapted: true, means: false, ...how } as const
    const { logits } = await model.run(spec, { ...feeds, rows: atLeastTwo(feeds.rows!) })
    handOut(reads, ({ sequence, at }, n) => {
      out[sequence]!.set(logits!.subarray(n * classes, (n + 1) * classes), at * classes)
    })
  }
  return out
}

/**
 * The rows that are read, one alone twice: the library multiplies a single row another way, and what a judge says of a step
 * would depend, in its last bits, on whether others are judged with it.
 */
function atLeastTwo(rows: Fed): Fed {
  const data = rows.data as BigInt64Array
  return data.length === 1 ? { data: BigInt64Array.of(data[0]!, data[0]!), shape: [2] } : rows
}

/** Adds the gradient of scale * cross-entropy at the labelled positions; returns that loss. */
export async function accumulateClasses(
  model: Model,
  sequences: readonly LabelledSequence[],
  scale: number,
  checkpoint: Checkpoint,
): Promise<number> {
  requireHead(model, 'token-classification', 'accumulateClasses')
  const { classes } = model.config
  const rows_B = sequences.map((labelled, sequence) =>
    classTargets(labelled, classes).map(target => ({ sequence, ...target })),
  )
  const ids = sequences.map(s => s.ids)
  let loss = 0
  const sum = <R extends { readonly target_C: Float32Array }>(a: R, b: R): R => ({
    ...a,
    target_C: summed(a.target_C, b.target_C),
  })
  for (const { reads, feeds, how } of batches(model, ids, rows_B, sum, checkpoint)) {
    const targets_N_C = reads.map(({ row }) => row.target_C)
    const spec = { kind: 'learn', slices: 1, entropy: false, ...how } as const
    const results = await model.run(spec, {
      ...feeds,
      targets: matrix(targets_N_C, classes),
      slopes: column(new Float32Array(reads.length).fill(-scale)),
    })
    for (const likelihood of results.logprobs!) loss -= scale * likelihood
    model.addGradients(results, idsOf(feeds))
  }
  return loss
}

/** Adds the gradient of sum slopes * logits; positions without a slope are not read. */
export async function accumulateLogits(
  model: Model,
  sequences: readonly SlopedSequence[],
  checkpoint: Checkpoint,
): Promise<void> {
  requireHead(model, 'token-classification', 'accumulateLogits')
  const { classes } = model.config
  const rows_B = sequences.map((sloped, sequence) =>
    logitSlopes(sloped, classes).map(slope => ({ sequence, ...slope })),
  )
  const ids = sequences.map(s => s.ids)
  const sum = <R extends { readonly slope_C: Float32Array }>(a: R, b: R): R => ({
    ...a,
    slope_C: summed(a.slope_C, b.slope_C),
  })
  for (const { reads, feeds, how } of batches(model, ids, rows_B, sum, checkpoint)) {
    const slopes_N_C = reads.map(({ row }) => row.slope_C)
    const slopes = matrix(slopes_N_C, classes)
    const results = await model.run({ kind: 'logits', ...how }, { ...feeds, slopes })
    model.addGradients(results, idsOf(feeds))
  }
}

function row(sequence: number, at: number, target: number): Row {
  return { sequence, at, target, slope: 0, entropySlope: 0, drawn: Number.NaN, rows: 1 }
}

/** One run of a graph: what it is fed, how it reads that, and the tokens that are read. */
interface Batch<R> {
  readonly reads: readonly Read<R>[]
  readonly feeds: Feeds
  readonly how: Required<Reading>
}

/**
 * The sequences that have rows to read, batch by batch: those that begin alike with others together, the rest in
 * rectangles. `sum` is what two rows of one token are. Refuses any that is longer than the model's positions or names an
 * unknown token.
 */
function* batches<R extends Position>(
  model: Model,
  sequences: readonly Int32Array[],
  rows_B: readonly (readonly R[])[],
  sum: (a: R, b: R) => R,
  checkpoint: Checkpoint,
): Generator<Batch<R>> {
  const { config, layouts } = model
  for (const [i, ids] of sequences.entries()) requireIds(ids, config, `sequence ${i}`)
  const read = sequences.flatMap((_, i) => (rows_B[i]!.length > 0 ? [i] : []))
  const found = prefixGroups(read.map(i => sequences[i]!))
  const groups = found.map(group => ({ ...group, members: group.members.map(i => read[i]!) }))
  const lengths = sequences.map(ids => ids.length)
  const limits = {
    budget: (length: number): number => model.budget(length),
    positions: config.maxPositions,
  }
  const batch = (members: readonly number[], layout: Layout, how: Required<Reading>): Batch<R> => {
    const reads = readsOf(
      members.map(i => rows_B[i]!),
      layout,
      sum,
    )
    const at = BigInt64Array.from(reads, ({ row: { sequence, at } }) =>
      BigInt(layout.place(sequence, at)),
    )
    return { reads, feeds: { ...layout.feeds, rows: { data: at, shape: [at.length] } }, how }
  }
  for (const bucket of bucketPrefixes(
    groups.filter(({ prefix }) => prefix > 0),
    lengths,
    limits,
  )) {
    checkpoint()
    const members = bucket.groups.flatMap(group => group.members)
    const recompute = model.recomputes(bucket.prefix + bucket.end)
    yield batch(members, layouts.prefixes(sequences, bucket), { prefixes: true, recompute })
  }
  const alone = groups.flatMap(({ members, prefix }) => (prefix > 0 ? [] : members))
  for (const { members: own, length } of bucketByLength(
    alone.map(i => lengths[i]!),
    limits.budget,
  )) {
    checkpoint()
    const members = own.map(i => alone[i]!)
    const layout = layouts.rows(sequences, members, Math.min(length, config.maxPositions))
    yield batch(members, layout, { prefixes: false, recompute: model.recomputes(length) })
  }
}

/** The rows of some sequences, those of one token as one. */
function readsOf<R extends Position>(
  rows_B: readonly (readonly R[])[],
  { place }: Layout,
  sum: (a: R, b: R) => R,
): Read<R>[] {
  const reads = new Map<number, { row: R; of: Position[] }>()
  for (const row of rows_B.flat()) {
    const token = place(row.sequence, row.at)
    const before = reads.get(token)
    if (before === undefined) reads.set(token, { row, of: [row] })
    else {
      before.row = sum(before.row, row)
      before.of.push(row)
    }
  }
  return [...reads.values()]
}

/** Gives what was read n-th to each place that it is of. */
function handOut<R>(reads: readonly Read<R>[], give: (to: Position, n: number) => void): void {
  for (const [n, { of }] of reads.entries()) for (const position of of) give(position, n)
}

function first<R>(row: R): R {
  return row
}

function summedRows(a: Row, b: Row): Row {
  const rows = a.rows + b.rows
  return {
    ...a,
    slope: a.slope + b.slope,
    entropySlope: a.entropySlope + b.entropySlope,
    drawn: a.drawn + (b.drawn - a.drawn) * (b.rows / rows),
    rows,
  }
}

function summed(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => value + b[i]!)
}

/** Refuses ids that a model cannot read. */
export function requireIds(
  ids: Int32Array,
  { maxPositions, vocabSize }: Pick<ModelInfo, 'maxPositions' | 'vocabSize'>,
  what: string,
): void {
  if (ids.length > maxPositions) {
    throw new EngineError(
      `${what} has ${ids.length} tokens; the model has ${maxPositions} positions`,
    )
  }
  const bad = ids.find(id => id < 0 || id >= vocabSize)
  if (bad !== undefined) {
    throw new EngineError(`${what} holds token ${bad}; the vocabulary has ${vocabSize}`)
  }
}

function idsOf(feeds: Feeds): BigInt64Array {
  return feeds.ids!.data as BigInt64Array
}

/** So many rows in equal slices. */
function sizesOf(rows: number, slices: number): Fed {
  const sizes = Array.from({ length: slices }, (_, i) =>
    BigInt(Math.floor((rows * (i + 1)) / slices) - Math.floor((rows * i) / slices)),
  )
  return { data: BigInt64Array.from(sizes), shape: [slices] }
}

function matrix(rows_N_C: readonly Float32Array[], classes: number): Fed {
  const data = new Float32Array(rows_N_C.length * classes)
  for (const [n, row_C] of rows_N_C.entries()) data.set(row_C, n * classes)
  return { data, shape: [rows_N_C.length, classes] }
}

function column(data: Float32Array | BigInt64Array): Fed {
  return { data, shape: [data.length, 1] }
}

function requireHead({ config }: Model, head: ModelInfo['head'], verb: string): void {
  if (config.head !== head) {
    throw new EngineError(`${verb} needs a ${head} head, this model has a ${config.head} head`)
  }
}
