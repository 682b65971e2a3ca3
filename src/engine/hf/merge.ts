import type { SaveOptions } from '../engine.ts'
import { readParameters, saveCheckpoint } from './checkpoint.ts'
import { readConfig } from './config-file.ts'

/**
 * Writes the model of an adapter's folder as a whole one, its tokenizer with it: the base's own weights, whatever they were
 * rounded to while the adapter learned, with the adapter in them. A folder that is whole already is copied.
 */
export async function mergeFolder(
  adapter: string,
  out: string,
  options: Pick<SaveOptions, 'dtype'> = {},
): Promise<void> {
  const config = await readConfig(adapter)
  const values = await readParameters(adapter, config)
  await saveCheckpoint(out, config, values, { tokenizer: adapter, ...options })
}
