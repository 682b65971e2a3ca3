// What shapes a model, as properties: the graph and the list of parameters ask these and never the family's name.

import { EngineError } from '../../errors.ts'

export type Architecture = 'qwen2' | 'qwen3' | 'llama' | 'mistral' | 'smollm3'

/**
 * How positions become angles (arXiv:2104.09864): one frequency theta^(-2 i / headDim) a pair. `linear` divides all of
 * them by a factor (arXiv:2306.15595); `llama3` divides those with few turns in `originalPositions` tokens and keeps the
 * fast ones (arXiv:2407.21783); `yarn` does so between two dimensions of the head, and scales what is turned, so that
 * attention is sharper (arXiv:2309.00071). `dynamic` divides where a sequence is longer than the model's positions, which
 * none is here.
 */
export type Rope =
  | { readonly kind: 'default'; readonly theta: number }
  | { readonly kind: 'linear' | 'dynamic'; readonly theta: number; readonly factor: number }
  | {
      readonly kind: 'llama3'
      readonly theta: number
      readonly factor: number
      readonly lowFrequencyFactor: number // at most so many turns: divided
      readonly highFrequencyFactor: number // at least so many turns: kept
      readonly originalPositions: number
    }
  | {
      readonly kind: 'yarn'
      readonly theta: number
      readonly factor: number
      readonly attentionFactor: number // of cosines and sines
      readonly betaFast: number // at least so many turns: kept
      readonly betaSlow: number // at most so many turns: divided
      readonly truncate: boolean // the two dimensions are whole numbers
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
  readonly unplacedLayers: readonly number[] // ascending; their queries and keys are not turned
  readonly window: number | null // tokens that one of a sliding layer sees, itself included
  readonly slidingLayers: readonly number[] // ascending; none where there is no window
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
  readonly theta: number // where its config has none
  readonly tied: boolean // likewise
  biases(asked: {
    readonly attention: boolean
    readonly mlp: boolean
  }): Pick<ModelConfig, 'qkvBias' | 'outputBias' | 'mlpBias'>
}

const usual = { qkNorm: false, theta: 10_000, tied: false }
const asItSays: Family['biases'] = ({ attention, mlp }) => {
  return { qkvBias: attention, outputBias: attention, mlpBias: mlp }
}

const families: Readonly<Record<Architecture, Family>> = {
  qwen2: {
    ...usual,
    biases: () => ({ qkvBias: true, outputBias: false, mlpBias: false }),
  },
  qwen3: {
    ...usual,
    qkNorm: true,
    biases: ({ attention }) => ({ qkvBias: attention, outputBias: attention, mlpBias: false }),
  },
  llama: { ...usual, biases: asItSays },
  mistral: {
    ...usual,
    biases: () => ({ qkvBias: false, outputBias: false, mlpBias: false }),
  },
  smollm3: { ...usual, theta: 2e6, tied: true, biases: asItSays },
}

/** What a family's configs mean where they do not say. */
export function familyDefaults(architecture: Architecture): Pick<Family, 'theta' | 'tied'> {
  return families[architecture]
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
  readonly attentionBias?: boolean // of qwen3, llama and smollm3; default false
  readonly mlpBias?: boolean // of llama and smollm3; default false
  readonly rope?: Rope // default: theta 10,000
  readonly unplacedLayers?: readonly number[] // of smollm3; default none
  readonly window?: number // not of llama; default none
  readonly slidingLayers?: readonly number[] // with a window; default all, and always all of mistral
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
  const every = Array.from({ length: shape.layers }, (_, layer) => layer)
  const window = shape.window ?? null
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
    unplacedLayers: shape.unplacedLayers ?? [],
    window,
    slidingLayers: window === null ? [] : (shape.slidingLayers ?? every),
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
  // New layers see as far as the one below them.
  const sliding = trunk.slidingLayers.includes(trunk.layers - 1)
  const added = Array.from({ length: sliding ? newLayers : 0 }, (_, i) => trunk.layers + i)
  return {
    ...trunk,
    layers: trunk.layers + newLayers,
    slidingLayers: [...trunk.slidingLayers, ...added],
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

const mostTokens = 2 ** 24 // sixty times the largest known vocabulary: all ids are listed
const mostLayers = 10_000 // more is a damaged file, and would list parameters for hours

/** Refuses more layers than any model has, before anything is listed layer by layer. */
export function checkLayers(where: string, layers: number): void {
  if (layers <= mostLayers) return
  throw new EngineError(`${where}: ${layers} layers; expected at most ${mostLayers}`)
}

/** Refuses sizes that do not fit each other; `where` names them in the EngineError. */
export function checkSizes(where: string, config: ModelConfig): void {
  const { hiddenSize, heads, kvHeads, headDim, layers, vocabSize } = config
  checkLayers(where, layers)
  if (vocabSize > mostTokens)
    throw new EngineError(`${where}: a vocabulary of ${vocabSize}; expected at most ${mostTokens}`)
  if (!Number.isInteger(headDim) || headDim % 2 !== 0)
    throw new EngineError(
      `${where}: hidden size ${hiddenSize} in ${heads} heads gives ${headDim} a head; expected an even integer`,
    )
  if (heads % kvHeads !== 0)
    throw new EngineError(`${where}: ${heads} heads do not divide into ${kvHeads} key-value heads`)
  const { rope } = config
  if (rope.kind === 'yarn' && rope.theta <= 1)
    throw new EngineError(`${where}: yarn with theta ${rope.theta}; expected a number above 1`)
  if (rope.kind === 'llama3' && rope.highFrequencyFactor <= rope.lowFrequencyFactor)
    throw new EngineError(
      `${where}: high frequency factor ${rope.highFrequencyFactor}; expected more than the low one, ${rope.lowFrequencyFactor}`,
    )
}
