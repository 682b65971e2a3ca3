// Completions side by side, each in a row of the cache. A finished one leaves its row to the next that waits; the cache
// is packed anew where rows stand empty, or where a row needs more room than it has.

import { random } from '../../numbers/random.ts'
import { Completing, limitOf, type SampleRules, sampleRules } from '../completing.ts'
import type { Completion, SampleOptions, SampleRequest } from '../engine.ts'
import { type Cache, cacheBytes, type PromptCache } from './cache.ts'
import type { Keeper } from './keeper.ts'
import type { GraphSpec, Model } from './model.ts'
import {
  type Beginning,
  type CompletionSpan,
  type ReadPrompt,
  steadyRows,
  Waiting,
} from './prompts.ts'
import type { Checkpoint } from './reading.ts'

const crowded = 0.8 // the cache is packed where fewer of its rows are under way
const roomy = 64 // slots, or twice those in use: with more than that it is packed too

/**
 * How many rows may be decoded at once, at least and at most. Where the weights are laid out for it, a row has the same
 * logits beside any others, to the last bit. Where they are fed, the library has ways of its own for a single row, and
 * for narrow projections of as many rows as they have outputs.
 */
function rowLimits(
  model: Model,
  fixed: boolean,
): { readonly least: number; readonly most: number } {
  if (fixed) return { least: 1, most: model.rows }
  const narrow = model.shapes
    .filter(([out, size]) => out! <= steadyRows * model.threads && size! > 128)
    .map(([out]) => out!)
  return { least: 2, most: Math.max(2, Math.min(model.rows, Math.min(...narrow) - 1)) }
}

const none: ReadPrompt['parts'] = []

/** A completion under way, in its row of the cache. */
interface Row {
  readonly completion: Completing
  readonly end: number // position of the last token that it may have, plus 1
  readonly request: number
  readonly index: number // among the completions of the request
  readonly start: number // position behind what was read of the prompt when it began
  readonly unread: number[] // tokens of the prompt that are fed before one is drawn, where the rest was kept
  position: number // of the newest token
}

/**
 * Completions of each span, in order: requests as sampleRules checks them. With the same options a completion
 * depends on its prompt, its request's seed and its index alone. `checkpoint` is called before every run of a graph; the
 * keeper gets what was read. Throws EngineError for what cannot be sampled, and for logits that are not finite.
 */
export async function sample(
  model: Model,
  requests: readonly CompletionSpan[],
  options: SampleOptions,
  checkpoint: Checkpoint,
  keeper: Keeper | null = null,
): Promise<Completion[][]> {
  const rules = sampleRules(model.info, requests, options, model.tokens)
  return new Sampling(model, requests, options, rules, checkpoint, keeper).run()
}

class Sampling {
  private readonly model: Model
  private readonly rules: SampleRules
  private readonly checkpoint: Checkpoint
  private readonly waiting: Waiting
  private readonly keeper: Keeper | null
  private readonly decoder: GraphSpec & { readonly kind: 'decode' }
  private readonly limits: { readonly least: number; readonly most: number }
  private readonly out: Completing[][]
  private readonly cache: Cache
  private rows: (Row | null)[] = [] // of the cache; null stands empty

  constructor(
    model: Model,
    requests: readonly CompletionSpan[],
    options: Pick<SampleOptions, 'precision'>,
    rules: SampleRules,
    checkpoint: Checkpoint,
    keeper: Keeper | null,
  ) {
    this.keeper = keeper
    this.model = model
    this.rules = rules
    this.checkpoint = checkpoint
    this.waiting = new Waiting(model, requests, checkpoint, keeper)
    this.decoder = model.decoder(rules.maxTokens, options.precision)
    this.limits = rowLimits(model, this.decoder.fixed)
    this.out = requests.map(() => [])
    this.cache = model.spare.take()
  }

  async run(): Promise<Completion[][]> {
    while (true) {
      await this.admit()
      if (this.alive().length === 0) break
      this.checkpoint()
      await this.decode()
    }
    this.model.spare.giveBack(this.cache)
    return this.out.map(list => list.map(completion => completion.finish(this.model.version)))
  }

  private alive(): number[] {
    return this.rows.flatMap((row, i) => (row === null ? [] : [i]))
  }

