import { ConfigError } from '../../errors.ts'
import { requireNoSecret } from '../../http/address.ts'
import { requireChat } from '../../train/chat.ts'
import type { ChatSpec } from '../../train/request/chat.ts'
import { type Flags, type Given, kebab, numberFlag, textFlag } from '../flags.ts'
import { group } from './group.ts'

const serverArgs = {
  chatModel: { type: 'string', valueHint: 'name', description: 'its name there' },
  chatKeyEnv: {
    type: 'string',
    valueHint: 'variable',
    description: 'environment variable with the key that it asks for; default: none is sent',
  },
  chatConcurrency: {
    type: 'string',
    valueHint: 'count',
    description: 'requests to it at once; default 8',
  },
  chatTimeout: {
    type: 'string',
    valueHint: 'seconds',
    description: 'until a request is given up; default 120',
  },
} as const satisfies Flags

const askingArgs = {
  chatTemperature: {
    type: 'string',
    valueHint: 'number',
    description: 'default: as the server has it, or as the policy samples',
  },
  chatTokens: {
    type: 'string',
    valueHint: 'count',
    description: 'of one answer at most; default: likewise',
  },
  chatRetries: {
    type: 'string',
    valueHint: 'count',
    description: 'of a request that failed, or of an answer that cannot be read; default 4',
  },
} as const satisfies Flags

/** The chat model that a recipe may ask. */
export const chatFlags = group({
  title: 'chat model',
  args: {
    chat: {
      type: 'string',
      valueHint: 'address',
      description: `that recipes may ask, such as http://localhost:8000/v1, or policy: the model that learns; a secret in it is written as '\${NAME}', after its environment variable`,
    },
    ...serverArgs,
    ...askingArgs,
  },
  read: (args, recipe) => {
    const chat = specOf(args)
    requireChat({ recipe, chat })
    return { chat: recipe.needs.includes('chat') || recipe.mayAsk === true ? chat : null }
  },
  told: ({ chat }) => {
    const server = chat?.kind === 'server' ? chat : null
    const said = {
      chat: server?.url ?? chat?.kind,
      chatModel: server?.model,
      chatKeyEnv: server?.apiKeyEnv,
      chatConcurrency: server?.concurrency,
      chatTimeout: server?.timeoutMs === undefined ? null : server.timeoutMs / 1000,
      chatTemperature: chat?.temperature,
      chatTokens: chat?.maxTokens,
      chatRetries: chat?.retries,
    }
    return Object.fromEntries(
      Object.entries(said).map(([name, value]) => [name, value == null ? null : String(value)]),
    )
  },
  renewed: ['chat', 'chatKeyEnv', 'chatConcurrency', 'chatTimeout', 'chatRetries'],
})

/** The chat model that flags name, where there is no policy; null where they name none. */
export function chatServer(args: Given): (ChatSpec & { kind: 'server' }) | null {
  const spec = specOf(args)
  if (spec?.kind !== 'policy') return spec
  throw new ConfigError('--chat policy: no policy learns here; name the address of a server')
}

function specOf(args: Given): ChatSpec | null {
  const chat = textFlag(args, 'chat')
  const stray = (names: Flags): string | undefined =>
    Object.keys(names).find(name => args[name] !== undefined)
  const alone = chat === null ? stray({ ...serverArgs, ...askingArgs }) : undefined
  if (alone !== undefined) throw new ConfigError(`--${kebab(alone)} goes with --chat`)
  if (chat === null) return null
  const number = (name: string, limits: { min: number; integer?: boolean }): number | undefined => {
    const text = textFlag(args, name)
    return text === null ? undefined : numberFlag(`--${kebab(name)}`, text, limits)
  }
  const asking = given({
    temperature: number('chatTemperature', { min: 0 }),
    maxTokens: number('chatTokens', { min: 1, integer: true }),
    retries: number('chatRetries', { min: 0, integer: true }),
  })
  if (chat === 'policy') {
    const wrong = stray(serverArgs)
    if (wrong === undefined) return { kind: 'policy', ...asking }
    throw new ConfigError(`--${kebab(wrong)} goes with the address of a server; --chat is policy`)
  }
  const model = textFlag(args, 'chatModel')
  if (model === null)
    throw new ConfigError('--chat needs --chat-model, the name that the endpoint knows it by')
  requireNoSecret(chat)
  const timeout = number('chatTimeout', { min: 0 })
  const patience = given({
    apiKeyEnv: textFlag(args, 'chatKeyEnv') ?? undefined,
    concurrency: number('chatConcurrency', { min: 1, integer: true }),
    timeoutMs: timeout === undefined ? undefined : 1000 * timeout,
  })
  return { kind: 'server', url: chat, model, ...asking, ...patience }
}

/** The settings that there are. */
function given<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const some = Object.entries(settings).filter(([, value]) => value !== undefined)
  return Object.fromEntries(some) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
