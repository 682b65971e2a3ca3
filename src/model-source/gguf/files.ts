// A GGUF header as the text files of the Hugging Face folder that it stands for.

import { configOfGguf } from './config.ts'
import type { GgufHeader } from './header.ts'
import { chatTemplateOf, specialTokens, tokenizerOf } from './tokenizer.ts'

/** The files by name; each is made when it is asked for. */
export function filesOf(header: GgufHeader): ReadonlyMap<string, () => string> {
  const template = chatTemplateOf(header)
  const json = (make: () => object) => () => `${JSON.stringify(make(), null, 1)}\n`
  const files = new Map<string, () => string>([
    ['config.json', json(() => configOfGguf(header).config)],
    ['generation_config.json', json(() => configOfGguf(header).generation)],
  ])
  if (!header.metadata.has('tokenizer.ggml.model')) return files
  files.set(
    'tokenizer.json',
    json(() => tokenizerOf(header)),
  )
  files.set(
    'tokenizer_config.json',
    json(() => specialTokens(header)),
  )
  if (template !== null) files.set('chat_template.jinja', () => template)
  return files
}
