// `minform sample`: what a model writes after prompts. One line a completion, in order.

import { defineCommand } from 'citty'
import { z } from 'zod'
import { ConfigError, DataError } from '../errors.ts'
import { hashSeed } from '../random.ts'
import type { Completion, SampleOptions, SampleRequest, StopReason, Tokenizer } from '../types.ts'
import { numberFlag } from './flags.ts'
import { readRecords, writeRecord } from './io.ts'
import { idList, idsOf, type OpenModel, openModel } from './model.ts'
import { batches, parseRow } from './rows.ts'

const sampleRow = z.object({ prompt: z.string().optional(), ids: idList.optional() })
const batchSize = 256 // completions

/** One completion as it is written out. */
export interface SampledText {
  readonly ids: readonly number[] // with the end token, where it came
  readonly text: string // without it
  readonly logprobs: readonly number[] // at temperature 1
  readonly stop: StopReason
}

/** A completion, decoded. */
export function sampledText(
  { ids, logprobs_T, stop }: Completion,
  tokenizer: Tokenizer,
): SampledText {
  const body = stop === 'stop' ? ids.subarray(0, -1) : ids
  return { ids: [...ids], text: tokenizer.decode(body), logprobs: [...logprobs_T], stop }
}

interface Prompts {
  readonly n: number
  readonly seed: number
}

/** The requests of a file; a row's place and the seed decide its completions. */
async function* requestsOf(file: string | undefined, model: OpenModel, { n, seed }: Prompts) {
  const { maxPositions } = model.engine.info
  let row = 0
  for await (const { value, where } of readRecords(file)) {
    const { prompt, ids } = parseRow(sampleRow, value, where)
    const found = idsOf({ text: prompt, ids }, model, 'prompt', where)
    const field = `${where}: ${prompt === undefined ? 'ids' : 'prompt'}`
    if (found.length === 0) throw new DataError(`${field}: no tokens; expected at least one`)
    if (found.length === maxPositions)
      throw new DataError(`${field}: ${maxPositions} tokens fill the model; none can follow`)
    const request: SampleRequest = { ids: found, n, seed: hashSeed(seed, 'sample', row++) }
    yield request
  }
}

const text = (standard: string, description: string) =>
  ({ type: 'string', default: standard, description }) as const

export default defineCommand({
  meta: { name: 'sample', description: 'Completions of prompts: {ids, text, logprobs, stop} each' },
  args: {
    file: {
      type: 'positional',
      required: false,
      description: 'JSON Lines of {prompt} or {ids}; standard input when absent or -',
    },
    model: { type: 'string', required: true, description: 'folder of the model' },
    n: text('1', 'completions of each prompt'),
    maxTokens: text('256', 'of one completion'),
    temperature: text('1', 'below 1 is more certain, above 1 more random'),
    topP: text('1', 'only the most likely tokens that together reach this probability'),
    seed: text('0', 'of the random draws'),
    greedy: { type: 'boolean', default: false, description: 'always the most likely token' },
  },
  async run({ args }) {
    const n = numberFlag('--n', args.n, { min: 1, integer: true })
    if (args.greedy && n > 1)
      throw new ConfigError(`--greedy gives one completion of a prompt, --n asks for ${n}`)
    const settings: Omit<SampleOptions, 'stopIds'> = {
      maxTokens: numberFlag('--max-tokens', args.maxTokens, { min: 1, integer: true }),
      temperature: numberFlag('--temperature', args.temperature, { min: 1e-6 }),
      topP: numberFlag('--top-p', args.topP, { min: 1e-6, max: 1 }),
      greedy: args.greedy,
    }
    const seed = numberFlag('--seed', args.seed, { integer: true })
    const model = await openModel(args.model)
    try {
      if (model.engine.info.head !== 'language-model')
        throw new ConfigError(`--model ${args.model}: a token classifier cannot sample`)
      const tokenizer = model.tokenizer()
      const options = { ...settings, stopIds: tokenizer.stopIds }
      const rows = Math.max(1, Math.floor(batchSize / n))
      for await (const batch of batches(requestsOf(args.file, model, { n, seed }), rows))
        for (const completion of (await model.engine.sample(batch, options)).flat())
          await writeRecord(sampledText(completion, tokenizer))
    } finally {
      await model.engine.close()
    }
  },
})
