// Whole sequences through a model: scored, classified, or learned from. Each call lays its sequences out as rectangles
// and reads only the rows that are asked for.

import { EngineError } from '../../errors.ts'
import type {
  LabelledSequence,
  ModelInfo,
  ScoreOptions,
  SlopedSequence,
  TokenScores,
  WeightedSequence,
} from '../engine.ts'
import { classTargets, logitSlopes, requireWeights } from '../targets.ts'
import { type Bucket, bucketByLength } from './batches.ts'
import type { Model } from './model.ts'
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

/** Hidden states after the last norm, [T, width] a sequence. */
export async function hidden(
  model: Model,
  sequences: readonly Int32Array[],
  checkpoint: Checkpoint,
): Promise<Float32Array[]> {
  const { hiddenSize } = model.config
  const out = sequences.map(ids => new Float32Array(ids.length * hiddenSize))
  const rows_B = sequences.map((ids, sequence) => Array.from(ids, (_, at) => ({ sequence, at })))
  for (const { rows, feeds } of rectangles(model, sequences, rows_B, checkpoint)) {
    const { hidden } = await model.run({ kind: 'hidden' }, feeds)
    rows.forEach(({ sequence, at }, n) => {
      const state = hidden!.subarray(n * hiddenSize, (n + 1) * hiddenSize)
      out[sequence]!.set(state, at * hiddenSize)
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
  const rows = sequences.map(({ ids, weights, entropyWeights }, sequence) => {
    const weighted: Row[] = []
    weights.forEach((weight, at) => {
      const pull = entropyWeights?.[at] ?? 0
      if (weight !== 0 || pull !== 0) weighted.push(row(sequence, at, ids[at + 1]!, -weight, -pull))
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
  const entropy = rows_B.some(rows => rows.some(({ entropySlope }) => entropySlope !== 0))
  for (const { rows, feeds } of rectangles(model, sequences, rows_B, checkpoint)) {
    const slices = model.slices(rows.length)
    const recompute = model.recomputes(lengthOf(feeds))
    const spec = how.kind === 'score' ? { ...how, slices } : { ...how, slices, entropy, recompute }
    const results = await model.run(spec, {
      ...feeds,
      targets: column(BigInt64Array.from(rows, ({ target }) => BigInt(target))),
      sizes: sizesOf(rows.length, slices),
      slopes: column(Float32Array.from(rows, ({ slope }) => slope)),
      entropySlopes: column(Float32Array.from(rows, ({ entropySlope }) => entropySlope)),
    })
    rows.forEach(({ sequence, at }, n) => {
      out[sequence]!.logprobs[at] = results.logprobs![n]!
      out[sequence]!.entropies![at] = results.entropies![n]!
      if (results.means !== undefined) out[sequence]!.meanLogprobs![at] = results.means[n]!
    })
    if (how.kind === 'learn') model.addGradients(results, idsOf(feeds))
  }
  return out
}

/** Logits of the classification head at every token, [T, classes] a sequence. */
export async function classify(
  model: Model,
  sequences: readonly Int32Array[],
  checkpoint: Checkpoint,
): Promise<Float32Array[]> {
  requireHead(model, 'token-classification', 'classify')
  const { classes } = model.config
  const out = sequences.map(ids => new Float32Array(ids.length * classes))
  const rows_B = sequences.map((ids, sequence) => Array.from(ids, (_, at) => ({ sequence, at })))
  for (const { rows, feeds } of rectangles(model, sequences, rows_B, checkpoint)) {
    const spec = { kind: 'score', slices: 1, adapted: true, means: false } as const
    const { logits } = await model.run(spec, feeds)
    rows.forEach(({ sequence, at }, n) => {
      out[sequence]!.set(logits!.subarray(n * classes, (n + 1) * classes), at * classes)
    })
  }
  return out
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
  for (const { rows, feeds } of rectangles(model, ids, rows_B, checkpoint)) {
    const targets_N_C = rows.map(({ target_C }) => target_C)
    const recompute = model.recomputes(lengthOf(feeds))
    const spec = { kind: 'learn', slices: 1, entropy: false, recompute } as const
    const results = await model.run(spec, {
      ...feeds,
      targets: matrix(targets_N_C, classes),
      slopes: column(new Float32Array(rows.length).fill(-scale)),
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
  for (const { rows, feeds } of rectangles(model, ids, rows_B, checkpoint)) {
    const slopes_N_C = rows.map(({ slope_C }) => slope_C)
    const slopes = matrix(slopes_N_C, classes)
    const recompute = model.recomputes(lengthOf(feeds))
    const results = await model.run({ kind: 'logits', recompute }, { ...feeds, slopes })
    model.addGradients(results, idsOf(feeds))
  }
}

function row(sequence: number, at: number, target: number, slope = 0, entropySlope = 0): Row {
  return { sequence, at, target, slope, entropySlope }
}

/** The sequences that have rows to read, in rectangles: the rows of each, and what a graph is fed to read them. */
function* rectangles<R extends Position>(
  model: Model,
  sequences: readonly Int32Array[],
  rows_B: readonly (readonly R[])[],
  checkpoint: Checkpoint,
): Generator<{ readonly rows: readonly R[]; readonly feeds: Feeds }> {
  for (const bucket of bucketsOf(model, sequences, sequence => rows_B[sequence]!.length > 0)) {
    checkpoint()
    const rows = bucket.members.flatMap(sequence => rows_B[sequence]!)
    yield { rows, feeds: rectangleOf(model, sequences, bucket, rows) }
  }
}

/**
 * Buckets of the sequences that have something to read; refuses any that is longer than the model's positions or names
 * an unknown token.
 */
function bucketsOf(
  model: Model,
  sequences: readonly Int32Array[],
  isRead: (sequence: number) => boolean,
): Bucket[] {
  const { config } = model
  for (const [i, ids] of sequences.entries()) requireIds(ids, config, `sequence ${i}`)
  const read = sequences.flatMap((_, sequence) => (isRead(sequence) ? [sequence] : []))
  const lengths = read.map(sequence => sequences[sequence]!.length)
  return bucketByLength(lengths, length => model.budget(length)).map(({ members, length }) => ({
    members: members.map(member => read[member]!),
    length: Math.min(length, config.maxPositions),
  }))
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

/** The sequences of a bucket as one rectangle, and where in it the rows stand. */
function rectangleOf(
  model: Model,
  sequences: readonly Int32Array[],
  { members, length }: Bucket,
  rows: readonly Position[],
): Feeds {
  const ids = new BigInt64Array(members.length * length)
  const start = new Map<number, number>()
  members.forEach((sequence, b) => {
    start.set(sequence, b * length)
    sequences[sequence]!.forEach((id, t) => {
      ids[b * length + t] = BigInt(id)
    })
  })
  const at = BigInt64Array.from(rows, row => BigInt(start.get(row.sequence)! + row.at))
  return { ...model.rectangle(ids, members.length, length), rows: { data: at, shape: [at.length] } }
}

/** Tokens in a row of a rectangle. */
function lengthOf(feeds: Feeds): number {
  return Number(feeds.layout!.data[1])
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
