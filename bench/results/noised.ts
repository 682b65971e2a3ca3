// A worse policy made of a better one: Gaussian noise on each of its matrices.

import { readParameters, saveCheckpoint } from '../../src/engine/hf/checkpoint.ts'
import { readConfig } from '../../src/engine/hf/config-file.ts'
import { parameterTable } from '../../src/engine/hf/parameters.ts'
import { normal, random } from '../../src/numbers/random.ts'

/** Writes the model of a folder with noise of so many deviations of each matrix's own; vectors stay as they are. */
export async function writeNoised(
  from: string,
  to: string,
  noise: number,
  seed: number,
): Promise<void> {
  const config = await readConfig(from)
  const values = await readParameters(from, config)
  for (const { name, shape, offset, size } of parameterTable(config)) {
    if (shape.length < 2) continue
    const matrix = values.subarray(offset, offset + size)
    const draw = random(seed, 'noised', name)
    const scale = noise * deviationOf(matrix)
    for (let i = 0; i < size; i++) matrix[i]! += scale * normal(draw)
  }
  await saveCheckpoint(to, config, values, { tokenizer: from })
}

function deviationOf(matrix: Float32Array): number {
  const mean = matrix.reduce((sum, x) => sum + x, 0) / matrix.length
  return Math.sqrt(matrix.reduce((sum, x) => sum + (x - mean) ** 2, 0) / matrix.length)
}
