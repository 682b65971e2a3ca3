// Sequences that begin alike, as the rollouts of a problem or the branches of a tree do: which are read together, their
// beginning once.

/** Sequences, by index, whose first `prefix` tokens are the same and read once; 0: a sequence by itself. */
export interface PrefixGroup {
  readonly members: readonly number[]
  readonly prefix: number
}

/** Groups of one run: at most so many tokens in a prefix, members in a group, tokens of a member after its prefix. */
export interface PrefixBucket {
  readonly groups: readonly PrefixGroup[]
  readonly prefix: number
  readonly members: number
  readonly end: number
}

const worthwhile = 0.15 // of a group's tokens that are not read again: for less, apart is no slower
const most = 256 // sequences that are looked at together, so that many take no time that grows with their square

/**
 * The groups that leave the fewest tokens to read. A prefix is a token shorter than what its members share: what follows
 * their last common token differs, so each reads that token by itself.
 */
export function prefixGroups(sequences: readonly Int32Array[]): PrefixGroup[] {
  const order = sequences
    .map((_, i) => i)
    .sort((a, b) => {
      const [one, other] = [sequences[a]!, sequences[b]!]
      const same = sharedTokens(one, other)
      return (one[same] ?? -1) - (other[same] ?? -1) || a - b
    })
  const shared = order.map((i, n) =>
    n === 0 ? 0 : sharedTokens(sequences[order[n - 1]!]!, sequences[i]!),
  )
  const saved = new Float64Array(order.length + 1) // by the best groups of the first n in that order
  const from = order.map((_, n) => n) // where the last of those groups begins
  for (let n = 1; n <= order.length; n++) {
    saved[n] = saved[n - 1]!
    from[n - 1] = n - 1
    let prefix = Number.POSITIVE_INFINITY
    let tokens = sequences[order[n - 1]!]!.length
    for (let start = n - 2; start >= 0 && n - start <= most; start--) {
      prefix = Math.min(prefix, shared[start + 1]! - 1)
      if (prefix <= 0) break
      tokens += sequences[order[start]!]!.length
      const once = prefix * (n - start - 1)
      if (once < worthwhile * tokens || saved[start]! + once <= saved[n]!) continue
      saved[n] = saved[start]! + once
      from[n - 1] = start
    }
  }
  const groups: PrefixGroup[] = []
  for (let n = order.length; n > 0; n = from[n - 1]!) {
    const start = from[n - 1]!
    const prefix = start === n - 1 ? 0 : Math.min(...shared.slice(start + 1, n)) - 1
    groups.push({ members: order.slice(start, n).sort((a, b) => a - b), prefix })
  }
  return groups.sort((a, b) => a.members[0]! - b.members[0]!)
}

/** How many tokens two sequences have in common from their beginning on. */
function sharedTokens(a: Int32Array, b: Int32Array): number {
  const end = Math.min(a.length, b.length)
  let at = 0
  while (at < end && a[at] === b[at]) at++
  return at
}

/** Tokens that are read of a group of sequences of these lengths. */
export function groupTokens({ members, prefix }: PrefixGroup, lengths: readonly number[]): number {
  return members.reduce((sum, i) => sum + lengths[i]! - prefix, prefix)
}

/** The group in so many parts, at least one and at most as many as it has members. */
export function cutGroup({ members, prefix }: PrefixGroup, count: number): PrefixGroup[] {
  const parts = Math.max(1, Math.min(count, members.length))
  return Array.from({ length: parts }, (_, i) => {
    const [from, to] = [i, i + 1].map(n => Math.floor((members.length * n) / parts))
    return { members: members.slice(from, to), prefix: to! - from! > 1 ? prefix : 0 }
  })
}

const step = 8 // lengths are rounded up to it, so that few different shapes are planned
const full = 0.75 // of a bucket's slots, at least, that a group must need
const enough = 1024 // slots before that counts

/**
 * Groups of sequences of these lengths in buckets of at most `budget(tokens that a token may see)` slots: the slots of a
 * group are as many tokens as the longest prefix and, for each of the most members, the longest end. A larger group is cut.
 */
export function bucketPrefixes(
  groups: readonly PrefixGroup[],
  lengths: readonly number[],
  {
    budget,
    positions,
  }: { readonly budget: (length: number) => number; readonly positions: number },
): PrefixBucket[] {
  const sized = groups
    .map(group => sizeOf(group, lengths, positions))
    .flatMap(({ groups: [group], prefix, end }) => {
      const most = Math.max(1, Math.floor((budget(prefix + end) - prefix) / end)) // members
      return cutGroup(group!, Math.ceil(group!.members.length / most)).map(part =>
        sizeOf(part, lengths, positions),
      )
    })
    .sort((a, b) => b.end - a.end || b.prefix - a.prefix || b.members - a.members)
  const buckets: PrefixBucket[] = []
  for (const next of sized) {
    const last = buckets.at(-1)
    const both = last && merged(last, next)
    const fits = both && slotsOf(both) <= budget(both.prefix + both.end)
    const fills =
      last &&
      (slotsOf(last) < enough || slotsOf(next) >= (full * slotsOf(both!)) / both!.groups.length)
    if (fits && fills) buckets[buckets.length - 1] = both
    else buckets.push(next)
  }
  return buckets
}

function sizeOf(group: PrefixGroup, lengths: readonly number[], positions: number): PrefixBucket {
  const { members, prefix } = group
  const longest = Math.max(...members.map(i => lengths[i]! - prefix))
  return {
    groups: [group],
    prefix: Math.min(rounded(prefix + 1), positions), // one slot more, which is padding in every case
    members: members.length,
    end: rounded(longest),
  }
}

function merged(a: PrefixBucket, b: PrefixBucket): PrefixBucket {
  return {
    groups: [...a.groups, ...b.groups],
    prefix: Math.max(a.prefix, b.prefix),
    members: Math.max(a.members, b.members),
    end: Math.max(a.end, b.end),
  }
}

function slotsOf({ groups, prefix, members, end }: PrefixBucket): number {
  return groups.length * (prefix + members * end)
}

function rounded(length: number): number {
  return Math.ceil(length / step) * step
}
