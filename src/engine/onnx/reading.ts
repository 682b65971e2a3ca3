// Whole sequences through a model: scored, classified, or learned from. Each call lays its sequences out as rectangles
// and reads only the rows that are asked for.

import { EngineError } from '../../errors.ts'
import type {
  LabelledSequence,
  ModelInfo,
  SlopedSequence,
  TokenScores,
  WeightedSequence,
} from '../../types.ts'
import { classTargets, logitSlopes, requireWeights } from '../targets.ts'
import { type Bucket, bucketByLength } from './batches.ts'
import type { Model } from './model.ts'
import type { Fed, Feeds } from './session.ts'

/** Called between units of work; throws to stop there. */
export type Checkpoint = () => void

/** A token to read: where it stands, and the slopes of the loss for what is read. */
interface Row {
  readonly sequence: number
  readonly at: number
  readonly target: number // the next token
  readonly slope: number // for its log-probability
  readonly entropySlope: number
}

/** A labelled token of a classifier. */
interface ClassRow {
  readonly sequence: number
  readonly at: number
  readonly target_C: Float32Array
}

/** Log-probabilities and entropies of every token after the first. */
export async function score(
  model: Model,
  sequences: readonly Int32Array[],
  checkpoint: Checkpoint,
): Promise<TokenScores[]> {
  requireHead(model, 'language-model', 'score')
  const rows = sequences.map((ids, sequence) =>
    Array.from(ids.subarray(1), (target, at) => row(sequence, at, target)),
  )
  return readTokens(model, 'score', sequences, rows, checkpoint)
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
  return readTokens(model, 'learn', ids, rows, checkpoint)
}

async function readTokens(
  model: Model,
  kind: 'score' | 'learn',
  sequences: readonly Int32Array[],
  rows_B: readonly (readonly Row[])[],
  checkpoint: Checkpoint,
): Promise<TokenScores[]> {
  const out = sequences.map(ids => {
    const size = Math.max(0, ids.length - 1)
    const empty = (): Float32Array => new Float32Array(size).fill(Number.NaN)
    return { logprobs: empty(), entropies: empty() }
  })
  const entropy = rows_B.some(rows => rows.some(({ entropySlope }) => entropySlope !== 0))
  for (const bucket of bucketsOf(model, sequences, sequence => rows_B[sequence]!.length > 0)) {
    checkpoint()
    const rows = bucket.members.flatMap(sequence => rows_B[sequence]!)
    const slices = model.slices(rows.length)
    const spec = kind === 'score' ? { kind, slices } : { kind, slices, entropy }
    const results = await model.run(spec, {
      ...rectangleOf(model, sequences, bucket, rows),
      targets: column(BigInt64Array.from(rows, ({ target }) => BigInt(target))),
      sizes: sizesOf(rows.length, slices),
      slopes: column(Float32Array.from(rows, ({ slope }) => slope)),
      entropySlopes: column(Float32Array.from(rows, ({ entropySlope }) => entropySlope)),
    })
    rows.forEach(({ sequence, at }, n) => {
      out[sequence]!.logprobs[at] = results.logprobs![n]!
      out[sequence]!.entropies[at] = results.entropies![n]!
    })
    if (kind === 'learn') model.addGradients(results)
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
  for (const bucket of bucketsOf(model, sequences, sequence => sequences[sequence]!.length > 0)) {
    checkpoint()
    const rows = bucket.members.flatMap(sequence =>
      Array.from(sequences[sequence]!, (_, at) => ({ sequence, at })),
    )
    const feeds = rectangleOf(model, sequences, bucket, rows)
    const { logits } = await model.run({ kind: 'score', slices: 1 }, feeds)
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
    classTargets(labelled, classes).map((target): ClassRow => ({ sequence, ...target })),
  )
  const ids = sequences.map(s => s.ids)
  let loss = 0
  for (const bucket of bucketsOf(model, ids, sequence => rows_B[sequence]!.length > 0)) {
    checkpoint()
    const rows = bucket.members.flatMap(sequence => rows_B[sequence]!)
    const targets = new Float32Array(rows.length * classes)
    rows.forEach(({ target_C }, n) => {
      targets.set(target_C, n * classes)
    })
    const spec = { kind: 'learn', slices: 1, entropy: false } as const
    const results = await model.run(spec, {
      ...rectangleOf(model, ids, bucket, rows),
      targets: { data: targets, shape: [rows.length, classes] },
      slopes: column(new Float32Array(rows.length).fill(-scale)),
    })
    for (const likelihood of results.logprobs!) loss -= scale * likelihood
    model.addGradients(results)
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
  for (const bucket of bucketsOf(model, ids, sequence => rows_B[sequence]!.length > 0)) {
    checkpoint()
    const rows = bucket.members.flatMap(sequence => rows_B[sequence]!)
    const slopes = new Float32Array(rows.length * classes)
    rows.forEach(({ slope_C }, n) => {
      slopes.set(slope_C, n * classes)
    })
    const results = await model.run(
      { kind: 'logits' },
      {
        ...rectangleOf(model, ids, bucket, rows),
        slopes: { data: slopes, shape: [rows.length, classes] },
      },
    )
    model.addGradients(results)
  }
}

function row(sequence: number, at: number, target: number, slope = 0, entropySlope = 0): Row {
  return { sequence, at, target, slope, entropySlope }
}

/**
 * Rectangles of the sequences that have something to read; refuses any that is longer than the model's positions or names
 * an unknown token.
 */
function bucketsOf(
  { config, budget }: Model,
  sequences: readonly Int32Array[],
  isRead: (sequence: number) => boolean,
): Bucket[] {
  for (const [i, ids] of sequences.entries()) requireIds(ids, config, `sequence ${i}`)
  const read = sequences.flatMap((_, sequence) => (isRead(sequence) ? [sequence] : []))
  const lengths = read.map(sequence => sequences[sequence]!.length)
  return bucketByLength(lengths, budget).map(({ members, length }) => ({
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
  rows: readonly { readonly sequence: number; readonly at: number }[],
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

/** So many rows in equal slices. */
function sizesOf(rows: number, slices: number): Fed {
  const sizes = Array.from({ length: slices }, (_, i) =>
    BigInt(Math.floor((rows * (i + 1)) / slices) - Math.floor((rows * i) / slices)),
  )
  return { data: BigInt64Array.from(sizes), shape: [slices] }
}

function column(data: Float32Array | BigInt64Array): Fed {
  return { data, shape: [data.length, 1] }
}

function requireHead({ config }: Model, head: ModelInfo['head'], verb: string): void {
  if (config.head !== head) {
    throw new EngineError(`${verb} needs a ${head} head, this model has a ${config.head} head`)
  }
}
