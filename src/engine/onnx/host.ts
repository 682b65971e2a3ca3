// The engine's verbs, on the thread that runs the graphs. A message asks for one verb; its answer carries the same number.

import { ConfigError } from '../../errors.ts'
import { random } from '../../numbers/random.ts'
import type { TokenBytes } from '../../tokenizer/tokenizer.ts'
import type { HiddenOptions, SampleOptions, ScoreOptions } from '../engine.ts'
import { readPacked, readParameters } from '../hf/checkpoint.ts'
import { classifierConfig, type ModelConfig } from '../hf/config.ts'
import { readConfig } from '../hf/config-file.ts'
import { type Adapter, initialiseAdapter, type Lora, readAdapter } from '../hf/lora.ts'
import { type BaseType, type PackedWeights, packAll, unpackAll } from '../hf/packed.ts'
import { initialise } from '../hf/parameters.ts'
import { absentIds } from '../hf/vocabulary.ts'
import { type Lanes, openLanes } from './lanes.ts'
import type { Model, ModelOptions } from './model.ts'
import type { Checkpoint } from './reading.ts'
import { restore, type SavingOptions, save } from './saving.ts'
import { requireDevice } from './session.ts'

/** Where a model comes from: a folder, one whose trunk grows into a classifier, or nothing but a shape. */
export type Source =
  | { readonly kind: 'folder'; readonly folder: string; readonly adapter: AdapterSource | null }
  | {
      readonly kind: 'new-head'
      readonly folder: string
      readonly classes: number
      readonly newLayers: number
      readonly seed: number
      readonly lora?: Lora | null // where the trunk stays as it is, but for an adapter
    }
  | { readonly kind: 'fresh'; readonly config: ModelConfig; readonly seed: number }

/** What learns beside frozen weights: a fresh low-rank adapter, or one that was saved. */
export type AdapterSource =
  | { readonly kind: 'fresh'; readonly lora: Lora; readonly seed: number }
  | { readonly kind: 'saved'; readonly folder: string }

type Verb<A extends readonly unknown[]> = (
  lanes: Lanes,
  checkpoint: Checkpoint,
  ...args: A
) => unknown

/** What can be asked of a host; the arguments and answers cross threads, so they are plain data. */
export const verbs = {
  spell: ({ model }, _, tokens: TokenBytes) => model.spell(tokens),
  sample: (lanes, checkpoint, requests, options: Omit<SampleOptions, 'signal'>) =>
    lanes.sample(requests, options, checkpoint),
  score: (lanes, checkpoint, sequences, options: ScoreOptions) =>
    lanes.each('score', sequences, [options], checkpoint),
  scoreBase: (lanes, checkpoint, sequences, options: ScoreOptions) =>
    lanes.each('scoreBase', sequences, [options], checkpoint),
  hidden: (lanes, checkpoint, sequences, options: HiddenOptions) =>
    lanes.each('hidden', sequences, [options], checkpoint),
  classify: (lanes, checkpoint, sequences) => lanes.each('classify', sequences, [], checkpoint),
  accumulate: (lanes, checkpoint, sequences) => lanes.each('accumulate', sequences, [], checkpoint),
  accumulateClasses: async (lanes, checkpoint, sequences, scale) => {
    const { answers } = await lanes.read('accumulateClasses', sequences, [scale], checkpoint)
    return answers.reduce((sum, loss) => sum + loss, 0)
  },
  accumulateLogits: async (lanes, checkpoint, sequences) => {
    await lanes.read('accumulateLogits', sequences, [], checkpoint)
  },
  step: (lanes, _, options) => {
    lanes.gather()
    lanes.renewed()
    return lanes.model.step(options)
  },
  clear: lanes => lanes.clear(),
  weights: ({ model }) => model.trained.slice(),
  blend: (lanes, _, weights: Float32Array, share: number) => {
    lanes.model.blend(weights, share)
    lanes.clear()
    lanes.renewed()
  },
  parameters: ({ model }) =>
    new Map([...model.views()].map(([name, values]) => [name, values.slice()])),
  gradients: lanes => {
    lanes.gather()
    return tensorsOf(lanes.model, lanes.model.gradient())
  },
  save: ({ model }, _, folder: string, options: SavingOptions) => save(model, folder, options),
  restore: async (lanes, _, folder: string) => {
    await restore(lanes.model, folder)
    lanes.clear()
    lanes.renewed()
  },
  // biome-ignore lint/suspicious/noExplicitAny: each verb has arguments of its own, checked by OnnxEngine
} satisfies Record<string, Verb<any>>

export type VerbName = keyof typeof verbs

/** Reads or makes the model that a source describes. */
export async function openModel(source: Source, options: Partial<ModelOptions>): Promise<Lanes> {
  const { device = 'cpu', base: type = 'float32' } = options
  await requireDevice(device)
  if (device !== 'cpu' && type !== 'float32')
    throw new ConfigError(`weights as ${type} are for the device cpu; got ${device}`)
  if (source.kind === 'fresh') {
    const { config, seed } = source
    return openLanes(config, initialise(config, random(seed, 'initialise')), options)
  }
  const stored = await readConfig(source.folder)
  const given = { ...options, absentIds: await absentIds(source.folder, stored.vocabSize) }
  if (source.kind === 'folder') {
    const { folder } = source
    if (source.adapter === null)
      return openLanes(stored, await readParameters(folder, stored), given)
    const base = await readBase(folder, stored, options.base)
    const adapter = await openAdapter(source.adapter, stored, base)
    return openLanes(stored, base, { ...given, adapter })
  }
  const { classes, newLayers, seed, folder, lora = null } = source
  const config = classifierConfig(stored, classes, newLayers)
  const growth = { random: random(seed, 'new-head'), layers: newLayers }
  const values = await readParameters(folder, config, growth)
  const grown = { ...given, newLayers }
  if (lora === null) return openLanes(config, values, grown)
  const fresh = { kind: 'fresh', lora: { ...lora, newLayers }, seed } as const
  const adapter = await openAdapter(fresh, config, values)
  return openLanes(config, held(values, config, options.base), { ...grown, adapter })
}

function floats(base: Float32Array | PackedWeights, config: ModelConfig): Float32Array {
  return base instanceof Float32Array ? base : unpackAll(base, config)
}

function held(
  values: Float32Array,
  config: ModelConfig,
  type: BaseType = 'float32',
): Float32Array | PackedWeights {
  return type === 'float32' ? values : packAll(values, config, type)
}

async function readBase(
  folder: string,
  config: ModelConfig,
  type: BaseType = 'float32',
): Promise<Float32Array | PackedWeights> {
  return type === 'float32' ? readParameters(folder, config) : readPacked(folder, config, type)
}

async function openAdapter(
  source: AdapterSource,
  config: ModelConfig,
  base: Float32Array | PackedWeights,
): Promise<Adapter> {
  if (source.kind === 'saved') return readAdapter(source.folder, config)
  const { lora, seed } = source
  // A language model's adapter copies nothing of the base.
  const copied = config.head === 'language-model' ? new Float32Array(0) : floats(base, config)
  return { lora, values: initialiseAdapter(config, lora, copied, random(seed, 'adapter')) }
}

function tensorsOf(model: Model, flat: Float32Array): Map<string, Float32Array> {
  return new Map(
    model.table.map(({ name, offset, size }) => [name, flat.slice(offset, offset + size)]),
  )
}
