// A model's way to disk and back. Weights that learn are read again beside the old ones before any of them changes, so
// that a damaged folder leaves the model as it was.

import { DataError, EngineError } from '../../errors.ts'
import type { Moments } from '../adamw.ts'
import {
  type CheckpointOptions,
  copyTokenizer,
  readParameters,
  saveCheckpoint,
} from '../hf/checkpoint.ts'
import { mergeAdapter, writeAdapter } from '../hf/lora.ts'
import { readCounts, readMoments, requireExact, writeOptimizer } from '../hf/optimizer-file.ts'
import type { NamedTensor } from '../hf/safetensors.ts'
import type { Model } from './model.ts'

/** How a model is written. */
export interface SavingOptions extends Omit<CheckpointOptions, 'base'> {
  readonly base?: string | null
}

/** Writes the weights, an adapter in them or the adapter alone, and what AdamW remembers where that is asked for. */
export async function save(
  model: Model,
  folder: string,
  { optimizer = false, merge = true, base = null, ...options }: SavingOptions,
): Promise<void> {
  const { dtype = 'float32', tokenizer = null } = options
  requireExact(dtype, optimizer)
  const { config, adapter, version, remembered } = model
  const beside = async (stage: string): Promise<void> => {
    if (!optimizer) return
    const counts = { version, steps: [remembered?.steps ?? 0] }
    const adapted = adapter === null ? [] : named(model, 'value', adapter.values)
    await writeOptimizer(stage, counts, [...adapted, ...momentsOf(model, remembered)])
  }
  if (!merge) {
    if (adapter === null)
      throw new EngineError('save: this model has no adapter that could be saved alone')
    return writeAdapter(folder, { config, ...adapter }, { base, dtype }, async stage => {
      await beside(stage)
      if (tokenizer !== null) await copyTokenizer(tokenizer, stage)
    })
  }
  const whole = adapter === null ? model.values : copyOf(model)
  if (adapter !== null) mergeAdapter({ config, ...adapter }, whole)
  return saveCheckpoint(folder, config, whole, options, beside)
}

/** The weights, to be changed; those that were packed are a copy already. */
function copyOf({ stored, values }: Model): Float32Array {
  return stored instanceof Float32Array ? values.slice() : values
}

/** Continues from a folder that `save` wrote with the optimizer. Throws DataError where it is not one of this model. */
export async function restore(model: Model, folder: string): Promise<void> {
  const { config, trained, adapter } = model
  const { version, steps } = await readCounts(folder)
  const fresh = (): Float32Array => new Float32Array(trained.length)
  const moments: Moments | null =
    steps[0] === 0 ? null : { mean: fresh(), square: fresh(), steps: steps[0]! }
  const values = adapter === null ? await readParameters(folder, config) : fresh()
  if (values.length !== trained.length)
    throw new DataError(`${folder}: ${values.length} weights; the model has ${trained.length}`)
  const adapted = adapter === null ? [] : named(model, 'value', values)
  await readMoments(folder, [...adapted, ...momentsOf(model, moments)])
  trained.set(values)
  await model.renew(version, moments)
}

function momentsOf(model: Model, moments: Moments | null): NamedTensor[] {
  if (moments === null) return []
  return [...named(model, 'mean', moments.mean), ...named(model, 'square', moments.square)]
}

function named({ table }: Model, kind: string, flat: Float32Array): NamedTensor[] {
  return table.map(({ name, shape, offset, size }) => {
    return { name: `${kind}.${name}`, shape, values: flat.subarray(offset, offset + size) }
  })
}
