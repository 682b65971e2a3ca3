import { hashSeed, random } from '../numbers/random.ts'
import { isOver } from '../rollouts/extend.ts'
import { requireCount } from './counts.ts'
import { effectiveSize, resampled, softmax } from './resample.ts'
import {
  type Conversation,
  candidate,
  finished,
  grown,
  judged,
  type Node,
  root,
  type Search,
  type Worth,
  worst,
} from './search.ts'
import { type Choice, chosen } from './vote.ts'

/** When the weights of few particles are flattened. */
export interface Annealing {
  readonly below: number // share of n that the effective size falls below; 0.5 in the authors' code
  readonly until: number // share of maxSteps; likewise
}

export interface ParticleOptions {
  readonly n: number
  readonly temperature?: number // of the softmax over scores; default 0.2
  readonly maxSteps?: number // after which all go on to their ends; default 20
  readonly worth?: Worth // default the worst step
  readonly choice?: Choice // default 'best'
  readonly anneal?: Annealing | null // default null: never
  readonly sweeps?: number // filters, each after the first around a particle of the one before; default 1
}

/**
 * Particle filtering (arXiv:2502.01618, algorithm 1): after each step n particles are drawn anew, by the softmax of their
 * scores; those that have ended are drawn too, and go on no further. `sweeps` more than 1 is particle Gibbs (algorithm 2): one
 * particle of the last filter is drawn as reference, which stays while the other n - 1 are drawn among it and themselves.
 * `anneal` is entropic (arXiv:2510.05825): early on, weights that rest on few particles are flattened. Drawn systematically.
 */
export function particles(options: ParticleOptions): Search {
  const {
    n,
    worth = worst,
    choice = 'best',
    sweeps = 1,
    maxSteps = 20,
    temperature = 0.2,
  } = options
  requireCount('particles', 'n', n)
  requireCount('particles', 'sweeps', sweeps)
  requireCount('particles', 'maxSteps', maxSteps)
  const filter = { n, worth, maxSteps, temperature, anneal: options.anneal ?? null }
  return function* (from, seed) {
    let all = yield* filtered(filter, root(from), null, hashSeed(seed, 'sweep', 0))
    for (let sweep = 1; sweep < sweeps; sweep++) {
      const drawn = random(seed, 'reference', sweep)()
      const [kept] = resampled(weightsOf(all, filter, maxSteps), 1, drawn)
      all = yield* filtered(filter, root(from), all[kept!]!, hashSeed(seed, 'sweep', sweep))
    }
    return yield* chosen(
      all.map(node => candidate(node, worth)),
      choice,
    )
  }
}

type Filter = Required<Omit<ParticleOptions, 'choice' | 'sweeps'>>

/** One filter; all of its particles are over. */
function* filtered(
  filter: Filter,
  start: Node,
  reference: Node | null,
  seed: number,
): Conversation<Node[]> {
  const { n, maxSteps } = filter
  const line = reference === null ? [] : lineage(reference)
  const free = n - Number(reference !== null)
  let all: readonly Node[] = Array.from({ length: free }, () => start)
  for (let depth = 0; depth < maxSteps && all.some(({ path }) => !isOver(path)); depth++) {
    if (depth > 0) {
      const pool = reference === null ? all : [...all, line[Math.min(depth, line.length) - 1]!]
      const drawn = random(seed, 'resample', depth)()
      const weights = weightsOf(pool, filter, depth)
      all = resampled(weights, free, drawn).map(i => pool[i]!)
    }
    all = yield* oneStep(all, hashSeed(seed, 'step', depth))
  }
  const seeds = all.map((_, i) => hashSeed(seed, 'end', i))
  const ends = yield* judged(yield* finished(all, seeds))
  return reference === null ? ends : [...ends, reference]
}

/** Every particle that is not over, one step further, and judged. */
function* oneStep(all: readonly Node[], seed: number): Conversation<Node[]> {
  const open = all.flatMap(({ path }, i) => (isOver(path) ? [] : [i]))
  const found = yield* grown(
    open.map(i => ({ node: all[i]!, n: 1, seed: hashSeed(seed, i), until: 'step' as const })),
  )
  const next = [...all]
  open.forEach((i, j) => {
    next[i] = found[j]![0]!
  })
  return yield* judged(next)
}

/** The chance of each particle to be drawn after so many steps. Where none could be judged they are equal. */
function weightsOf(
  all: readonly Node[],
  { worth, temperature, anneal, maxSteps }: Filter,
  steps: number,
): number[] {
  const scores = all.map(node => candidate(node, worth).score)
  const known = scores.filter(score => score !== null)
  if (known.length === 0) return all.map(() => 1 / all.length)
  const logs = scores.map(score => score ?? Number.NEGATIVE_INFINITY)
  const weights = softmax(logs, temperature)
  if (anneal === null) return weights
  const [size, progress] = [effectiveSize(weights) / all.length, steps / maxSteps]
  if (size >= anneal.below || progress >= anneal.until) return weights
  return softmax(logs, temperature * Math.max(1, (1 - progress) / size))
}

/** A node as it was after each of its steps. */
function lineage(node: Node): Node[] {
  const line: Node[] = []
  for (let one: Node | null = node; one?.parent; one = one.parent) line.unshift(one)
  return line
}
