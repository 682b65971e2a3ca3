// A model's way to disk and back. Weights that learn are read again beside the old ones before any of them changes, so
// that a damaged folder leaves the model as it was.

import { DataError } from '../../errors.ts'
import type { Moments } from '../adamw.ts'
import { type CheckpointOptions, readParameters, saveCheckpoint } from '../hf/checkpoint.ts'
import { mergeAdapter } from '../hf/lora.ts'
import { readCounts, readMoments, requireExact, writeOptimizer } from '../hf/optimizer-file.ts'
import type { NamedTensor } from '../hf/safetensors.ts'
import type { Model } from './model.ts'

/** Writes the weights, an adapter in them, and what AdamW remembers where that is asked for. */
export function save(
  model: Model,
  folder: string,
  { optimizer = false, ...options }: CheckpointOptions,
): Promise<void> {
  requireExact(options.dtype ?? 'float32', optimizer)
  const { config, values, adapter, version, remembered } = model
  const merged = adapter === null ? values : mergeAdapter({ config, ...adapter }, values)
  return saveCheckpoint(folder, config, merged, options, async stage => {
    if (!optimizer) return
    const counts = { version, steps: [remembered?.steps ?? 0] }
    const adapted = adapter === null ? [] : named(model, 'value', adapter.values)
    await writeOptimizer(stage, counts, [...adapted, ...momentsOf(model, remembered)])
  })
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
