// A model that learns on a server which may forget it. The last state that the server was made to keep, and every step since,
// are remembered here: a model that is lost is made again from them, so that nothing is learned twice and nothing is lost.

import { EngineError } from '../../errors.ts'
import { linked } from '../../http/deadline.ts'
import { LostError, RefusedError } from './ask.ts'
import type { LearnedSequence, OptimizerSettings } from './dialect.ts'
import { type Model, type Operations, StateLostError } from './operations.ts'
import type { Profile } from './profile.ts'

/** What the model was made of. */
export interface Origin {
  readonly baseModel: string
  readonly rank: number
  readonly seed: number
}

/** A step: what was learned, scaled as the server's reduction wants it, and how. */
export interface Step {
  readonly sequences: readonly LearnedSequence[]
  readonly settings: OptimizerSettings
}

/** The model as it is on the server now. */
export interface Live {
  readonly epoch: number // of models made for the same weights
  readonly session: string
  readonly model: Model
  publications: number
  sampler: { readonly version: number; readonly made: Promise<Sampler> } | null
  base: Promise<Sampler> | null
}

/** Weights that are ready to sample from. */
export interface Sampler {
  readonly name: string
  readonly version: number
  requests: number
}

/** A state on the server, and the steps that were taken since. */
interface Journal {
  readonly path: string | null // null: fresh
  readonly version: number
  readonly steps: readonly Step[]
}

export interface TrainingSettings {
  readonly heartbeatMs: number
  readonly keepEvery: number // steps until the server is made to keep a state
  readonly keepTokens: number // likewise, tokens of the steps since
  readonly mostRecoveries: number // in a row, until the server is not trusted any more
}

export const usualTraining: TrainingSettings = {
  heartbeatMs: 10_000,
  keepEvery: 16,
  keepTokens: 4_000_000,
  mostRecoveries: 12,
}

export class Training {
  private readonly operations: Operations
  private readonly profile: Profile
  private readonly origin: Origin
  private readonly settings: TrainingSettings
  private readonly say: (line: string) => void
  private readonly lifetime = new AbortController()
  private journal: Journal = { path: null, version: 0, steps: [] }
  private live: Promise<Live> | null = null
  private epoch = 0
  private kept = 0
  private beating: NodeJS.Timeout | null = null

  constructor(
    operations: Operations,
    profile: Profile,
    origin: Origin,
    settings: Partial<TrainingSettings>,
    say: (line: string) => void,
  ) {
    this.operations = operations
    this.profile = profile
    this.origin = origin
    this.settings = { ...usualTraining, ...settings }
    this.say = say
  }

  /** Aborts when the engine is closed. */
  get ended(): AbortSignal {
    return this.lifetime.signal
  }

  get version(): number {
    return this.journal.version + this.journal.steps.length
  }

  /** Makes the model, and the server keep it as it is. */
  async open(signal?: AbortSignal): Promise<void> {
    await this.keep(signal)
  }

