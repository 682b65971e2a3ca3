// `minform sample`: what a model writes after prompts. One line a completion, in order.

import { defineCommand, type ParsedArgs } from 'citty'
import { z } from 'zod'
import { parseRow } from '../data/row.ts'
import type { Completion, SampleOptions, SampleRequest } from '../engine/engine.ts'
import { ConfigError, DataError } from '../errors.ts'
import { hashSeed } from '../numbers/random.ts'
import { textFrame } from '../problems/prompt.ts'
import { endingAt, type LoadedTokenizer } from '../tokenizer/load.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import { type Asked, requireAbilities } from '../train/abilities.ts'
import { openEnvironment } from '../train/environment.ts'
import { promptOf, storedPrompt } from '../train/prompting.ts'
import type { StopReason } from '../types.ts'
import { type Asks, asksBy } from './asks.ts'
import { type Flags, numberFlag, repeatedFlag, type ValueHint } from './flags.ts'
import { readRecords, writeRecord } from './io.ts'
import {
  idList,
  idsOf,
  keptArgs,
  type OpenModel,
  openModel,
  placeArgs,
  placeSection,
} from './model.ts'
import { batches } from './rows.ts'
import { type AskedPrompt, requireTalkable, talkedTexts } from './sample-talk.ts'
import { environmentArgs, readEnvironment } from './training/environment.ts'
import { promptArgs, promptSection, wishOf } from './training/prompt.ts'

const sampleRow = z.object({
  prompt: z.string().optional(),
  question: z.string().optional(),
  ids: idList.optional(),
})
const batchSize = 256 // completions

/** One completion as it is written out. */
export interface SampledText {
  readonly ids: readonly number[] // with the end token, or the one that completed a stop string
  readonly text: string // without the end token, or up to the stop string
  readonly logprobs: readonly number[] // at temperature 1
  readonly stop: StopReason
}

/** A completion, decoded. */
export function sampledText(completion: Completion, tokenizer: Tokenizer): SampledText {
  const { ids, logprobs_T, stop } = completion
  const text = textOf(completion, tokenizer)
  return { ids: [...ids], text, logprobs: [...logprobs_T], stop }
}

function textOf({ ids, stop, stopString }: Completion, tokenizer: Tokenizer): string {
  if (stop === 'length') return tokenizer.decode(ids)
  const before = tokenizer.pieces(ids).slice(0, -1).join('')
  if (stopString === null) return before
  // It ends in the last token; an end of it may stand before that, or a whole one that did not count yet.
  const from = Math.max(0, before.length - stopString.length + 1)
  const text = tokenizer.decode(ids)
  return text.slice(0, text.indexOf(stopString, from))
}

/** What --stop names: strings, and special tokens, which no text spells. */
function stopsOf(
  texts: readonly string[],
  tokenizer: LoadedTokenizer,
): Pick<SampleOptions, 'stopIds' | 'stopStrings'> {
  const stopIds = [...tokenizer.stopIds]
  const stopStrings: string[] = []
  const { starts } = tokenizer.tokenBytes()
  for (const text of texts) {
    if (text === '') throw new ConfigError("--stop is a text of at least one character, got ''")
    const [id, ...rest] = tokenizer.encode(text)
    const isSpecial = id !== undefined && rest.length === 0 && starts[id + 1] === starts[id]
    if (isSpecial) stopIds.push(id)
    else stopStrings.push(text)
  }
  return { stopIds, stopStrings }
}

interface Prompts {
  readonly n: number
  readonly seed: number
  readonly asks: Asks
}

/** The prompts of a file; a row's place and the seed decide its completions. */
async function* promptsOf(file: string | undefined, model: OpenModel, how: Prompts) {
  const { n, seed, asks } = how
  const { maxPositions } = model.engine.info
  let row = 0
  for await (const { value, where } of readRecords(file)) {
    const { prompt, question, ids } = parseRow(sampleRow, value, where)
    if (prompt !== undefined && question !== undefined)
      throw new DataError(`${where}: expected either prompt or question`)
    const asked = prompt === undefined ? undefined : asks.prompt(prompt)
    const text = question === undefined ? asked : asks.question(question)
    const kind = question === undefined ? 'prompt' : 'question'
    const found = await idsOf({ text, ids }, model, kind, where)
    const field = `${where}: ${text === undefined ? 'ids' : 'prompt'}`
    if (found.length === 0) throw new DataError(`${field}: no tokens; expected at least one`)
    if (found.length === maxPositions)
      throw new DataError(`${field}: ${maxPositions} tokens fill the model; none can follow`)
    const request: SampleRequest = { ids: found, n, seed: hashSeed(seed, 'sample', row++) }
    const asking: AskedPrompt = { request, text: text ?? null, where }
    yield asking
  }
}

const text = <H extends ValueHint>(valueHint: H, standard: string, description: string) =>
  ({ type: 'string', valueHint, default: standard, description }) as const

