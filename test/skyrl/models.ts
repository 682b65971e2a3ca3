// The models that a real server is tried with, as folders: `tiny`, a Qwen3 of chance weights, and `policy`, the carried
// policy in a family that SkyRL's JAX backend serves: a Llama, which has no biases, so those of its projections are left out.

import { join } from 'node:path'
import { saveCheckpoint } from '../../src/engine/hf/checkpoint.ts'
import { freshConfig, type ModelConfig } from '../../src/engine/hf/config.ts'
import { readConfig } from '../../src/engine/hf/config-file.ts'
import { allocate, parameterTable } from '../../src/engine/hf/parameters.ts'
import { openFreshEngine, openOnnxEngine } from '../../src/engine/onnx/open.ts'
import { carriedModels } from '../../src/model-source/carried-models.ts'

const { base } = carriedModels

/** Writes both below a folder, each with the carried tokenizer. */
export async function writeModels(folder: string): Promise<void> {
  const carried = await readConfig(base)
  await writeTiny(join(folder, 'tiny'), carried)
  await writePolicy(join(folder, 'policy'), carried)
}

async function writeTiny(folder: string, { vocabSize, eosIds, padId }: ModelConfig): Promise<void> {
  const config = freshConfig({
    ...{ architecture: 'qwen3', hiddenSize: 64, intermediateSize: 128, layers: 2 },
    ...{ heads: 4, kvHeads: 2, headDim: 16, vocabSize, maxPositions: 256, eosIds, padId },
  })
  const engine = await openFreshEngine(config, { seed: 1, threads: 1 })
  await engine.save(folder, { tokenizer: base })
  await engine.close()
}

async function writePolicy(folder: string, carried: ModelConfig): Promise<void> {
  const engine = await openOnnxEngine(base, { threads: 1 })
  const parameters = await engine.parameters()
  await engine.close()
  const { hiddenSize, intermediateSize, layers, heads, vocabSize } = carried
  const { maxPositions, rope, rmsEps, eosIds, padId } = carried
  const config = freshConfig({
    ...{ architecture: 'llama', hiddenSize, intermediateSize, layers, heads, vocabSize },
    ...{ maxPositions, rope, rmsEps, eosIds, padId },
  })
  const values = allocate(config)
  for (const { name, offset } of parameterTable(config)) values.set(parameters.get(name)!, offset)
  await saveCheckpoint(folder, config, values, { tokenizer: base })
}
