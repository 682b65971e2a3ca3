// What a model is asked by: as the command line says, else as the model was trained, else by its chat template, else plainly.

import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readText } from '../data/plain-file.ts'
import { ConfigError, DataError } from '../errors.ts'
import { parseJson } from '../model-source/json.ts'
import { jsonOf, modelSource } from '../model-source/model-source.ts'
import {
  frameOf,
  isFrame,
  type Prompt,
  plainPrompt,
  promptSchema,
  promptText,
  type Said,
  textFrame,
  usualInstruction,
} from '../problems/prompt.ts'
import {
  type ChatTemplate,
  chatTemplateFrom,
  findChatTemplate,
  loadChatTemplate,
  type Message,
  specialTokens,
} from '../tokenizer/chat-template.ts'
import type { LoadedTokenizer } from '../tokenizer/load.ts'

/** The file of a model that holds what it was asked by while it learned. */
const promptFile = 'minform_prompt.json'

/** What was said of the prompt; null where nothing was, '' of a text for none. */
export interface PromptWish {
  readonly template: string | null // chat, plain, a text that holds {question}, or a file of Jinja
  readonly system: string | null
  readonly instruction: string | null
}

/** Nothing was said of the prompt. */
export const nothingSaid: PromptWish = { template: null, system: null, instruction: null }

/** Whether nothing was said. */
export function saysNothing({ template, system, instruction }: PromptWish): boolean {
  return template === null && system === null && instruction === null
}

/** A model that is to be asked. */
export interface Asked {
  readonly folder: string
  readonly tokenizer: LoadedTokenizer
}

/**
 * The prompt of a model, or of one that is to be made from nothing (null); `frame` is the plain one of the problems, `usual` what
 * is said after a question where nobody says otherwise. A ConfigError or DataError where the template cannot be had, or does not show the question as it is.
 */
export async function promptOf(
  wish: PromptWish,
  model: Asked | null,
  frame: string,
  usual = usualInstruction,
): Promise<Prompt> {
  const nothing = saysNothing(wish)
  const stored = model === null ? null : await storedPrompt(model.folder)
  const ownFrame = stored?.template === 'plain' && frame !== textFrame // a task says itself how it is asked
  if (nothing && stored !== null && !ownFrame) return stored
  const source = wish.template ?? stored?.template ?? (await usualTemplate(model))
  if (wish.template === null && isTemplateFile(source))
    throw new ConfigError(
      `the model is asked by ${source}; to say something else in it name that file with --template`,
    )
  const said = saidBy(wish, source, usual)
  if (source === 'plain' || isFrame(source)) {
    const around = source === 'plain' ? frame : source
    return plainPrompt((model?.tokenizer.opening ?? '') + around, said)
  }
  if (source !== 'chat')
    return templatePrompt(await fileTemplate(source, model), source, said, model)
  if (model === null)
    throw new ConfigError('--template chat needs a model that has one; a new one is asked plainly')
  return templatePrompt(await loadChatTemplate(model.folder), source, said, model)
}

/** What a model folder says it was asked by; null where it says nothing. */
export async function storedPrompt(folder: string): Promise<Prompt | null> {
  const source = await modelSource(folder)
  const found = await jsonOf(source, promptFile)
  return found === null ? null : parseJson(source.where(promptFile), promptSchema, found)
}

/** Keeps with a model what it was asked by; nothing where it was not asked. */
export function keepPrompt(folder: string, prompt: Prompt | null): void {
  if (prompt === null) return
  writeFileSync(join(folder, promptFile), `${JSON.stringify(prompt, null, 2)}\n`)
}

/** Whether what names a template is a file. */
export function isTemplateFile(template: string): boolean {
  return template !== 'chat' && template !== 'plain' && !isFrame(template)
}

async function usualTemplate(model: Asked | null): Promise<'chat' | 'plain'> {
  return model !== null && (await findChatTemplate(model.folder)) !== null ? 'chat' : 'plain'
}

/** A plain prompt says nothing that nobody asked for. */
function saidBy({ system, instruction }: PromptWish, template: string, usual: string): Said {
  const unasked = template === 'plain' || isFrame(template) ? null : usual
  return { system: system || null, instruction: (instruction ?? unasked) || null }
}

async function fileTemplate(file: string, model: Asked | null): Promise<ChatTemplate> {
  let source: string
  try {
    source = readText(file)
  } catch (cause) {
    throw new ConfigError(
      `--template ${file}: cannot be read: ${(cause as Error).message}; expected chat, plain, a text that holds {question}, or a file of Jinja`,
      { cause },
    )
  }
  return chatTemplateFrom(source, model === null ? {} : await specialTokens(model.folder), file)
}

/** Of the area of Unicode for private use: no text holds it by chance. */
const standIns = ['\uE000question\uE001', '\uE000answer\uE001'] as const
const probe = 'Is 2 < 3 & "4"?\n  (x)'

function templatePrompt(
  template: ChatTemplate,
  name: string,
  said: Said,
  model: Asked | null,
): Prompt {
  const [question, answer] = standIns
  const frame = frameOf(rendered(template, question, said, []), question)
  if (frame === null)
    throw new DataError(`the template ${name} does not show the question as it is`)
  if (promptText(probe, { frame }) !== rendered(template, probe, said, []))
    throw new DataError(`the template ${name} does not show the question as it is`)
  const turn = [{ role: 'assistant', content: answer }]
  const after = rendered(template, question, said, turn).split(answer)[1] ?? ''
  const kind = name === 'chat' ? name : basename(name)
  return { template: kind, ...said, frame, turnEnd: firstSpecial(after, model) }
}

function rendered(
  template: ChatTemplate,
  question: string,
  { system, instruction }: Said,
  answered: readonly Message[],
): string {
  const asked = instruction === null ? question : `${question}\n\n${instruction}`
  const messages: Message[] = [
    ...(system === null ? [] : [{ role: 'system', content: system }]),
    { role: 'user', content: asked },
    ...answered,
  ]
  const variables = { question, system, instruction }
  return template.render(messages, { addGenerationPrompt: answered.length === 0, variables })
}

function firstSpecial(text: string, model: Asked | null): string | null {
  const there = [...(model?.tokenizer.specials.keys() ?? [])]
    .map(token => ({ token, at: text.indexOf(token) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at || b.token.length - a.token.length)
  return there[0]?.token ?? null
}
