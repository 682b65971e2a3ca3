// The transformer once more, as plainly as it can be written: one sequence, loops, float64, no gradients.

import type { ModelConfig } from '../../../src/engine/hf/config.ts'
import { rotaryFrequencies } from '../../../src/engine/onnx/tables.ts'

type Vector = readonly number[]
type Weights = ReadonlyMap<string, Float32Array>

/** Logits after every token: over the vocabulary, or over the classes of the head. */
export function referenceLogits(config: ModelConfig, weights: Weights, ids: Int32Array): Vector[] {
  const linear = linearOf(weights)
  const norm = normOf(config, weights)
  const embedding = weights.get('model.embed_tokens.weight')!
  const { hiddenSize } = config
  let x = Array.from(ids, id => [...embedding.subarray(id * hiddenSize, (id + 1) * hiddenSize)])
  for (let l = 0; l < config.layers; l++) {
    const layer = `model.layers.${l}`
    const attended = attention(
      config,
      weights,
      x.map(row => norm(row, `${layer}.input_layernorm`)),
      l,
    )
    x = x.map((row, t) => add(row, attended[t]!))
    x = x.map(row => {
      const h = norm(row, `${layer}.post_attention_layernorm`)
      const gate = linear(h, `${layer}.mlp.gate_proj`)
      const up = linear(h, `${layer}.mlp.up_proj`)
      const inner = gate.map((g, i) => (g / (1 + Math.exp(-g))) * up[i]!)
      return add(row, linear(inner, `${layer}.mlp.down_proj`))
    })
  }
  return x.map(row => {
    const h = norm(row, 'model.norm')
    if (config.head === 'language-model')
      return linear(h, config.tied ? 'model.embed_tokens' : 'lm_head')
    if (!config.headHidden) return linear(h, 'score')
    return linear(
      linear(h, 'score.0').map(v => Math.max(0, v)),
      'score.2',
    )
  })
}

function attention(config: ModelConfig, weights: Weights, x: Vector[], layer: number): Vector[] {
  const { heads, kvHeads, headDim, qkNorm, rope, slidingLayers, unplacedLayers } = config
  const name = `model.layers.${layer}.self_attn`
  const window = slidingLayers.includes(layer) ? config.window! : Number.POSITIVE_INFINITY
  const sharpness = rope.kind === 'yarn' ? rope.attentionFactor : 1
  const linear = linearOf(weights)
  const norm = normOf(config, weights)
  const frequencies = rotaryFrequencies(rope, headDim)
  const split = (which: string, count: number): Vector[][] =>
    x.map((row, t) => {
      const all = linear(row, `${name}.${which}_proj`)
      return Array.from({ length: count }, (_, h) => {
        const head = all.slice(h * headDim, (h + 1) * headDim)
        if (which === 'v') return head
        const normed = qkNorm ? norm(head, `${name}.${which}_norm`) : head
        if (unplacedLayers.includes(layer)) return normed
        return turn(normed, t, frequencies).map(value => sharpness * value)
      })
    })
  const [queries, keys, values] = [split('q', heads), split('k', kvHeads), split('v', kvHeads)]
  return x.map((_, t) => {
    const mixed = queries[t]!.flatMap((query, h) => {
      const shared = Math.floor(h / (heads / kvHeads))
      const seen = Array.from({ length: t + 1 }, (_, s) => s).filter(s => t - s < window)
      const scores = seen.map(s => dot(query, keys[s]![shared]!) / Math.sqrt(headDim))
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0)
      return Array.from({ length: headDim }, (_, d) =>
        seen.reduce(
          (sum, s, i) => sum + (Math.exp(scores[i]!) / total) * values[s]![shared]![d]!,
          0,
        ),
      )
    })
    return linear(mixed, `${name}.o_proj`)
  })
}

function turn(x: Vector, position: number, frequencies: Float32Array): Vector {
  const half = x.length / 2
  return x.map((value, i) => {
    const angle = position * frequencies[i % half]!
    const partner = i < half ? -x[i + half]! : x[i - half]!
    return value * Math.cos(angle) + partner * Math.sin(angle)
  })
}

function linearOf(weights: Weights) {
  return (x: Vector, name: string): number[] => {
    const matrix = weights.get(`${name}.weight`)!
    const bias = weights.get(`${name}.bias`)
    return Array.from({ length: matrix.length / x.length }, (_, out) => {
      const row = [...matrix.subarray(out * x.length, (out + 1) * x.length)]
      return dot(row, x) + (bias?.[out] ?? 0)
    })
  }
}

function normOf({ rmsEps }: ModelConfig, weights: Weights) {
  return (x: Vector, name: string): number[] => {
    const weight = weights.get(`${name}.weight`)!
    const deviation = Math.sqrt(dot(x, x) / x.length + rmsEps)
    return x.map((value, i) => (value / deviation) * weight[i]!)
  }
}

function add(a: Vector, b: Vector): number[] {
  return a.map((value, i) => value + b[i]!)
}

function dot(a: Vector, b: Vector): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0)
}
