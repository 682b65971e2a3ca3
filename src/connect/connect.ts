// What a server can do, found by asking it in small: a throwaway adapter is made, questioned and unloaded. What a server's
// documentation says is not asked.

import type { Abilities } from '../engine/engine.ts'
import { abilitiesOf } from '../engine/tinker/abilities.ts'
import { Line } from '../engine/tinker/ask.ts'
import type { Offered } from '../engine/tinker/dialect.ts'
import { type DialectName, dialects, serverFor } from '../engine/tinker/open.ts'
import { type Model, Operations } from '../engine/tinker/operations.ts'
import type { Profile } from '../engine/tinker/profile.ts'
import { ConfigError, EngineError } from '../errors.ts'
import { tryAdapter } from './adapter.ts'
import { type Finding, finding, shortly } from './finding.ts'
import { tryGradients, trySteps } from './gradients.ts'
import { type Here, tryHere } from './here.ts'
import { tryPublications, trySamples } from './samples.ts'
import { tryStates } from './states.ts'
import { Trial } from './trial.ts'

/** A server is there, or it is not: nobody wants to wait for that. */
const patience = { backoffMs: 100, longestBackoffMs: 500, goneMs: 10_000 }

/** Which server, which of its models, and what is known of that here. */
export interface Connecting {
  readonly url: string
  readonly baseModel?: string | null // default: the only one that it has
  readonly here?: Here | null // the same model's folder on this machine
  readonly rank?: number // default 8
  readonly apiKey?: string | null | undefined // default: TINKER_API_KEY
  readonly dialect?: DialectName
  readonly signal?: AbortSignal | undefined
  readonly say?: (line: string) => void
  /** Told who answers, and each finding as it comes. */
  readonly report?: { found(server: Contact): void; finding(one: Finding): void }
}

/** Who answers, before anything is tried. */
export interface Contact {
  readonly server: string
  readonly dialect: string
  readonly models: readonly Offered[]
  readonly baseModel: string
}

export interface ServerFound extends Contact {
  readonly findings: readonly Finding[]
  /** null where nothing can be learned there: no carrier, or no way to know how gradients are reduced */
  readonly profile: Profile | null
  readonly abilities: Abilities | null
  readonly ownLogprobs: boolean // samples tell the model's log-probabilities, at temperature 1
  readonly milliseconds: Readonly<Record<string, number>> // a question of each kind, the fastest
}

/**
 * Tries a server. Throws ConfigError for an address, a key or a name that cannot be one, EngineError where nobody answers, or
 * somebody who is no such server, or has another model than the one here.
 */
export async function connect(asked: Connecting): Promise<ServerFound> {
  const { signal, say = () => undefined } = asked
  const dialect = dialects[asked.dialect ?? 'tinker-json']
  const line = new Line(serverFor(asked, dialect), patience, say)
  const operations = new Operations(line, dialect, false)
  const models = await firstAnswer(operations, signal)
  const baseModel = chosen(models, asked.baseModel ?? null, line.shown)
  const contact = { server: line.shown, dialect: dialect.name, models, baseModel }
  asked.report?.found(contact)
  const session = await operations.createSession(signal)
  const beat = () => void operations.heartbeat(session).catch(() => undefined)
  const beating = setInterval(beat, 10_000)
  beat()
  const rank = asked.rank ?? 8
  const trial = new Trial(operations, { session, baseModel, rank, signal })
  try {
    const model = await trial.create()
    try {
      return { ...contact, ...(await questioned(trial, model, asked)) }
    } finally {
      await trial.unload(model).catch(() => undefined)
    }
  } finally {
    clearInterval(beating)
  }
}

type Found = Omit<ServerFound, keyof Contact>

