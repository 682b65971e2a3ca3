// Who is asked where no policy learns: a chat model on a server, or a model here.

import type { Ask } from '../rewards/remote/chat.ts'
import { findChatTemplate } from '../tokenizer/chat-template.ts'
import { recorded, serverChat } from '../train/chat.ts'
import { policyChat } from '../train/policy-chat.ts'
import type { ChatSpec } from '../train/request/chat.ts'
import type { Json } from '../types.ts'
import type { Given } from './flags.ts'
import { openModel } from './model.ts'

export type AskedBy =
  | { readonly server: ChatSpec & { readonly kind: 'server' } }
  | { readonly model: string }

export interface AskedChat {
  readonly ask: Ask
  readonly identity: Json
  readonly atOnce: number
  close(): Promise<void>
}

/** Opens who is asked; a model here is placed as the flags say, and asked a second time where it says nothing that can be read. */
export async function openAsked(by: AskedBy, args: Given, seed: number): Promise<AskedChat> {
  const log = (): void => {}
  if ('server' in by) {
    const { server } = by
    const { ask } = serverChat(server, log)!
    const identity = { url: server.url, model: server.model }
    return { ask, identity, atOnce: server.concurrency ?? 8, close: async () => {} }
  }
  const model = await openModel(by.model, args)
  const tokenizer = await model.tokenizer()
  const sampler = { engine: model.engine, tokenizer, stopIds: tokenizer.stopIds, maxTokens: 512 }
  const template = await findChatTemplate(model.folder)
  const { ask } = recorded(policyChat(sampler, { template, retries: 1, seed }), log)
  return { ask, identity: { model: by.model }, atOnce: 16, close: () => model.engine.close() }
}
