// What an optimizer remembers, beside the weights it moved: optimizer.json says how often, optimizer.state holds running
// means as safetensors. The second name keeps readers that load every *.safetensors of a folder from taking it for weights.

import { join } from 'node:path'
import { z } from 'zod'
import { DataError, EngineError } from '../../errors.ts'
import { parseJson, readJson } from '../../model-source/json.ts'
import { writeDurably } from './replace-files.ts'
import { type NamedTensor, readTensors, writeTensors } from './safetensors.ts'
import type { WeightType } from './tensor-types.ts'

const countsFile = 'optimizer.json'
const momentsFile = 'optimizer.state'
const count = z.number().int().nonnegative()
const countsSchema = z.object({ version: count, steps: z.array(count).min(1) })

/** How many steps the weights have seen, and how many each part of them that has a count of its own. */
export type OptimizerCounts = z.infer<typeof countsSchema>

/** Whether a file, by its name, belongs to a saved optimizer. */
export function isOptimizerFile(name: string): boolean {
  return name === countsFile || name === momentsFile
}

/** Refuses an optimizer beside rounded weights, from which nothing can be learned on to the last bit. */
export function requireExact(dtype: WeightType, optimizer: boolean): void {
  if (optimizer && dtype !== 'float32')
    throw new EngineError(`save: an optimizer goes beside float32 weights; got ${dtype}`)
}

/**
 * Writes an optimizer's counts, and its running means where it has taken a step. Throws DataError where a number is not
 * finite or the disk is full.
 */
export async function writeOptimizer(
  folder: string,
  counts: OptimizerCounts,
  tensors: readonly NamedTensor[],
): Promise<void> {
  await writeTensors(join(folder, momentsFile), tensors)
  await writeDurably(join(folder, countsFile), file => file.writeFile(JSON.stringify(counts)))
}

/** The counts of a saved optimizer. Throws DataError where the folder has none. */
export async function readCounts(folder: string): Promise<OptimizerCounts> {
  const file = join(folder, countsFile)
  const json = await readJson(file)
  if (json === null)
    throw new DataError(`${file}: not there; a model that learns on is saved with its optimizer`)
  return parseJson(file, countsSchema, json)
}

/** Reads running means into the tensors' values. Throws DataError where they are missing, damaged or of another model. */
export function readMoments(folder: string, tensors: readonly NamedTensor[]): Promise<void> {
  return readTensors(
    join(folder, momentsFile),
    tensors.map(({ name, shape, values }) => ({ name, shape, into: values })),
  )
}