async function questioned(trial: Trial, model: Model, asked: Connecting): Promise<Found> {
  const findings: Finding[] = []
  const told = (...found: readonly Finding[]): void => {
    findings.push(...found)
    for (const one of found) asked.report?.finding(one)
  }
  const here = await tryHere(trial, model, asked.here ?? null)
  told(...here.findings)
  if (here.same === false)
    throw new EngineError(
      `${trial.operations.line.shown}: ${trial.settings.baseModel} is not the model of ${asked.here?.folder}: its tokens or its weights are others`,
    )
  const [a, b] = here.ids
  const samples = await trySamples(trial, model, a.slice(0, 8))
  told(...samples.findings)
  const gradients = await tryGradients(trial, model, [a, b])
  told(...gradients.findings)
  const { carrier, reduction, idempotent } = gradients
  let profile: Profile | null = null
  if (carrier !== null && reduction !== null) {
    const { exactSeeds } = samples
    const { findings: steps, clips } = await trySteps(trial, model, a, { carrier, reduction })
    told(...steps)
    told(...(await tryStates(trial, model, b, carrier)))
    told(await tryAdapter(trial, model))
    // last, since an old publication may undo what was learned
    const { snapshots, finding: old } = await tryPublications(trial, model, a.slice(0, 8), carrier)
    told(old)
    profile = { carrier, reduction, idempotent, clips, snapshots, exactSeeds }
  }
  told(notServed, await tryForeignName(trial))
  const milliseconds = fastest(trial.took)
  told(times(milliseconds))
  const abilities = profile === null ? null : abilitiesOf(profile)
  return { findings, profile, abilities, ownLogprobs: samples.own, milliseconds }
}

const notServed = finding(
  'entropies and classes',
  false,
  'no',
  'the protocol has no words for them',
)

/** What the server offers, which is the first question: what it refuses tells who it is. */
async function firstAnswer(operations: Operations, signal: AbortSignal | undefined) {
  try {
    return await operations.capabilities(signal)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    const { message } = error
    const hint = /\b40[13]\b/.test(message)
      ? 'it wants a key: set TINKER_API_KEY'
      : /\b404\b/.test(message)
        ? 'is this the address of a server that speaks the Tinker protocol?'
        : null
    throw hint === null ? error : new EngineError(`${message}; ${hint}`, { cause: error })
  }
}

function chosen(models: readonly Offered[], named: string | null, shown: string): string {
  const names = models.map(({ name }) => name)
  const list = names.slice(0, 20).join(', ') || 'none'
  if (named === null && names.length === 1) return names[0]!
  if (named === null)
    throw new ConfigError(`${shown} has ${names.length} models; name one by --base-model: ${list}`)
  if (names.includes(named)) return named
  throw new EngineError(`${shown}: no model ${named}; it has ${list}`)
}

/** Whether the server would make an adapter of a model that it does not have, and of what then. */
async function tryForeignName(trial: Trial): Promise<Finding> {
  const about = 'a name that it does not have'
  const name = 'minform/no-such-model'
  try {
    const model = await trial.create(null, name)
    await trial.unload(model).catch(() => undefined)
    return finding(
      about,
      true,
      'is taken for its own',
      'an adapter was made: names are compared here',
    )
  } catch (error) {
    trial.settings.signal?.throwIfAborted()
    return finding(about, false, 'is refused', (error as Error).message)
  }
}

function fastest(took: ReadonlyMap<string, readonly number[]>): Record<string, number> {
  return Object.fromEntries([...took].map(([what, ms]) => [what, Math.round(Math.min(...ms))]))
}

function times(milliseconds: Readonly<Record<string, number>>): Finding {
  const { score, learn, step, publish, sample, save } = milliseconds
  const all = { score, learn, step, publish, sample, save }
  const shown = Object.entries(all).filter(([, ms]) => ms !== undefined)
  const measured = shown.map(([what, ms]) => `${what} ${ms}`).join(', ')
  return finding(
    'a small request takes',
    { ...milliseconds },
    `${shortly(step ?? 0)} ms a step`,
    `ms: ${measured}`,
  )
}
