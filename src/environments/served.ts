// An environment behind an address, as OpenEnv serves them: POST reset {seed, episode_id, ...} and POST step {action,
// episode_id}, each answered by {observation, reward, done}. A step is asked once: twice it would be done twice.

import { z } from 'zod'
import { checked } from '../data/checked.ts'
import { ConfigError, type MinformError } from '../errors.ts'
import { told } from '../http/address.ts'
import { limiter } from '../http/limiter.ts'
import { type Received, type Server, send, serverOf } from '../http/post.ts'
import type { Environment, Talk } from '../rollouts/environment.ts'
import type { Json } from '../types.ts'

export interface ServedOptions {
  /** Text behind which the policy waits for a reply; null: its end token. */
  readonly stop: string | null
  readonly timeoutMs?: number // of one request; default 30,000
}

const atOnce = 64 // requests
const largest = 2 ** 18 // bytes of an answer
const usualMs = 30_000

const answer = z.object({
  observation: z.json().default(null),
  reward: z.union([z.number(), z.boolean()]).nullish(),
  done: z.boolean().default(false),
})
const shape = z.looseObject({ properties: z.record(z.string(), z.looseObject({})) })
const description = z.looseObject({ action: shape, observation: shape })

type Properties = z.infer<typeof shape>['properties']

/** The fields of an environment's own that hold its texts; null where nobody says so. */
interface Fields {
  readonly action: string
  readonly observation: string | null
}

/**
 * The environment of an address, which is asked what its actions look like. The sum of its rewards is the outcome, where it
 * gives any. Throws ConfigError where nobody answers there, or no action is made of one text.
 */
export async function servedEnvironment(
  address: string,
  { stop, timeoutMs = usualMs }: ServedOptions,
): Promise<Environment> {
  const server = serverOf(address, '')
  const fields = await fieldsOf(server, timeoutMs)
  const turn = limiter(atOnce)
  let episodes = 0
  return {
    name: address,
    stops: stop === null ? [] : [stop],
    judges: true,
    timeoutMs,
    open: async ({ id, question, prompt, answer, meta }, seed, signal): Promise<Talk> => {
      const episode_id = `${seed}-${++episodes}` // of rollouts at the same time no two are alike
      const ask = (path: string, body: object, signal: AbortSignal) =>
        turn(() => asked(server, path, { ...body, episode_id }, timeoutMs, signal), signal)
      const problem = { id, question: question ?? prompt, answer, meta }
      await ask('reset', { seed, problem }, signal)
      let outcome: number | null = null
      return {
        reply: async (text, signal) => {
          const found = await ask('step', { action: { [fields.action]: text } }, signal)
          if (found.reward != null) outcome = (outcome ?? 0) + Number(found.reward)
          return found.done ? null : textOf(found.observation, fields)
        },
        score: () => (outcome === null ? {} : { outcome }),
      }
    },
  }
}

async function asked(
  server: Server,
  path: string,
  body: object,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<z.infer<typeof answer>> {
  const sending = { path, body: JSON.stringify(body), timeoutMs, largest, signal }
  const received = await send(server, sending)
  const wrong = (what: string): Error => new Error(`${path}: ${told(what, server.secrets)}`)
  if (received.status !== 200) throw wrong(`status ${received.status}: ${textIn(received)}`)
  if (received.bytes.length > largest) throw wrong(`an answer of more than ${largest} bytes`)
  return checked(answer, jsonIn(received, wrong), wrong)
}

/** What the server says its actions and observations are made of, where it says so. */
async function fieldsOf(server: Server, timeoutMs: number): Promise<Fields> {
  const wrong = (what: string): MinformError =>
    new ConfigError(`--environment ${server.shown}: ${told(what, server.secrets)}`)
  const received = await send(server, { path: 'schema', timeoutMs, largest }).catch(error => {
    throw wrong(`cannot be reached (${(error as Error).message}); is it running?`)
  })
  if ([404, 405].includes(received.status)) return { action: 'message', observation: null }
  if (received.status !== 200) throw wrong(`schema: status ${received.status}: ${textIn(received)}`)
  const { action, observation } = checked(description, jsonIn(received, wrong), what =>
    wrong(`schema: ${what}`),
  )
  const texts = textFields(action.properties)
  if (texts.length === 1)
    return { action: texts[0]!, observation: onlyText(observation.properties) }
  throw wrong(
    `its actions have ${texts.length} texts (${texts.join(', ') || 'none'}); expected one, which is what the policy wrote`,
  )
}

function textFields(properties: Properties): string[] {
  return Object.keys(properties).filter(name => properties[name]!.type === 'string')
}

function onlyText(properties: Properties): string | null {
  const texts = textFields(properties)
  return texts.length === 1 ? texts[0]! : null
}

/** What of an observation the policy is told: its text, where it has one, or all of it. */
function textOf(observation: Json, fields: Fields): string {
  if (typeof observation === 'string') return observation
  const texts = Object.entries(observation ?? {}).filter(([, value]) => typeof value === 'string')
  const named = texts.find(([name]) => name === fields.observation)
  const [, text] = named ?? (texts.length === 1 ? texts[0]! : [])
  return typeof text === 'string' ? text : JSON.stringify(observation)
}

function textIn({ bytes }: Received): string {
  return new TextDecoder().decode(bytes)
}

function jsonIn(received: Received, wrong: (what: string) => Error): unknown {
  try {
    return JSON.parse(textIn(received))
  } catch {
    throw wrong(`what is no JSON: ${textIn(received)}`)
  }
}