const flags = {
  file: {
    type: 'positional',
    required: false,
    description:
      'JSON Lines of {question}, {prompt} (continued as it is, unless a template is chosen) or {ids}; standard input when absent or -',
  },
  model: {
    type: 'string',
    valueHint: 'model',
    required: true,
    description: 'folder of the model, or a GGUF file',
  },
  n: text('count', '1', 'completions of each prompt, a line each'),
  maxTokens: text('count', '256', 'of one completion'),
  minTokens: text('count', '0', 'that come before an end token or a stop text may'),
  temperature: text('number', '1', 'below 1 is more certain, above 1 more random'),
  topK: {
    type: 'string',
    valueHint: 'count',
    description: 'only so many of the most likely tokens; default all',
  },
  topP: text('share', '1', 'only the most likely tokens that together reach this probability'),
  stop: {
    type: 'string',
    valueHint: 'text',
    description: 'a text that ends a completion and is left out of its text; may be repeated',
  },
  seed: text('number', '0', 'of the random draws'),
  greedy: { type: 'boolean', default: false, description: 'always the most likely token' },
  ...environmentArgs,
  ...promptArgs,
  ...keptArgs,
  ...placeArgs,
} as const satisfies Flags

/** How to draw, as the flags say. */
function settingsOf(args: ParsedArgs<typeof flags>): Omit<SampleOptions, 'stopIds'> {
  const maxTokens = numberFlag('--max-tokens', args.maxTokens, { min: 1, integer: true })
  return {
    maxTokens,
    minTokens: numberFlag('--min-tokens', args.minTokens, {
      min: 0,
      max: maxTokens,
      integer: true,
    }),
    temperature: numberFlag('--temperature', args.temperature, { min: 1e-6 }),
    ...(args.topK && { topK: numberFlag('--top-k', args.topK, { min: 1, integer: true }) }),
    topP: numberFlag('--top-p', args.topP, { min: 1e-6, max: 1 }),
    greedy: args.greedy,
  }
}

/** What drawing so asks of a model beyond what every one can. */
function asksOf({ minTokens = 0 }: Omit<SampleOptions, 'stopIds'>): readonly Asked[] {
  if (minTokens === 0) return []
  const why = `--min-tokens ${minTokens} keeps a completion from ending`
  return [{ ability: 'minTokens', why, instead: 'leave it out' }]
}

const command = defineCommand({
  meta: { name: 'sample', description: 'Completions of prompts: {ids, text, logprobs, stop} each' },
  args: flags,
  async run({ args, rawArgs }) {
    const n = numberFlag('--n', args.n, { min: 1, integer: true })
    if (args.greedy && n > 1)
      throw new ConfigError(`--greedy gives one completion of a prompt, --n asks for ${n}`)
    const settings = settingsOf(args)
    const stops = repeatedFlag('--stop', rawArgs)
    const seed = numberFlag('--seed', args.seed, { integer: true })
    const { environment } = await openEnvironment(readEnvironment(args))
    if (environment !== null)
      requireTalkable({
        '--min-tokens': args.minTokens !== '0',
        '--top-k': args.topK !== undefined,
        '--top-p': args.topP !== '1',
        '--stop': stops.length > 0,
      })
    const model = await openModel(args.model, args)
    try {
      if (model.engine.info.head !== 'language-model')
        throw new ConfigError(`--model ${args.model}: a token classifier cannot sample`)
      requireAbilities('sample', asksOf(settings), model.engine.abilities, `--model ${args.model}`)
      const wish = wishOf(args)
      const { folder } = model
      const own = await model.tokenizer()
      const usual = environment?.answers?.instruction
      const prompt = await promptOf(wish, { folder, tokenizer: own }, textFrame, usual)
      const chosen = wish.template !== null || (await storedPrompt(folder)) !== null
      const asks = asksBy(prompt, chosen)
      const tokenizer = endingAt(own, prompt.turnEnd)
      const options = { ...settings, ...stopsOf(stops, tokenizer) }
      if (stops.length > 0) await model.engine.spell(tokenizer.tokenBytes())
      const sampler = { engine: model.engine, tokenizer, ...settings, stopIds: tokenizer.stopIds }
      const rows = Math.max(1, Math.floor(batchSize / n))
      let first = 0
      for await (const batch of batches(promptsOf(args.file, model, { n, seed, asks }), rows)) {
        const how = { n, seed, first }
        const made = environment
          ? await talkedTexts({ ...sampler, environment }, batch, how)
          : (
              await model.engine.sample(
                batch.map(({ request }) => request),
                options,
              )
            )
              .flat()
              .map(completion => sampledText(completion, tokenizer))
        for (const one of made) await writeRecord(one)
        first += batch.length
      }
    } finally {
      await model.engine.close()
    }
  },
})

export default { ...command, sections: [promptSection, placeSection] }
