// The chat model of a run: what a recipe asks it, who answers, and what is written down of that. What is never answered is
// counted, and null; it is never made up.

import { ConfigError, VerifierError } from '../errors.ts'
import { keyOf } from '../http/key.ts'
import type { Recipe } from '../recipe.ts'
import { type Ask, type ChatClient, type ChatMessage, chatClient } from '../rewards/remote/chat.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import type { RunWriter } from '../runs/writer.ts'
import { findChatTemplate } from '../tokenizer/chat-template.ts'
import { recipesThat } from './other-recipes.ts'
import { policyChat } from './policy-chat.ts'
import type { ChatSpec } from './request/chat.ts'

/** What was asked since the last time that somebody wanted to know. */
export interface ChatFound {
  readonly asked: number
  readonly missing: Readonly<Record<string, number>> // answers that never came, by reason
}

/** The chat model of a run, and what comes of it. */
export interface RunChat {
  readonly ask: Ask
  take(): ChatFound
}

const recordedEach = 2 // exchanges that the log keeps between two looks
const longest = 2000 // characters of a text there

/** The request, unless its recipe asks a chat model where none is named: a ConfigError then names the recipes that ask none. */
export function requireChat<
  R extends { readonly recipe: Pick<Recipe, 'name' | 'needs'>; readonly chat: ChatSpec | null },
>(request: R): R {
  const { recipe, chat } = request
  const { name, needs } = recipe
  if (!needs.includes('chat') || chat !== null) return request
  const without = recipesThat(one => !one.needs.includes('chat'))
  throw new ConfigError(
    `${name} asks a chat model: name one by --chat ADDRESS --chat-model NAME, or take the policy itself by --chat policy; ` +
      `these recipes ask none: ${without}`,
  )
}

/** Asks an endpoint once, before anything is written. Throws VerifierError where it does not answer. */
export async function tryChat(spec: ChatSpec | null, signal?: AbortSignal): Promise<void> {
  if (spec?.kind !== 'server') return
  const hello = [{ role: 'user', content: 'Reply with the word ok.' }] as const
  const { missing } = await clientOf(spec).ask(hello, text => text, signal && { signal })
  if (missing !== null)
    throw new VerifierError(`${spec.url}: ${spec.model} gave no answer (${missing})`)
}

/** The chat model that a request names, for a policy of this folder; null where it names none. */
export async function openChat(
  spec: ChatSpec | null,
  { folder, sampler, seed }: { folder: string; sampler: Sampler; seed: number },
  log: RunWriter['log'],
): Promise<RunChat | null> {
  if (spec === null) return null
  if (spec.kind === 'server') return serverChat(spec, log)
  const template = await findChatTemplate(folder)
  return recorded(policyChat(sampler, { ...spec, seed, template }), log)
}

/** Models beside a policy of this folder as chat models, sampled as the policy is. */
export async function askingBeside({
  folder,
  sampler,
  seed,
}: {
  folder: string
  sampler: Sampler
  seed: number
}): Promise<(engine: Sampler['engine']) => Ask> {
  const template = await findChatTemplate(folder)
  const { environment: _, ...alone } = sampler
  return engine => {
    const { ask } = policyChat({ ...alone, engine }, { template, seed })
    return async (messages, read, options) => (await ask(messages, read, options)).value
  }
}

/** The chat model behind an endpoint; null where none is named. */
export function serverChat(
  spec: (ChatSpec & { kind: 'server' }) | null,
  log: RunWriter['log'],
): RunChat | null {
  return spec === null ? null : recorded(clientOf(spec), log)
}

/** How a chat model behind an endpoint is asked, where nothing of it is written down. */
export function openServerChat(spec: ChatSpec & { kind: 'server' }): Ask {
  const client = clientOf(spec)
  return async (...asked) => (await client.ask(...asked)).value
}

function clientOf({ apiKeyEnv, ...endpoint }: ChatSpec & { kind: 'server' }): ChatClient {
  return chatClient({ ...endpoint, apiKey: keyOf(apiKeyEnv, '--chat-key-env') })
}

/** What a client is asked, counted; the first exchanges between two looks are logged. */
export function recorded(client: Pick<ChatClient, 'ask'>, log: RunWriter['log']): RunChat {
  let asked = 0
  let missing: Record<string, number> = {}
  return {
    ask: async (messages, read, options) => {
      const keep = asked++ < recordedEach
      let last: string | null = null
      const found = await client.ask(
        messages,
        text => {
          last = text
          return read(text)
        },
        options,
      )
      if (found.missing !== null) missing[found.missing] = (missing[found.missing] ?? 0) + 1
      if (keep)
        log('info', 'chat', {
          asked: messages.map(cut),
          text: last && short(last),
          missing: found.missing,
        })
      return found.value
    },
    take: () => {
      const found = { asked, missing }
      asked = 0
      missing = {}
      return found
    },
  }
}

function cut({ role, content }: ChatMessage): ChatMessage {
  return { role, content: short(content) }
}

function short(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}...`
}
