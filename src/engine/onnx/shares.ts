// Who does what: rows dealt out to lanes. What a lane gets depends on the work alone, and not on what was done before, so
// that runs repeat.

import { cutGroup, groupTokens, type PrefixGroup, prefixGroups } from './prefixes.ts'
import type { CompletionSpan } from './prompts.ts'

const worthwhile = 2.5e8 // tokens times parameters for which another lane is asked: some milliseconds
const finer = [1, 2, 4] // parts a lane that a group may be cut to, each of which reads its prefix again
const abreast = 4 // completions a lane at least: fewer are no faster apart

/** A share of the completions that were asked for. */
export interface SampleShare {
  readonly spans: readonly CompletionSpan[]
  readonly requests: readonly number[] // the request of each span
}

/** How many lanes there are, and how many parameters read a token. */
export interface LaneCount {
  readonly lanes: number
  readonly parameters: number
}

/**
 * The sequences of each lane that is worth it, by index: longest first, each to the lane that has least to do. Those that
 * begin alike stay together, or are cut in as many parts as make the longest share least.
 */
export function dealSequences(
  sequences: readonly (Int32Array | null)[], // null: not read, and nothing to do
  { lanes, parameters }: LaneCount,
): number[][] {
  if (lanes === 1) return [[...sequences.keys()]]
  const read = sequences.flatMap((ids, i) => (ids === null ? [] : [i]))
  const lengths = sequences.map(ids => ids?.length ?? 0)
  const groups = prefixGroups(read.map(i => sequences[i]!)).map(({ members, prefix }) => ({
    prefix,
    members: members.map(i => read[i]!),
  }))
  const unread = sequences.flatMap((ids, i) => (ids === null ? [{ members: [i], prefix: 0 }] : []))
  const sizeOf = (group: PrefixGroup): number => groupTokens(group, lengths)
  const tokens = groups.reduce((sum, group) => sum + sizeOf(group), 0)
  const used = atMost(lanes, sequences.length, (tokens * parameters) / worthwhile)
  const ways = (used === 1 ? [1] : finer).map(parts => {
    const most = Math.max(1, tokens / (used * parts))
    const cut = groups.flatMap(group => cutGroup(group, Math.ceil(sizeOf(group) / most)))
    return deal([...cut, ...unread], sizeOf, used)
  })
  const best = ways.reduce((a, b) => (b.longest < a.longest ? b : a))
  return best.shares.map(share => share.sort((a, b) => a - b))
}

/** Units to so many lanes, and how much the longest share has. */
function deal(
  units: readonly PrefixGroup[],
  sizeOf: (unit: PrefixGroup) => number,
  lanes: number,
): { readonly shares: readonly number[][]; readonly longest: number } {
  const shares = Array.from({ length: lanes }, (): number[] => [])
  const loads = new Float64Array(lanes)
  const sizes = units.map(sizeOf)
  const order = units.map((_, i) => i).sort((a, b) => sizes[b]! - sizes[a]! || a - b)
  for (const i of order) {
    const least = loads.indexOf(Math.min(...loads))
    shares[least]!.push(...units[i]!.members)
    loads[least]! += sizes[i]!
  }
  return { shares, longest: Math.max(...loads) }
}

/** The completions of each lane that is worth it: equally many, those of one request together as far as can be. */
export function dealCompletions(
  requests: readonly CompletionSpan[],
  maxTokens: number,
  { lanes, parameters }: LaneCount,
): SampleShare[] {
  const count = requests.reduce((sum, { n }) => sum + n, 0)
  const used = atMost(lanes, count / abreast, (count * maxTokens * parameters) / worthwhile)
  const ends = Array.from({ length: used }, (_, l) => Math.floor((count * (l + 1)) / used))
  return ends.map((end, l) => spansBetween(requests, ends[l - 1] ?? 0, end))
}

/** The completions from..to, counted through all requests. */
function spansBetween(requests: readonly CompletionSpan[], from: number, to: number): SampleShare {
  const spans: CompletionSpan[] = []
  const owners: number[] = []
  let start = 0 // of the request
  for (const [i, request] of requests.entries()) {
    const first = Math.max(from - start, 0)
    const n = Math.min(to - start, request.n) - first
    if (n > 0) {
      spans.push({ ...request, n, first })
      owners.push(i)
    }
    start += request.n
  }
  return { spans, requests: owners }
}

function atMost(...limits: readonly number[]): number {
  return Math.max(1, Math.floor(Math.min(...limits)))
}
