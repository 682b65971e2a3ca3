// The model behind the server of the tests: a table of logits that really samples and learns, put together as servers do.

import { adamW, type Moments, norm } from '../../../../src/engine/adamw.ts'
import { Chooser } from '../../../../src/engine/choose.ts'
import type { ModelInfo } from '../../../../src/engine/engine.ts'
import { Table } from '../../../../src/engine/tabular.ts'
import { random } from '../../../../src/numbers/random.ts'

export interface Datum {
  readonly ids: Int32Array // model input, then the last target
  readonly inputs: Readonly<Record<string, Float32Array>>
}

export interface SampleAsked {
  readonly ids: Int32Array
  readonly n: number
  readonly seed: number
  readonly maxTokens: number
  readonly temperature: number
  readonly topK: number
  readonly topP: number
  readonly stop: readonly number[]
}

export interface Adam {
  readonly learning_rate: number
  readonly beta1: number
  readonly beta2: number
  readonly eps: number
  readonly weight_decay: number
  readonly grad_clip_norm: number
}

/** Weights and optimizer, as a server keeps them on its disk. */
export interface State {
  readonly values: Float32Array
  readonly moments: Moments | null
}

export class ServerModel {
  readonly table: Table
  private readonly moments: Moments
  private sequences = 0 // that added to the gradient

  constructor(info: ModelInfo, { values, moments }: State) {
    this.table = new Table(info)
    this.table.values.set(values)
    const fresh = (): Float32Array => new Float32Array(values.length)
    this.moments = moments === null ? { mean: fresh(), square: fresh(), steps: 0 } : copied(moments)
  }

  state(): State {
    return { values: this.table.values.slice(), moments: copied(this.moments) }
  }

  forward(data: readonly Datum[]): Float32Array[] {
    return data.map(({ ids }) => this.table.scores(ids).logprobs)
  }

  /** Adds gradients: sums over tokens, or (SkyRL on JAX) means weighted by `weights`, of which the step takes the mean. */
  learn(
    data: readonly Datum[],
    loss: string,
    config: Readonly<Record<string, number>>,
    reduction: 'sum' | 'mean',
  ): Float32Array[] {
    const out = this.forward(data)
    data.forEach(({ ids, inputs }, i) => {
      const slopes_T = slopesOf(loss, config, inputs, out[i]!)
      const weights_T = inputs.weights ?? new Float32Array(ids.length - 1).fill(1)
      const total = loss === 'cross_entropy' ? weights_T.reduce((sum, x) => sum + x, 0) : null
      const size = reduction === 'mean' ? (total ?? weights_T.reduce((sum, x) => sum + x, 0)) : 1
      const pulls_T = slopes_T.map((slope, t) => (slope * weights_T[t]!) / size)
      this.table.learn({ ids, weights: pulls_T })
      this.sequences++
    })
    return out
  }

  step(adam: Adam, reduction: 'sum' | 'mean', clips: boolean): number {
    const { gradient, values } = this.table
    const share = reduction === 'mean' && this.sequences > 0 ? 1 / this.sequences : 1
    for (let i = 0; i < gradient.length; i++) gradient[i]! *= share
    const found = norm(gradient)
    const most = clips && adam.grad_clip_norm > 0 ? adam.grad_clip_norm : Infinity
    this.moments.steps++
    const settings = {
      learningRate: adam.learning_rate,
      beta1: adam.beta1,
      beta2: adam.beta2,
      epsilon: adam.eps,
      weightDecay: adam.weight_decay,
    }
    adamW(values, gradient, this.moments, settings, Math.min(1, most / (found + 1e-6)))
    gradient.fill(0)
    this.sequences = 0
    return found
  }
}

/** Completions by weights; completion i draws from seed + i. Log-probabilities are the model's, whatever is drawn from. */
export function sample(info: ModelInfo, values: Float32Array, asked: SampleAsked) {
  const { ids: prompt, n, seed, maxTokens, temperature, topK, topP, stop } = asked
  const row = (id: number): Float32Array =>
    values.subarray(id * info.vocabSize, (id + 1) * info.vocabSize)
  const chooser = new Chooser(info.vocabSize, {
    ...(temperature === 0 ? { greedy: true } : { temperature }),
    ...(topK > 0 && { topK }),
    topP,
  })
  return Array.from({ length: n }, (_, i) => {
    const draw = random(seed + i, 'server')
    const tokens: number[] = []
    const logprobs: number[] = []
    let stopped = false
    while (tokens.length < maxTokens && !stopped) {
      const choice = chooser.choose(row(tokens.at(-1) ?? prompt.at(-1)!), 0, draw())
      tokens.push(choice.id)
      logprobs.push(Math.fround(choice.logprob))
      stopped = stop.includes(choice.id)
    }
    return { stop_reason: stopped ? 'stop' : 'length', tokens, logprobs }
  })
}

/** -d loss / d logprob of every token, without its weight. */
function slopesOf(
  loss: string,
  config: Readonly<Record<string, number>>,
  { advantages, logprobs, weights }: Readonly<Record<string, Float32Array>>,
  now: Float32Array,
): Float32Array {
  if (loss === 'cross_entropy') return new Float32Array(weights?.length ?? now.length).fill(1)
  const ratio = (t: number): number => Math.exp(now[t]! - (logprobs?.[t] ?? 0))
  const pull = (t: number): number => advantages?.[t] ?? 0 // missing ones count as 0
  if (loss === 'importance_sampling') return now.map((_, t) => ratio(t) * pull(t))
  if (loss !== 'cispo') throw new Error(`Loss functions ['${loss}'] are not supported`)
  const { clip_low_threshold: low = 0.8, clip_high_threshold: high = 1.2 } = config
  return now.map((_, t) => Math.min(high, Math.max(low, ratio(t))) * pull(t))
}

function copied({ mean, square, steps }: Moments): Moments {
  return { mean: mean.slice(), square: square.slice(), steps }
}
