// An engine whose model lives on a server. Gradients wait here until the step, so that nothing half-made lies on the server;
// everything else that a server does not do, or does in its own way, is made up for here.

import { EngineError } from '../../errors.ts'
import { limiter } from '../../http/limiter.ts'
import { hashSeed } from '../../numbers/random.ts'
import type { TokenBytes } from '../../tokenizer/tokenizer.ts'
import { noMeans } from '../abilities.ts'
import { limitOf, requireTokenBytes, sampleRules } from '../completing.ts'
import type {
  Abilities,
  Completion,
  Engine,
  ModelInfo,
  SampleOptions,
  SampleRequest,
  SaveOptions,
  ScoreOptions,
  Scoring,
  Spent,
  StepOptions,
  StepResult,
  TokenScores,
  WeightedSequence,
} from '../engine.ts'
import { readAlone } from '../targets.ts'
import { abilitiesOf } from './abilities.ts'
import { completionOf, samplingSettings } from './completion.ts'
import type { LearnedSequence } from './dialect.ts'
import { Known } from './known.ts'
import type { Operations } from './operations.ts'
import type { Profile } from './profile.ts'
import { readState, type StateOf, saveState } from './saving.ts'
import type { Live, Sampler, Training } from './training.ts'
import { Turns } from './turns.ts'
import { requireDrawn, requireLearnable, requireSequence, stepSettings } from './validate.ts'

/** What an engine is made of, once a server has been found and understood. */
export interface TinkerParts {
  readonly info: ModelInfo
  readonly operations: Operations
  readonly profile: Profile
  readonly training: Training
  readonly identity: StateOf
  readonly inFlight?: number // requests for samples at once; default 128
}

/** What a call samples from: a publication of one model on the server. */
interface Pinned {
  readonly epoch: number
  readonly sampler: Sampler
}

/** Seeds of a server: completion i of a request draws from seed + i, which must stay below 2^31. */
const mostCompletions = 2 ** 16
const seeds = 2 ** 31 - mostCompletions

export class TinkerEngine implements Engine {
  readonly info: ModelInfo
  readonly abilities: Abilities
  readonly profile: Profile
  readonly operations: Operations
  readonly base: Scoring | null
  private readonly training: Training
  private readonly identity: StateOf
  private readonly turns = new Turns()
  private readonly limited: ReturnType<typeof limiter>
  private readonly known = new Known()
  private tokens: TokenBytes | null = null
  private gradient: LearnedSequence[] = []
  private closed = false

  constructor({ info, operations, profile, training, identity, inFlight = 128 }: TinkerParts) {
    this.info = info
    this.profile = profile
    this.operations = operations
    this.training = training
    this.identity = identity
    this.limited = limiter(inFlight)
    this.abilities = abilitiesOf(profile)
    const score = (sequences: readonly Int32Array[], signal?: AbortSignal) =>
      this.#scoreBase(sequences, signal)
    this.base = operations.dialect.baseSampler === null ? null : { score }
  }

  get version(): number {
    return this.training.version
  }

  spent(): Spent {
    return { ...this.operations.spent }
  }

  async spell(tokens: TokenBytes): Promise<void> {
    this.#ready('spell')
    requireTokenBytes(tokens, this.info)
    this.tokens = tokens
  }

