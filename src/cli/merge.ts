// `minform merge`: an adapter and the model beneath it, as one model.

import { defineCommand } from 'citty'
import { mergeFolder } from '../engine/hf/merge.ts'
import { ConfigError } from '../errors.ts'
import { isModel, modelSource } from '../model-source/model-source.ts'
import type { Flags } from './flags.ts'
import { modelPath } from './named-model.ts'

const dtypes = ['float32', 'float16', 'bfloat16'] as const

const args = {
  adapter: { type: 'positional', required: true, description: 'its folder, such as a checkpoint' },
  out: { type: 'string', valueHint: 'folder', required: true, description: 'of the whole model' },
  dtype: {
    type: 'enum',
    options: [...dtypes],
    default: 'float32',
    description: 'of the weights that are written: float32, float16 or bfloat16',
  },
} as const satisfies Flags

export default defineCommand({
  meta: { name: 'merge', description: 'An adapter and the model beneath it, as one model' },
  args,
  async run({ args }) {
    const { out } = args
    const adapter = await modelPath(args.adapter) // with what is beneath it
    const found = await modelSource(adapter)
    if (found.adapter === null)
      throw new ConfigError(
        `${adapter}: not an adapter; expected a folder with adapter_config.json`,
      )
    if (await isModel(out)) throw new ConfigError(`--out ${out} holds a model; name another folder`)
    await mergeFolder(adapter, out, { dtype: dtypes.find(one => one === args.dtype)! })
    process.stderr.write(`${out}: ${found.adapter.base} with ${adapter} in it\n`)
  },
})