  /** Lets in those who wait, as far as there is room. */
  private async admit(): Promise<void> {
    const alive = this.alive()
    const entering: { readonly row: Row; readonly parts: ReadPrompt['parts'] }[] = []
    let longest = Math.max(0, ...alive.map(i => this.rows[i]!.end))
    for (let { next } = this.waiting; next !== null; { next } = this.waiting) {
      longest = Math.max(longest, this.endOf(next))
      if (!this.hasRoom(alive.length + entering.length + 1, longest)) break
      const begun = await this.waiting.begin()
      const { parts } = begun.prompt
      const row = this.begin(begun, next)
      if (row.completion.ended === null) entering.push({ row, parts })
      else this.keepRow(row, parts[0]!) // drawn by its logits, so it was read in one
    }
    const all = [...alive.map(i => this.rows[i]!), ...entering.map(({ row }) => row)]
    this.pack(alive, all)
    let at = 0
    let last = { at: -1, parts: none }
    for (const { row, parts } of entering) {
      while (this.rows[at] !== null) at++
      this.rows[at] = row
      if (parts === last.parts) this.cache.repeat(at, last.at, row.start)
      else this.cache.start(at, parts)
      last = { at, parts }
    }
  }

  private endOf(request: SampleRequest): number {
    return request.ids.length + limitOf(request, this.rules, this.model.config)
  }

  /** Whether so many rows of so many tokens fit: while the cache grows, the new one stands beside the old one. */
  private hasRoom(rows: number, tokens: number): boolean {
    const { model, limits } = this
    if (rows === 1) return true
    return rows <= limits.most && 2 * cacheBytes(model.config, rows, tokens) <= model.cacheBytes
  }

  /** A row: its first token is drawn by the prompt's logits, or, of a prompt that was kept, once the rest of it was fed. */
  private begin({ request, index, prompt }: Beginning, span: CompletionSpan): Row {
    const { ids, seed, first = 0 } = span
    const limit = limitOf(span, this.rules, this.model.config)
    const completion = new Completing(this.rules, random(seed, first + index), limit)
    this.out[request]![index] = completion
    if (prompt.logits !== null) completion.add(prompt.logits, 0)
    const start = prompt.parts.reduce((sum, { tokens }) => sum + tokens, 0)
    const unread = [...ids.subarray(start)]
    const end = this.endOf(span)
    return { completion, end, request, index, start, unread, position: start }
  }

  /** Gives the cache a row for each of `all`, where it does not fit: first those alive, then empty ones. */
  private pack(alive: readonly number[], all: readonly Row[]): void {
    const { slots, rows: had } = this.cache
    const wanted = Math.max(all.length, this.limits.least)
    const tokens = Math.max(0, ...all.map(row => row.position)) + 1
    const fits = tokens <= slots && slots <= Math.max(roomy, 2 * tokens)
    if (all.length === 0 || (fits && wanted <= had && wanted >= crowded * had)) return
    const most = Math.max(...all.map(row => row.end))
    this.cache.resize({ kept: alive, rows: wanted, tokens, most })
    const empty = Array.from({ length: wanted - alive.length }, () => null)
    this.rows = [...alive.map(i => this.rows[i]!), ...empty]
  }

  /** Keeps what was read of a completion that ended, where something may follow. */
  private keepRow({ completion, request, index, start }: Row, read: PromptCache): void {
    if (this.rules.stopIds.has(completion.ids.at(-1)!)) return
    this.keeper?.keepRow(request, index, read, start)
  }

  /** One more token of every row: feeds the newest ones, keeps their keys and values, draws from the logits. */
  private async decode(): Promise<void> {
    const { cache, model, rows } = this
    // An empty row writes to a slot that nobody reads.
    const positions = rows.map(row => row?.position ?? 0)
    const newest = rows.map(row => row?.unread[0] ?? row?.completion.ids.at(-1) ?? 0)
    const results = await model.run(this.decoder, {
      ids: { data: BigInt64Array.from(newest, BigInt), shape: [rows.length] },
      positions: { data: BigInt64Array.from(positions, BigInt), shape: [rows.length, 1] },
      ...cache.feeds,
    })
    cache.append(results, positions)
    rows.forEach((row, i) => {
      if (row === null) return
      row.position++
      row.unread.shift()
      if (row.unread.length > 0) return
      row.completion.add(results.logits!, i * model.config.vocabSize)
      if (row.completion.ended === null) return
      this.keepRow(row, cache.view(i, row.position))
      rows[i] = null
    })
  }
}
