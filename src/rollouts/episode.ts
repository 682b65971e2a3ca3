// One rollout that an environment talks in: what was written so far, and by whom.

import type { Completion } from '../engine/engine.ts'
import { concat } from '../numbers/numeric.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import type { RoleSpan, Rollout, StopReason, Talked } from '../types.ts'
import type { Boundary } from './boundary.ts'
import type { BoundedTalk } from './bounded-talk.ts'
import type { Score } from './environment.ts'
import { splitSteps } from './split-steps.ts'

/** What an episode is made of. */
export interface Setting {
  readonly promptIds: Int32Array
  readonly tokenizer: Tokenizer
  readonly boundary: Boundary | undefined // default blank lines
  readonly room: number // tokens that may follow the prompt
  readonly longest: number // tokens that a reply may have
  readonly waits: boolean // for replies behind texts: an end token is the last word then
}

type Part =
  | { readonly by: 'policy'; readonly one: Completion }
  | { readonly by: 'tool'; readonly ids: Int32Array }

/** A rollout under way. */
export class Episode {
  ids: Int32Array // of prompt and rollout
  over: StopReason | null = null
  readonly talk: BoundedTalk
  private readonly setting: Setting
  private readonly parts: Part[] = []
  private replies = 0
  private score: Score = {}

  constructor(talk: BoundedTalk, setting: Setting) {
    this.talk = talk
    this.setting = setting
    this.ids = setting.promptIds
  }

  /** Tokens that may still follow. */
  get left(): number {
    return this.setting.room - (this.ids.length - this.setting.promptIds.length)
  }

  /** Takes what the policy wrote, and what the environment says to that. */
  async add(one: Completion): Promise<void> {
    this.append({ by: 'policy', one })
    if (one.stop === 'length') return this.end('length')
    const reply = await this.talk.reply(this.textOf(one), text => this.read(text))
    if (this.talk.failed !== null) return this.end('length')
    if (reply === null || (endsByToken(one) && this.setting.waits)) return this.end('stop')
    this.replies++
    if (reply.length > 0) this.append({ by: 'tool', ids: reply.subarray(0, this.left) })
    if (this.left <= 0) await this.end('length')
  }

  /** What came of it. */
  rollout(): Rollout {
    const { promptIds, tokenizer, boundary } = this.setting
    const ids = this.ids.subarray(promptIds.length)
    const pieces = tokenizer.pieces(ids)
    const spans = this.spans()
    this.parts.forEach((part, i) => {
      if (part.by === 'policy' && endsByToken(part.one)) pieces[spans[i]!.end - 1] = '' // is no text
    })
    const last = this.parts.at(-1)
    const stop = this.over ?? 'length'
    const hasStopToken = stop === 'stop' && last?.by === 'policy' && endsByToken(last.one)
    return {
      ...{ promptIds, ids, stop, branch: null },
      ...this.logprobs(spans),
      text: pieces.join(''),
      steps: splitSteps(pieces, stop, hasStopToken, boundary),
      spans: merged(spans),
      talk: this.talked(spans, pieces),
    }
  }

  /** One of each part. */
  private spans(): RoleSpan[] {
    let end = 0
    return this.parts.map(part => {
      const start = end
      end += idsOf(part).length
      return { start, end, role: part.by }
    })
  }

  private talked(spans: readonly RoleSpan[], pieces: readonly string[]): Talked {
    const { outcome, parts = {} } = this.score
    const own = spans.filter(({ role }) => role === 'policy')
    return {
      said: own.map(({ start, end }) => pieces.slice(start, end).join('')).join(''),
      replies: this.replies,
      ...(outcome !== undefined && { outcome }),
      parts,
      failed: this.talk.failed,
    }
  }

  /** Of what the policy sampled; tokens of the environment were sampled by nobody. */
  private logprobs(
    spans: readonly RoleSpan[],
  ): Pick<Rollout, 'logprobs_T' | 'sampledLogprobs_T' | 'weightVersion'> {
    const logprobs_T = new Float32Array(spans.at(-1)?.end ?? 0).fill(Number.NaN)
    const sampledLogprobs_T = logprobs_T.slice()
    let weightVersion = Number.POSITIVE_INFINITY
    this.parts.forEach((part, i) => {
      if (part.by !== 'policy') return
      logprobs_T.set(part.one.logprobs_T, spans[i]!.start)
      sampledLogprobs_T.set(part.one.sampledLogprobs_T, spans[i]!.start)
      weightVersion = Math.min(weightVersion, part.one.version)
    })
    return { logprobs_T, sampledLogprobs_T, weightVersion }
  }

  private append(part: Part): void {
    this.parts.push(part)
    this.ids = concat(this.ids, idsOf(part))
  }

  private read(reply: string): Int32Array {
    const { tokenizer, longest } = this.setting
    const ids = tokenizer.encode(reply)
    if (ids.length <= longest) return ids
    throw new RangeError(`gave ${ids.length} tokens, a rollout has at most ${longest}`)
  }

  private textOf(one: Completion): string {
    const pieces = this.setting.tokenizer.pieces(one.ids)
    return (endsByToken(one) ? pieces.slice(0, -1) : pieces).join('')
  }

  private async end(stop: StopReason): Promise<void> {
    this.over = stop
    this.score = await this.talk.score()
  }
}

function idsOf(part: Part): Int32Array {
  return part.by === 'policy' ? part.one.ids : part.ids
}

function endsByToken({ stop, stopString }: Completion): boolean {
  return stop === 'stop' && stopString === null
}

/** Spans that touch and are of one role, as one. */
function merged(spans: readonly RoleSpan[]): RoleSpan[] {
  const out: RoleSpan[] = []
  for (const span of spans) {
    const before = out.at(-1)
    if (before?.role === span.role) out[out.length - 1] = { ...before, end: span.end }
    else if (span.end > span.start) out.push(span)
  }
  return out
}
