// The smallest language model: the next token's logits are one row of a table, chosen by the token before it. A
// classifier reads the same row as its features, so the table is its trunk and `score` its head.

import { importance } from '../numbers/importance.ts'
import { logSumExp } from './choose.ts'
import type { ModelInfo, ScoreOptions, TokenScores, WeightedSequence } from './engine.ts'
import { packInt8 } from './hf/packed.ts'

/** The model's numbers, and what they imply. */
export class Table {
  readonly info: ModelInfo
  readonly values: Float32Array // table [V, V], then score.weight [classes, V] and score.bias [classes]
  readonly gradient: Float32Array

  constructor(info: ModelInfo) {
    this.info = info
    this.values = new Float32Array(info.parameters)
    this.gradient = new Float32Array(info.parameters)
  }

  /** Views of the parameters under the names they are saved by. */
  tensors(values = this.values): { name: string; shape: number[]; values: Float32Array }[] {
    const { vocabSize, classes } = this.info
    const trunk = vocabSize * vocabSize
    const bias = trunk + classes * vocabSize
    const table = {
      name: 'table.weight',
      shape: [vocabSize, vocabSize],
      values: values.subarray(0, trunk),
    }
    if (classes === 0) return [table]
    return [
      table,
      { name: 'score.weight', shape: [classes, vocabSize], values: values.subarray(trunk, bias) },
      { name: 'score.bias', shape: [classes], values: values.subarray(bias) },
    ]
  }

  /** Log-probabilities and entropies of every token after the first; means over the vocabulary where asked for. */
  scores(
    ids: Int32Array,
    { meanLogprobs = false }: ScoreOptions = {},
  ): TokenScores & { readonly entropies: Float32Array } {
    const size = Math.max(0, ids.length - 1)
    const logprobs = new Float32Array(size)
    const entropies = new Float32Array(size)
    const means = new Float32Array(size)
    for (let t = 0; t < size; t++) {
      const row = this.row(ids[t]!)
      const total = logSumExp(row, 1)
      logprobs[t] = row[ids[t + 1]!]! - total
      for (const logit of row) entropies[t]! -= Math.exp(logit - total) * (logit - total)
      means[t] = row.reduce((sum, logit) => sum + logit, 0) / row.length - total
    }
    return { logprobs, entropies, ...(meanLogprobs && { meanLogprobs: means }) }
  }

  /** Logits of what follows a token; features for the classifier. */
  row(id: number): Float32Array {
    const { vocabSize } = this.info
    return this.values.subarray(id * vocabSize, (id + 1) * vocabSize)
  }

  /** The same, rounded to 8 bits. */
  roundedRow(id: number): Float32Array {
    const { data, scales } = packInt8(this.row(id), 1)
    return Float32Array.from(data, value => value * scales[0]!)
  }

  /** Logits of the classes at a token. */
  classLogits(id: number): Float32Array {
    const features = this.row(id)
    const [, weight, bias] = this.tensors()
    return bias!.values.map((b, c) => {
      const at = c * features.length
      return features.reduce((sum, x, v) => sum + x * weight!.values[at + v]!, b)
    })
  }

  /** Adds the gradient of -sum weights * logprob - sum entropyWeights * entropy, what was `drawn` by importance. */
  learn({ ids, weights, entropyWeights, drawn }: WeightedSequence): void {
    const { vocabSize } = this.info
    const { entropies, logprobs } = this.scores(ids)
    weights.forEach((given, t) => {
      const by = drawn?.[t] ?? Number.NaN
      const weight = Number.isNaN(by) ? given : given * importance(logprobs[t]!, by)
      const row = this.row(ids[t]!)
      const total = logSumExp(row, 1)
      const at = ids[t]! * vocabSize
      const pull = entropyWeights?.[t] ?? 0
      for (let v = 0; v < vocabSize; v++) {
        const logprob = row[v]! - total
        // d(-weight * log p[target]) / d logit[v] = weight * (p[v] - [v = target]), dH / d logit[v] = -p (log p + H)
        const slope = weight + pull * (logprob + entropies[t]!)
        this.gradient[at + v]! += slope * Math.exp(logprob)
      }
      this.gradient[at + ids[t + 1]!]! -= weight
    })
  }

  /** Adds the gradient of scale * -sum target_C * log softmax(logits); returns that loss without the scale. */
  learnClass(id: number, target_C: Float32Array, scale: number): number {
    const logits = this.classLogits(id)
    const total = logSumExp(logits, 1)
    const mass = target_C.reduce((sum, target) => sum + target, 0)
    const slopes_C = logits.map((x, c) => scale * (mass * Math.exp(x - total) - target_C[c]!))
    this.learnLogits(id, slopes_C)
    return target_C.reduce((loss, target, c) => loss + target * (total - logits[c]!), 0)
  }

  /** Adds the gradient of sum slopes_C * logits at a token. */
  learnLogits(id: number, slopes_C: Float32Array): void {
    const features = this.row(id)
    const weight = this.tensors()[1]!.values
    const [table, dweight, dbias] = this.tensors(this.gradient)
    slopes_C.forEach((slope, c) => {
      dbias!.values[c]! += slope
      for (let v = 0; v < features.length; v++) {
        dweight!.values[c * features.length + v]! += slope * features[v]!
        table!.values[id * features.length + v]! += slope * weight[c * features.length + v]!
      }
    })
  }
}
