// What shapes a model, as properties: the graph and the list of parameters ask these and never the family's name.

import { EngineError } from '../../errors.ts'

export type Architecture = 'qwen2' | 'qwen3' | 'llama'

/**
 * How positions become angles (arXiv:2104.09864): one frequency theta^(-2 i / headDim) a pair. `linear` divides all of
 * them by a factor (arXiv:2306.15595); `llama3` divides those with few turns in `originalPositions` tokens and keeps the
 * fast ones (arXiv:2407.21783).
 */
export type Rope =
  | { readonly kind: 'default'; readonly theta: number }
  | { readonly kind: 'linear'; readonly theta: number; readonly factor: number }
  | {
      readonly kind: 'llama3'
      readonly theta: number
      readonly factor: number
      readonly lowFrequencyFactor: number // at most so many turns: divided
      readonly highFrequencyFactor: number // at least so many turns: kept
      readonly originalPositions: number
    }

/** Everything that a model's graph, its list of parameters and its files depend on. */
export interface ModelConfig {
  readonly architecture: Architecture
  readonly head: 'language-model' | 'token-classification'
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly layers: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly vocabSize: number
  readonly maxPositions: number
  readonly rope: Rope
  readonly rmsEps: number
  readonly initializerRange: number // deviation of fresh matrices
  readonly qkvBias: boolean
  readonly outputBias: boolean // of the projection after attention
  readonly mlpBias: boolean
  readonly qkNorm: boolean // queries and keys are normalised head by head
  readonly tied: boolean // the output head is the embedding; never for token classification
  readonly classes: number // 0 for a language model
  readonly headHidden: boolean // a classification head has a hidden layer, as wide as the trunk
  readonly headBias: boolean // of a classification head
  readonly labels: readonly string[] // names of the classes
  readonly bosId: number | null
  readonly eosIds: readonly number[]
  readonly padId: number | null
  readonly extra: Readonly<Record<string, unknown>> // of config.json, not interpreted, kept when saved
  readonly generation: Readonly<Record<string, unknown>> // likewise, of generation_config.json
}

/** What a family fixes; `biases` says which of its projections have one when the config asks for biases. */
interface Family {
  readonly qkNorm: boolean
  biases(asked: {
    readonly attention: boolean
    readonly mlp: boolean
  }): Pick<ModelConfig, 'qkvBias' | 'outputBias' | 'mlpBias'>
}

const families: Readonly<Record<Architecture, Family>> = {
  qwen2: {
    qkNorm: false,
    biases: () => ({ qkvBias: true, outputBias: false, mlpBias: false }),
  },
  qwen3: {
    qkNorm: true,
    biases: ({ attention }) => ({ qkvBias: attention, outputBias: attention, mlpBias: false }),
  },
  llama: {
    qkNorm: false,
    biases: ({ attention, mlp }) => ({ qkvBias: attention, outputBias: attention, mlpBias: mlp }),
  },
}

/** The properties that a family's name stands for, with the biases that its config asks for. */
export function familyProperties(
  architecture: Architecture,
  asked: { readonly attention: boolean; readonly mlp: boolean },
): Pick<ModelConfig, 'qkNorm' | 'qkvBias' | 'outputBias' | 'mlpBias'> {
  const { qkNorm, biases } = families[architecture]
  return { qkNorm, ...biases(asked) }
}

/** The shape of a fresh model; what is left out is the family's usual choice. */
export interface FreshShape {
  readonly architecture: Architecture
  readonly vocabSize: number
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly layers: number
  readonly heads: number
  readonly kvHeads?: number // default: heads
  readonly headDim?: number // default: hiddenSize / heads
  readonly maxPositions: number
  readonly head?: ModelConfig['head'] // default: language-model
  readonly classes?: number // of token classification; default 2
  readonly headHidden?: boolean // of token classification; default false
  readonly tied?: boolean // of a language model; default true
  readonly attentionBias?: boolean // of qwen3 and llama; default false
  readonly mlpBias?: boolean // of llama; default false
  readonly rope?: Rope // default: theta 10,000
  readonly rmsEps?: number // default 1e-6
  readonly initializerRange?: number // default 0.02
  readonly bosId?: number | null
  readonly eosIds: readonly number[]
  readonly padId?: number | null
}

/** The config of a model that has no folder yet; sizes that do not fit each other are an EngineError. */
export function freshConfig(shape: FreshShape): ModelConfig {
  const head = shape.head ?? 'language-model'
  const language = head === 'language-model'
  const classes = language ? 0 : (shape.classes ?? 2)
  const asked = { attention: shape.attentionBias ?? false, mlp: shape.mlpBias ?? false }
  const config: ModelConfig = {
    architecture: shape.architecture,
    head,
    hiddenSize: shape.hiddenSize,
    intermediateSize: shape.intermediateSize,
    layers: shape.layers,
    heads: shape.heads,
    kvHeads: shape.kvHeads ?? shape.heads,
    headDim: shape.headDim ?? shape.hiddenSize / shape.heads,
    vocabSize: shape.vocabSize,
    maxPositions: shape.maxPositions,
    rope: shape.rope ?? { kind: 'default', theta: 10_000 },
    rmsEps: shape.rmsEps ?? 1e-6,
    initializerRange: shape.initializerRange ?? 0.02,
    ...familyProperties(shape.architecture, asked),
    tied: language && (shape.tied ?? true),
    classes,
    headHidden: !language && (shape.headHidden ?? false),
    headBias: !language,
    labels: labelNames(classes),
    bosId: shape.bosId ?? null,
    eosIds: [...shape.eosIds],
    padId: shape.padId ?? null,
    extra: {},
    generation: {},
  }
  checkSizes('freshConfig', config)
  return config
}

/** The config of a classifier of tokens with this model's trunk, `newLayers` layers taller. */
export function classifierConfig(
  trunk: ModelConfig,
  classes: number,
  newLayers: number,
): ModelConfig {
  return {
    ...trunk,
    layers: trunk.layers + newLayers,
    head: 'token-classification',
    tied: false,
    classes,
    headHidden: false,
    headBias: true,
    labels: labelNames(classes),
  }
}

/** The names that transformers gives to classes without any. */
export function labelNames(classes: number): string[] {
  return Array.from({ length: classes }, (_, i) => `LABEL_${i}`)
}

const mostLayers = 10_000 // more is a damaged file, and would list parameters for hours

/** Refuses sizes that do not fit each other; `where` names them in the EngineError. */
export function checkSizes(where: string, config: ModelConfig): void {
  const { hiddenSize, heads, kvHeads, headDim, layers } = config
  if (layers > mostLayers)
    throw new EngineError(`${where}: ${layers} layers; expected at most ${mostLayers}`)
  if (!Number.isInteger(headDim) || headDim % 2 !== 0)
    throw new EngineError(
      `${where}: hidden size ${hiddenSize} in ${heads} heads gives ${headDim} a head; expected an even integer`,
    )
  if (heads % kvHeads !== 0)
    throw new EngineError(`${where}: ${heads} heads do not divide into ${kvHeads} key-value heads`)
  const { rope } = config
  if (rope.kind === 'llama3' && rope.highFrequencyFactor <= rope.lowFrequencyFactor)
    throw new EngineError(
      `${where}: high frequency factor ${rope.highFrequencyFactor}; expected more than the low one, ${rope.lowFrequencyFactor}`,
    )
}