  /** Does something with the model. Where it is lost on the way, it is made again and the work is begun once more. */
  async run<T>(work: (live: Live) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let lost = 0; ; lost++) {
      const live = await this.#alive(signal)
      try {
        return await work(live)
      } catch (error) {
        if (!(error instanceof LostError)) throw error
        if (lost >= this.settings.mostRecoveries)
          throw new EngineError(`${error.message}; this came ${lost + 1} times in a row`, {
            cause: error,
          })
        this.#forsake(live, error)
        if (lost > 0) await this.operations.line.pause(lost, signal)
      }
    }
  }

  /** Takes a step; the norm of its gradient. What fails on the way leaves the model as it was before. */
  async step(step: Step): Promise<number | null> {
    const norm = await this.run(async live => {
      try {
        const norm = await this.#take(live.model, step, this.lifetime.signal)
        if (live.epoch === this.epoch) return norm
      } catch (error) {
        // a part of the gradient may be there
        if (!(error instanceof LostError)) this.#forsake(live, error)
        throw error
      }
      throw new LostError('the model was made again while it took a step')
    })
    if (norm !== null && !Number.isFinite(norm)) {
      this.#forsake(await this.#alive(), new LostError(`the gradient's norm is ${norm}`))
      return norm
    }
    const { steps } = this.journal
    this.journal = { ...this.journal, steps: [...steps, step] }
    return norm
  }

  /**
   * Has the server keep a state now and then, so that little has to be learned again. Where it does not, the steps since are
   * remembered for longer: what was learned is not undone by that.
   */
  async keepNowAndThen(): Promise<void> {
    const { steps } = this.journal
    const tokens = steps.flatMap(step => step.sequences).reduce((sum, s) => sum + s.ids.length, 0)
    const { keepEvery, keepTokens } = this.settings
    if (steps.length < keepEvery && tokens < keepTokens) return
    try {
      await this.keep()
    } catch (error) {
      this.lifetime.signal.throwIfAborted()
      if (!(error instanceof EngineError)) throw error
      this.say(`${error.message}; ${steps.length} steps are remembered here instead`)
    }
  }

  /** Has the server keep weights and optimizer as they are. */
  keep(signal?: AbortSignal): Promise<string> {
    return this.save('kept', signal)
  }

  /** Has the server save weights and optimizer under a name that begins so; where. What was only kept before is forgotten. */
  async save(label: string, signal?: AbortSignal): Promise<string> {
    const { path: before } = this.journal
    const path = await this.run(
      ({ model }) => named(() => this.operations.saveState(model, this.#name(label), signal)),
      signal,
    )
    this.journal = { path, version: this.version, steps: [] }
    if (before !== null) await this.#forget(before)
    return path
  }

  /** Has the server save the adapter for others; where, and of which model. */
  adapter(
    label: string,
    signal?: AbortSignal,
  ): Promise<{ readonly model: string; readonly path: string | null }> {
    return this.run(async ({ model }) => {
      const path = await named(() => this.operations.saveAdapter(model, this.#name(label), signal))
      return { model: model.name, path }
    }, signal)
  }

  /**
   * Goes on from a saved state. Where that cannot be had the model is what it was, made again: a server may have no room for
   * two.
   */
  async moveTo(path: string, version: number, signal?: AbortSignal): Promise<void> {
    const before = this.journal
    const old = await this.#alive(signal)
    this.journal = { path, version, steps: [] }
    this.#replace(old)
    try {
      const { model } = await this.#alive(signal)
      if (before.path !== null && isKept(before.path)) await this.#drop(model, before.path)
    } catch (error) {
      this.journal = before
      this.epoch++ // what still comes of the attempt is not the model
      this.live = null
      throw error
    }
  }

  /** Weights of the present version, ready to sample from; a publication of others is never sampled again. */
  sampler(live: Live): Promise<Sampler> {
    const { version } = this
    if (live.sampler?.version === version) return live.sampler.made
    const published = named(() =>
      this.operations.publish(live.model, live.publications++, this.lifetime.signal),
    )
    const made = published.then(name => ({ name, version, requests: 0 }))
    live.sampler = { version, made }
    made.catch(() => {
      live.sampler = null
    })
    return made
  }

  /** The frozen weights, ready to be asked. */
  baseSampler(live: Live): Promise<Sampler> {
    if (live.base !== null) return live.base
    const { baseModel } = this.origin
    const { signal } = this.lifetime
    const made = named(() =>
      this.operations.baseSampler(live.session, live.publications++, baseModel, signal),
    ).then(name => ({ name, version: 0, requests: 0 }))
    live.base = made
    made.catch(() => {
      live.base = null
    })
    return made
  }

  async close(): Promise<void> {
    const { live, journal } = this
    this.live = null
    this.epoch++
    if (this.beating !== null) clearInterval(this.beating)
    this.lifetime.abort(new EngineError('the engine is closed')) // what waits for a server that is gone ends
    const one = await live?.catch(() => null)
    if (!one) return
    if (journal.path !== null && isKept(journal.path)) await this.#drop(one.model, journal.path)
    await this.#unload(one.model)
  }

  async #alive(signal?: AbortSignal): Promise<Live> {
    this.lifetime.signal.throwIfAborted()
    if (this.live === null) this.#replace()
    return until(this.live!, signal)
  }

  /** The model is not there any more, or not what it should be. */
  #forsake(live: Live, why: unknown): void {
    if (live.epoch !== this.epoch) return
    const { steps, version } = this.journal
    this.say(
      `${(why as Error).message}; going on from the state after ${version} steps and the ${steps.length} since`,
    )
    this.#replace(live)
  }

  #replace(old?: Live): void {
    const made = this.#made(++this.epoch, old)
    this.live = made
    made.catch(() => {
      if (this.live === made) this.live = null
    })
  }

  /** A model with the weights that the journal says. */
  async #made(epoch: number, old: Live | undefined): Promise<Live> {
    if (old !== undefined) await this.#unload(old.model)
    for (let lost = 0, stateless = 0; ; lost++) {
      try {
        return await this.#attempt(epoch)
      } catch (error) {
        if (!(error instanceof LostError)) throw error
        stateless = error instanceof StateLostError ? stateless + 1 : 0
        if (stateless >= mostStateless) throw this.#stateless(error)
        if (lost >= this.settings.mostRecoveries)
          throw new EngineError(error.message, { cause: error })
        await this.operations.line.pause(lost + 1, this.lifetime.signal)
      }
    }
  }

  #stateless(cause: LostError): EngineError {
    const { path, version } = this.journal
    return new EngineError(
      `${cause.message}: the server no longer has ${path}, the state after ${version} steps; go on from the last checkpoint whose state it has`,
      { cause },
    )
  }

  async #attempt(epoch: number): Promise<Live> {
    const { path: from, steps } = this.journal
    const { signal } = this.lifetime
    // What an attempt before may have left in another session ends with that session.
    const session = await this.operations.createSession(signal)
    this.#beat(session)
    const wanted = { ...this.origin, session, number: 0, from }
    const model = await this.operations.createModel(wanted, signal)
    const live: Live = { epoch, session, model, publications: 0, sampler: null, base: null }
    try {
      for (const step of steps) await this.#take(model, step, signal)
    } catch (error) {
      await this.#unload(model)
      throw error
    }
    return live
  }

  async #take(model: Model, { sequences, settings }: Step, signal?: AbortSignal) {
    await this.operations.forwardBackward(model, sequences, this.profile.carrier, signal)
    return this.operations.optimizerStep(model, settings, signal)
  }

  #name(label: string): string {
    const unique = `${Date.now().toString(36)}${process.pid.toString(36)}${(this.kept++).toString(36)}`
    return `${prefix}${label}-${this.version}-${unique}`
  }

  async #forget(path: string): Promise<void> {
    if (!isKept(path)) return
    const { model } = await this.#alive()
    await this.#drop(model, path)
  }

  async #drop(model: Model, path: string): Promise<void> {
    await this.operations.forget(model, path).catch(() => undefined)
  }

  /** A model may be gone, on a server that is gone. */
  async #unload(model: Model): Promise<void> {
    await this.operations.unload(model).catch(() => undefined)
  }

  /** At once, since a session that never had one may live for ever, and then every few seconds. */
  #beat(session: string): void {
    const once = (): void => void this.operations.heartbeat(session).catch(() => undefined)
    if (this.beating !== null) clearInterval(this.beating)
    this.beating = setInterval(once, this.settings.heartbeatMs)
    this.beating.unref()
    once()
  }
}

const prefix = 'minform-'
const mostNames = 3
const mostStateless = 6 // in a row; a server that is started anew may lose the model while it loads

function isKept(path: string): boolean {
  return path.includes(`/${prefix}kept-`)
}

/** What comes of a promise, unless the signal aborts before. */
async function until<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return linked(signal, ({ signal: own, abort }) =>
    Promise.race([
      promise.finally(() => abort()),
      new Promise<never>((_, reject) => {
        own.addEventListener('abort', () => signal.aborted && reject(signal.reason))
      }),
    ]),
  )
}

/** What is asked for under a name or number that is used once: an attempt whose answer was lost may have used it. */
async function named<T>(ask: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await ask()
    } catch (error) {
      const taken = error instanceof RefusedError && error.kind === 'taken'
      if (!taken) throw error
      if (tried >= mostNames) throw new LostError(error.message) // by attempts whose results failed
    }
  }
}
