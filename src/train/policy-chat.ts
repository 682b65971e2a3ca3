import { unlessData } from '../errors.ts'
import { hashSeed } from '../numbers/random.ts'
import type { ChatAnswer, ChatClient, ChatMessage } from '../rewards/remote/chat.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import { texts } from '../rollouts/texts.ts'
import type { ChatTemplate } from '../tokenizer/chat-template.ts'

/** How the policy is asked. */
export interface PolicyChat {
  readonly template: ChatTemplate | null // null: the messages stand below each other
  readonly temperature?: number | undefined // default as the sampler
  readonly maxTokens?: number | undefined // likewise
  readonly retries?: number | undefined // of an answer that says nothing; default 4
  readonly seed: number
}

/** The policy as a chat model: what is asked at once is sampled side by side. The seed, the messages and the attempt decide. */
export function policyChat(
  sampler: Sampler,
  { template, temperature, maxTokens, retries = 4, seed: own }: PolicyChat,
): Pick<ChatClient, 'ask'> {
  const { engine, tokenizer } = sampler
  const answer = texts(sampler, { temperature, maxTokens })
  const promptOf = (messages: readonly ChatMessage[]): Int32Array | null => {
    const plain = (): string => messages.map(({ content }) => `${content}\n\n`).join('')
    return unlessData(() =>
      tokenizer.encode(template?.render(messages.map(one => ({ ...one }))) ?? plain()),
    )
  }
  return {
    ask: async <T>(
      messages: readonly ChatMessage[],
      read: (text: string) => T | null,
      { seed = 0, signal }: { readonly seed?: number; readonly signal?: AbortSignal } = {},
    ): Promise<ChatAnswer<T>> => {
      const ids = promptOf(messages)
      if (ids === null) return { value: null, missing: 'not in its vocabulary' }
      if (ids.length === 0 || ids.length >= engine.info.maxPositions)
        return { value: null, missing: 'too long' }
      for (let attempt = 0; attempt <= retries; attempt++) {
        signal?.throwIfAborted()
        const text = await answer(
          ids,
          hashSeed(own, 'chat', JSON.stringify(messages), seed, attempt),
        )
        const value = read(text)
        if (value !== null) return { value, missing: null }
        if (temperature === 0) break // it would say the same again
      }
      return { value: null, missing: 'garbage' }
    },
  }
}
