// A model's chat template: messages in, the text that the model was trained to continue out.

import { Template } from '@huggingface/jinja'
import { z } from 'zod'
import { DataError } from '../errors.ts'
import { parseJson } from '../model-source/json.ts'
import { jsonOf, type ModelSource, modelSource, textOf } from '../model-source/model-source.ts'
import { renderMetered } from './metered.ts'

/** One turn of a conversation, as templates see it; they may read more keys, such as tool_calls. */
export interface Message {
  readonly role: string
  readonly content: string
  readonly [key: string]: unknown
}

export interface RenderOptions {
  readonly addGenerationPrompt?: boolean // the opening of the assistant's turn; default true
  readonly tools?: readonly unknown[] // JSON schemas of functions, as transformers takes them
  readonly documents?: readonly unknown[]
  readonly variables?: Readonly<Record<string, unknown>> // what else a template asks for: enable_thinking
}

/** Renders conversations. */
export interface ChatTemplate {
  /** The text of a conversation; a DataError where the template refuses it. Special tokens are in the text. */
  render(messages: readonly Message[], options?: RenderOptions): string
}

const named = z.object({ name: z.string(), template: z.string() })
const token = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish()
const tokens = {
  bos_token: token,
  cls_token: token,
  eos_token: token,
  mask_token: token,
  pad_token: token,
  sep_token: token,
  unk_token: token,
}
const tokensSchema = z.looseObject(tokens)
const configSchema = z.looseObject({
  ...tokens,
  chat_template: z.union([z.string(), z.array(named)]).nullish(),
})
const oldSchema = z.looseObject({ chat_template: z.string() })

/** The chat template of a model, as findChatTemplate; a DataError where there is none. */
export async function loadChatTemplate(path: string): Promise<ChatTemplate> {
  const found = await findChatTemplate(path)
  if (found !== null) return found
  throw new DataError(
    `${path}: no chat template; expected chat_template.jinja, or chat_template in tokenizer_config.json`,
  )
}

/**
 * The chat template of a model, a Hugging Face folder or a GGUF file: chat_template.jinja, else chat_template.json, else
 * the one in tokenizer_config.json, as transformers looks for them; null where there is none, a DataError where it cannot
 * be parsed.
 */
export async function findChatTemplate(path: string): Promise<ChatTemplate | null> {
  const source = await modelSource(path)
  const specials = await specialTokens(path)
  const own = await textOf(source, 'chat_template.jinja')
  if (own !== null) return chatTemplateFrom(own, specials, source.where('chat_template.jinja'))
  const old = await checked(source, 'chat_template.json', oldSchema)
  if (old) return chatTemplateFrom(old.chat_template, specials, source.where('chat_template.json'))
  const where = source.where('tokenizer_config.json')
  const inline = (await checked(source, 'tokenizer_config.json', configSchema))?.chat_template
  if (typeof inline === 'string') return chatTemplateFrom(inline, specials, where)
  const list = new Map(inline?.map(({ name, template }) => [name, template]))
  const main = list.get('default')
  if (main === undefined) return null
  const plain = chatTemplateFrom(main, specials, where)
  const tool = list.get('tool_use')
  if (tool === undefined) return plain
  const withTools = chatTemplateFrom(tool, specials, where)
  return {
    render: (messages, options) =>
      (options?.tools === undefined ? plain : withTools).render(messages, options),
  }
}

/** The special tokens of a model by the names that templates call them. */
export async function specialTokens(path: string): Promise<Readonly<Record<string, string>>> {
  const source = await modelSource(path)
  const config = (await checked(source, 'tokenizer_config.json', configSchema)) ?? {}
  const others = (await checked(source, 'special_tokens_map.json', tokensSchema)) ?? {}
  const specials: Record<string, string> = {}
  for (const name of Object.keys(tokens) as (keyof typeof tokens)[]) {
    const found = config[name] ?? others[name]
    if (found) specials[name] = typeof found === 'string' ? found : found.content
  }
  return specials
}

const mostSource = 100_000 // characters; the longest known template has 20,000
const longBlank = /\s{1000}/ // the library's reading takes the square of it

/**
 * A chat template from its Jinja source and the special tokens it may name; `where` names it in errors. A rendering that
 * takes more steps or longer texts than a conversation can ask for is a DataError.
 */
export function chatTemplateFrom(
  source: string,
  specials: Readonly<Record<string, string>> = {},
  where = 'chat template',
): ChatTemplate {
  if (source.length > mostSource || longBlank.test(source))
    throw new DataError(
      `${where}: not a template: ${source.length} characters; expected at most ${mostSource}, and no 1000 blanks in a row`,
    )
  let template: Template
  try {
    template = new Template(source)
  } catch (cause) {
    throw new DataError(`${where}: not a template: ${(cause as Error).message}`, { cause })
  }
  return {
    render: (messages, { addGenerationPrompt = true, variables = {}, ...given } = {}) => {
      const asked = { add_generation_prompt: addGenerationPrompt, ...given, ...variables }
      try {
        return renderMetered(template.parsed, { ...specials, messages, ...asked })
      } catch (cause) {
        throw new DataError(`${where}: ${(cause as Error).message}`, { cause })
      }
    },
  }
}

async function checked<T>(
  source: ModelSource,
  name: string,
  schema: z.ZodType<T>,
): Promise<T | null> {
  const json = await jsonOf(source, name)
  return json === null ? null : parseJson(source.where(name), schema, json)
}