  async sample(
    requests: readonly SampleRequest[],
    options: SampleOptions,
  ): Promise<readonly (readonly Completion[])[]> {
    const { signal = this.training.ended } = options
    this.#ready('sample', signal)
    const rules = sampleRules(this.info, requests, options, this.tokens)
    if (options.precision === 'int8')
      throw new EngineError('sample: precision int8; this server has no such setting')
    if (rules.minTokens > 0)
      throw new EngineError(`sample: minTokens ${rules.minTokens}; this server has no such setting`)
    for (const { n } of requests)
      if (n > mostCompletions)
        throw new EngineError(`sample: ${n} completions of a prompt, at most ${mostCompletions}`)
    if (requests.length === 0) return []
    const settings = samplingSettings(options)
    const ask = ({ ids, n, seed, ...request }: SampleRequest, pinned: Pinned) =>
      this.training.run(async live => {
        const sampler = live.epoch === pinned.epoch ? pinned.sampler : await this.#published(live)
        const drawn = await this.operations.sample(
          {
            ...settings,
            ...{ sampler: sampler.name, number: sampler.requests++, ids, n },
            maxTokens: limitOf({ ids, ...request }, options, this.info),
            seed: hashSeed(seed, 'tinker') % seeds,
            promptLogprobs: false,
          },
          signal,
        )
        return drawn.completions.map(one => {
          requireDrawn(one.ids, this.info, this.identity)
          const completion = completionOf(one, rules, settings, sampler.version)
          this.known.remember(sampler.version, ids, completion.ids, completion.logprobs_T)
          return completion
        })
      }, signal)
    const all = (pinned: Pinned) =>
      Promise.all(
        requests.map((request, i) =>
          this.limited(async () => {
            const completions = await ask(request, pinned)
            options.arrived?.(i, completions)
            return completions
          }, signal),
        ),
      )
    // what is published now is what is sampled, whatever is learned before the last request has its turn
    const pin = () =>
      this.training.run(
        async live => ({ epoch: live.epoch, sampler: await this.training.sampler(live) }),
        signal,
      )
    if (this.profile.snapshots) return all(await this.turns.read(pin, signal))
    return this.turns.read(async () => all(await pin()), signal)
  }

  async score(
    sequences: readonly Int32Array[],
    signal: AbortSignal = this.training.ended,
    { meanLogprobs = false }: ScoreOptions = {},
  ): Promise<readonly TokenScores[]> {
    this.#ready('score', signal)
    if (meanLogprobs) throw new EngineError(noMeans)
    for (const ids of sequences) requireSequence(ids, this.info)
    return this.turns.read(async () => {
      const scores = await this.#scores(sequences, signal)
      for (const [i, ids] of sequences.entries())
        if (ids.length > 1)
          this.known.remember(
            this.version,
            ids.subarray(0, 1),
            ids.subarray(1),
            scores[i]!.logprobs,
          )
      return scores
    }, signal)
  }

  classify(): Promise<never> {
    return this.#refused('classify')
  }

  hidden(): Promise<never> {
    return this.#refused('hidden', 'gives no hidden states')
  }

  weights(): Promise<never> {
    return this.#refused('weights', 'gives no weights')
  }

  blend(): Promise<never> {
    return this.#refused('blend', 'takes no weights')
  }

  async accumulate(
    sequences: readonly WeightedSequence[],
    signal: AbortSignal = this.training.ended,
  ): Promise<readonly TokenScores[]> {
    this.#ready('accumulate', signal)
    for (const sequence of sequences) requireLearnable(sequence, this.info)
    const weighted = sequences.filter(({ weights }) => weights.some(weight => weight !== 0))
    const read = await this.turns.read(() => this.#read(weighted, signal), signal)
    weighted.forEach(({ ids, weights }, i) => {
      this.gradient.push({ ids, weights: weights.slice(), logprobs: read[i]! })
    })
    const found = new Map(weighted.map((sequence, i) => [sequence, read[i]!]))
    return sequences.map(sequence => {
      const unread = () => sequence.weights.map(() => Number.NaN)
      const logprobs = found.get(sequence) ?? unread()
      return readAlone(sequence, { logprobs, entropies: null })
    })
  }

  accumulateClasses(): Promise<never> {
    return this.#refused('accumulateClasses')
  }

  accumulateLogits(): Promise<never> {
    return this.#refused('accumulateLogits')
  }

  async step(options: StepOptions): Promise<StepResult> {
    this.#ready('step')
    const settings = stepSettings(options, this.profile.clips)
    return this.turns.write(async () => {
      const sequences = scaled(this.gradient, this.profile)
      if (!sequences.every(({ weights }) => weights.every(Number.isFinite))) {
        this.gradient = []
        return { gradNorm: Number.NaN, applied: false }
      }
      const norm = await this.training.step({ sequences, settings })
      this.gradient = []
      this.known.forget()
      if (norm !== null && !Number.isFinite(norm)) return { gradNorm: norm, applied: false }
      await this.training.keepNowAndThen()
      return { gradNorm: norm ?? (sequences.length === 0 ? 0 : Number.NaN), applied: true }
    })
  }

  async clear(): Promise<void> {
    this.#ready('clear')
    this.gradient = []
  }

  async save(folder: string, options: SaveOptions = {}): Promise<void> {
    this.#ready('save')
    await this.turns.write(() =>
      saveState(folder, options, this.identity, this.training, this.operations),
    )
  }

  async restore(folder: string): Promise<void> {
    this.#ready('restore')
    const { path, version } = await readState(folder, this.identity)
    await this.turns.write(() => this.training.moveTo(path, version))
    this.gradient = []
    this.known.forget()
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    await this.training.close()
  }

  /** Weights to sample from after their model was made again, which takes its turn where something may be learned meanwhile. */
  #published(live: Live): Promise<Sampler> {
    const publish = () => this.training.sampler(live)
    return this.profile.snapshots ? this.turns.read(publish) : publish()
  }

