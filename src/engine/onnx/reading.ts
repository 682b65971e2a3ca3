// Whole sequences through a model: scored, classified, or learned from. Each call lays its sequences out as rectangles
// and reads only the rows that are asked for.

import { EngineError } from '../../errors.ts'
import type { LabelledSequence, ModelInfo, TokenScores, WeightedSequence } from '../../types.ts'
import { type Bucket, bucketByLength } from './batches.ts'
import type { Model } from './model.ts'
import type { Feeds } from './session.ts'

/** Called between units of work; throws to stop there. */
export type Checkpoint = () => void

/** A token to read: where it stands, what is asked of it, and the slope of the loss for the answer. */
interface Row {
  readonly sequence: number
  readonly at: number
  readonly target: number
  readonly slope: number
}

/** Log-probabilities and entropies of every token after the first. */
export async function score(
  model: Model,
  sequences: readonly Int32Array[],
  checkpoint: Checkpoint,
): Promise<TokenScores[]> {
  requireHead(model, 'language-model', 'score')
  return readTokens(model, 'score', sequences, () => 0, checkpoint)
}

/** Adds the gradient of -sum weights * logprob; returns what was scored on the way. */
export async function accumulate(
  model: Model,
  sequences: readonly WeightedSequence[],
  checkpoint: Checkpoint,
): Promise<TokenScores[]> {
  requireHead(model, 'language-model', 'accumulate')
  for (const { ids, weights } of sequences) {
    if (weights.length === Math.max(0, ids.length - 1)) continue
    const expected = Math.max(0, ids.length - 1)
    throw new EngineError(
      `accumulate: ${weights.length} weights for ${ids.length} ids, expected ${expected}`,
    )
  }
  const ids = sequences.map(s => s.ids)
  return readTokens(model, 'learn', ids, (s, t) => -sequences[s]!.weights[t]!, checkpoint)
}

async function readTokens(
  model: Model,
  graph: 'score' | 'learn',
  sequences: readonly Int32Array[],
  slopeOf: (sequence: number, at: number) => number,
  checkpoint: Checkpoint,
): Promise<TokenScores[]> {
  const out = sequences.map(ids => {
    const size = Math.max(0, ids.length - 1)
    return { logprobs: new Float32Array(size), entropies: new Float32Array(size) }
  })
  for (const bucket of bucketsOf(model, sequences)) {
    checkpoint()
    const rows = bucket.members.flatMap(sequence =>
      Array.from(sequences[sequence]!.subarray(1), (target, at): Row => {
        return { sequence, at, target, slope: slopeOf(sequence, at) }
      }),
    )
    if (rows.length === 0) continue
    const results = await model.run(graph, feedsOf(model, graph, sequences, bucket, rows))
    rows.forEach(({ sequence, at }, n) => {
      out[sequence]!.logprobs[at] = results.logprobs![n]!
      out[sequence]!.entropies[at] = results.entropies![n]!
    })
    if (graph === 'learn') model.addGradients(results)
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
  for (const bucket of bucketsOf(model, sequences)) {
    checkpoint()
    const rows = bucket.members.flatMap(sequence =>
      Array.from(sequences[sequence]!, (_, at): Row => ({ sequence, at, target: 0, slope: 0 })),
    )
    if (rows.length === 0) continue
    const feeds = feedsOf(model, 'classify', sequences, bucket, rows)
    const { logits } = await model.run('score', feeds)
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
  const ids = sequences.map(s => s.ids)
  let loss = 0
  for (const bucket of bucketsOf(model, ids)) {
    checkpoint()
    const rows = bucket.members.flatMap(sequence => labelledRows(model, sequences, sequence, scale))
    if (rows.length === 0) continue
    const results = await model.run('learn', feedsOf(model, 'learn', ids, bucket, rows))
    for (const logprob of results.logprobs!) loss -= scale * logprob
    model.addGradients(results)
  }
  return loss
}

function labelledRows(
  model: Model,
  sequences: readonly LabelledSequence[],
  sequence: number,
  scale: number,
): Row[] {
  const { ids, classes } = sequences[sequence]!
  if (classes.length !== ids.length) {
    throw new EngineError(
      `accumulateClasses: ${classes.length} classes for ${ids.length} ids, expected as many`,
    )
  }
  const rows: Row[] = []
  classes.forEach((target, at) => {
    if (target === -100) return
    if (target < 0 || target >= model.config.classes) {
      throw new EngineError(
        `accumulateClasses: class ${target} of a head with ${model.config.classes}; -100 means no label`,
      )
    }
    rows.push({ sequence, at, target, slope: -scale })
  })
  return rows
}

/** Rectangles of sequences; refuses one that is longer than the model's positions or names an unknown token. */
function bucketsOf({ config, budget }: Model, sequences: readonly Int32Array[]): Bucket[] {
  for (const [i, ids] of sequences.entries()) requireIds(ids, config, `sequence ${i}`)
  const lengths = sequences.map(ids => ids.length)
  const buckets = bucketByLength(lengths, budget).filter(bucket => bucket.length > 0)
  return buckets.map(bucket => ({
    ...bucket,
    length: Math.min(bucket.length, config.maxPositions),
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

function feedsOf(
  model: Model,
  graph: 'score' | 'learn' | 'classify',
  sequences: readonly Int32Array[],
  { members, length }: Bucket,
  rows: readonly Row[],
): Feeds {
  const ids = new BigInt64Array(members.length * length)
  const start = new Map<number, number>()
  members.forEach((sequence, b) => {
    start.set(sequence, b * length)
    sequences[sequence]!.forEach((id, t) => {
      ids[b * length + t] = BigInt(id)
    })
  })
  const N = rows.length
  const at = BigInt64Array.from(rows, row => BigInt(start.get(row.sequence)! + row.at))
  const feeds = { ...model.rectangle(ids, members.length, length), rows: { data: at, shape: [N] } }
  if (graph === 'classify') return feeds
  const targets = { data: BigInt64Array.from(rows, row => BigInt(row.target)), shape: [N, 1] }
  if (graph === 'score') return { ...feeds, targets }
  return {
    ...feeds,
    targets,
    slopes: { data: Float32Array.from(rows, r => r.slope), shape: [N, 1] },
  }
}

function requireHead({ config }: Model, head: ModelInfo['head'], verb: string): void {
  if (config.head !== head) {
    throw new EngineError(`${verb} needs a ${head} head, this model has a ${config.head} head`)
  }
}
