// Rollouts that go on: by a step, by some tokens, or to their end. What was sampled before keeps its tokens, its
// log-probabilities and its steps.

import type { Completion } from '../engine/engine.ts'
import { concat } from '../numbers/numeric.ts'
import type { Rollout, StopReason } from '../types.ts'
import { blankLines } from './boundary.ts'
import { requireNobodyTalks, type Sampler } from './sampler.ts'
import { splitSteps } from './split-steps.ts'

/** A rollout that may be unfinished: 'paused' where whoever asked for it stopped it, behind a step or within one. */
export interface Path extends Omit<Rollout, 'stop'> {
  readonly stop: StopReason | 'paused'
}

/** How far a path goes on: to its end, until a step closes, or likewise but at most so many tokens. */
export type Until = 'end' | 'step' | Tokens

/** So many tokens at most, but no more than one step, unless they may go across its end. */
export interface Tokens {
  readonly tokens: number
  readonly across?: boolean // default false
}

/** n ways in which a path goes on; the seed decides them. */
export interface Extension {
  readonly from: Path // paused
  readonly n: number
  readonly seed: number
  readonly until: Until
  readonly greedy?: boolean // the likeliest way; n must be 1. Default as the sampler
}

/** A path before its first token. */
export function unbegun(promptIds: Int32Array): Path {
  const none = new Float32Array(0)
  return {
    promptIds,
    ids: new Int32Array(0),
    logprobs_T: none,
    sampledLogprobs_T: none,
    stop: 'paused',
    weightVersion: -1,
    text: '',
    steps: [],
    spans: [],
    branch: null,
  }
}

/** Whether nothing can follow: a path that is a rollout. */
export function isOver(path: Path): path is Rollout {
  return path.stop !== 'paused'
}

/** Steps of a path that will not change: all but one that it stands in. */
export function closedSteps({ steps, stop }: Path): number {
  const within = stop === 'paused' && steps.at(-1)?.state === 'truncated'
  return steps.length - Number(within)
}

/**
 * n ways in which each path goes on, in order, sampled side by side. `maxTokens` of the sampler counts all tokens after the
 * prompt. What is asked until a step needs an engine that was told what its tokens spell. Throws RangeError for a path that
 * is over.
 */
export async function extend(
  sampler: Sampler,
  asked: readonly Extension[],
  signal?: AbortSignal,
): Promise<readonly (readonly Path[])[]> {
  requireNobodyTalks('extend', sampler)
  const found: (readonly Path[])[] = new Array(asked.length)
  for (const indices of alike(asked, sampler)) {
    const lists = await extendAlike(
      sampler,
      indices.map(i => asked[i]!),
      signal,
    )
    indices.forEach((i, j) => {
      found[i] = lists[j]!
    })
  }
  return found
}

/** The asks of each call of the engine, by index: how a completion ends, and greed, are options of a call. */
function alike(asked: readonly Extension[], { greedy = false }: Sampler): readonly number[][] {
  const calls = new Map<string, number[]>()
  asked.forEach(({ from, until, ...one }, i) => {
    if (isOver(from)) throw new RangeError(`extend: path ${i} is over (${from.stop})`)
    const key = `${JSON.stringify(until)} ${one.greedy ?? greedy}`
    calls.set(key, [...(calls.get(key) ?? []), i])
  })
  return [...calls.values()]
}

async function extendAlike(
  sampler: Sampler,
  asked: readonly Extension[],
  signal?: AbortSignal,
): Promise<(readonly Path[])[]> {
  const { engine, stopIds, temperature = 1, boundary = blankLines } = sampler
  const { until, greedy = sampler.greedy ?? false } = asked[0]!
  const most = typeof until === 'object' ? until.tokens : Number.POSITIVE_INFINITY
  const requests = asked.map(({ from, n, seed }) => ({
    ids: concat(from.promptIds, from.ids),
    ...{ n, seed },
    maxTokens: Math.min(most, roomOf(from, sampler) - from.ids.length),
  }))
  const lists = await engine.sample(requests, {
    maxTokens: Math.max(...requests.map(request => request.maxTokens)),
    temperature,
    greedy,
    stopIds,
    keep: true,
    ...(goesAcross(until) ? {} : { stopStrings: boundary.stops }),
    ...(signal ? { signal } : {}),
  })
  return lists.map((list, i) => list.map(one => longer(asked[i]!.from, one, sampler)))
}

function goesAcross(until: Until): boolean {
  return until === 'end' || (typeof until === 'object' && until.across === true)
}

/** Tokens that a path may have after its prompt. */
function roomOf({ promptIds }: Path, { engine, maxTokens }: Sampler): number {
  return Math.min(maxTokens, engine.info.maxPositions - promptIds.length)
}

function longer(from: Path, one: Completion, sampler: Sampler): Path {
  const { tokenizer, boundary } = sampler
  const room = roomOf(from, sampler)
  const ids = concat(from.ids, one.ids)
  const pieces = tokenizer.pieces(ids)
  const ended = one.stop === 'stop' && one.stopString === null
  if (ended) pieces[pieces.length - 1] = '' // the end token is no text
  const closed = from.steps.slice(0, closedSteps(from))
  const at = closed.at(-1)?.end ?? 0
  return {
    promptIds: from.promptIds,
    ids,
    logprobs_T: joined(from.logprobs_T, one.logprobs_T),
    sampledLogprobs_T: joined(from.sampledLogprobs_T, one.sampledLogprobs_T),
    stop: ended ? 'stop' : ids.length < room ? 'paused' : 'length',
    weightVersion: one.version,
    text: pieces.join(''),
    steps: [
      ...closed,
      ...splitSteps(pieces, one.stop, ended, boundary).filter(({ start }) => start >= at),
    ],
    spans: [{ start: 0, end: ids.length, role: 'policy' }],
    branch: from.branch,
  }
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const all = new Float32Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}