  async #scores(sequences: readonly Int32Array[], signal: AbortSignal): Promise<TokenScores[]> {
    const asked = sequences.filter(ids => ids.length > 1).map(ids => ({ ids }))
    const found =
      asked.length === 0
        ? []
        : await this.training.run(
            ({ model }) => this.operations.score(model, asked, signal),
            signal,
          )
    const read = found.values()
    return sequences.map(ids => ({
      logprobs: ids.length > 1 ? read.next().value! : new Float32Array(0),
      entropies: null,
    }))
  }

  /** Log-probabilities of sequences to learn from, where they have weights; what these weights have sampled is known. */
  async #read(
    sequences: readonly WeightedSequence[],
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]> {
    const exact = this.profile.carrier === 'importance-sampling' // its ratio of 1 needs those of a pass
    const known = sequences.map(({ ids, weights }) =>
      exact ? null : this.known.of(this.version, ids, weights),
    )
    const unknown = sequences.filter((_, i) => known[i] === null).map(({ ids }) => ids)
    const read = (await this.#scores(unknown, signal)).values()
    return known.map(logprobs => logprobs ?? read.next().value!.logprobs)
  }

  /** Log-probabilities of the base model: those of a prompt, as it is asked for a single token. */
  async #scoreBase(
    sequences: readonly Int32Array[],
    signal: AbortSignal = this.training.ended,
    { meanLogprobs = false }: ScoreOptions = {},
  ): Promise<readonly TokenScores[]> {
    this.#ready('score', signal)
    if (meanLogprobs) throw new EngineError(noMeans)
    for (const ids of sequences) requireSequence(ids, this.info)
    const one = async (ids: Int32Array): Promise<TokenScores> => {
      if (ids.length < 2) return { logprobs: new Float32Array(0), entropies: null }
      const logprobs = await this.training.run(async live => {
        const sampler = await this.training.baseSampler(live)
        const asked = { sampler: sampler.name, number: sampler.requests++, ids }
        const found = await this.operations.sample({ ...promptOnly, ...asked }, signal)
        return found.promptLogprobs!
      }, signal)
      return { logprobs, entropies: null }
    }
    return Promise.all(sequences.map(ids => this.limited(() => one(ids), signal)))
  }

  #ready(verb: string, signal?: AbortSignal): void {
    signal?.throwIfAborted()
    if (this.closed) throw new EngineError(`${verb}: the engine is closed`)
  }

  async #refused(verb: string, why = 'has no classification head'): Promise<never> {
    this.#ready(verb)
    throw new EngineError(`${verb}: this server ${why}`)
  }
}

const promptOnly = {
  n: 1,
  seed: 0,
  maxTokens: 1,
  temperature: 1,
  topK: null,
  topP: 1,
  stopIds: [],
  promptLogprobs: true,
} as const

/** Weights as the server's reduction makes their sum of them: a mean over sequences of means over tokens is undone. */
function scaled(
  sequences: readonly LearnedSequence[],
  { reduction }: Profile,
): readonly LearnedSequence[] {
  if (reduction === 'sum') return sequences
  return sequences.map(({ weights, ...rest }) => ({
    ...rest,
    weights: weights.map(weight => weight * weights.length * sequences.length),
  }))
}
