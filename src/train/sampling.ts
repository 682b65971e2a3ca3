// What a run learns from, in order: the problems of each iteration and their rollouts. Sampled ahead, the rollouts of the next
// iteration are drawn while those of this one are judged and learned, by the weights that both found. What was drawn belongs
// to where the training stands, and is saved with it.

import { EngineError } from '../errors.ts'
import type { Method, Now } from '../method.ts'
import { hashSeed } from '../numbers/random.ts'
import type { Group, Json, Problem } from '../types.ts'
import type { TrainingState } from './checkpoints.ts'
import type { Corpus } from './corpus.ts'

/** The seed of all that an iteration of a run draws. */
export function iterationSeed(seed: number, number: number): number {
  return hashSeed(seed, 'iteration', number)
}

/** The problems of one iteration, and the seed of all that it draws. */
export interface ProblemBatch {
  readonly number: number // of the iteration, from 1
  readonly problems: readonly Problem[]
  readonly seed: number
  readonly drawn: number // problems, with these, since the run began
}

export interface SamplingPlan {
  readonly methodAt: (now: Now) => Pick<Method, 'problems' | 'rollouts' | 'rewards' | 'passes'>
  readonly learner: { readonly policy: { readonly version: number } }
  readonly corpus: Pick<Corpus, 'train'>
  readonly seed: number
  readonly iterations: number
  readonly problems: number // of one iteration
  readonly ahead: number // iterations whose rollouts are sampled before their turn: 0 or 1
}

/** Rollouts of one iteration, and what they cost. */
export interface Sampled {
  readonly groups_P: readonly Group[]
  readonly seconds: number // that sampling took, also beside other work; 0 where a checkpoint had them
}

/** The rollouts of a run's iterations, each asked for once and in order. */
export class Sampling {
  private readonly plan: SamplingPlan
  private readonly problems: Iterator<Problem, never>
  private readonly batches = new Map<number, ProblemBatch>()
  private readonly begun = new Map<number, Promise<Sampled>>() // what was sampled ahead and is not learned yet
  private readonly stopping = new AbortController()
  private drawn: number // problems
  private last: number // iteration whose problems have been drawn

  /** What comes after `done` iterations, which drew so many problems; `stored` makes groups of what a checkpoint has of the next one. */
  constructor(
    plan: SamplingPlan,
    { done, drawn, memory }: Pick<TrainingState, 'done' | 'drawn' | 'memory'>,
    stored: ((problems: readonly Problem[]) => readonly Group[]) | null = null,
  ) {
    this.plan = plan
    this.problems = plan.corpus.train(hashSeed(plan.seed, 'training problems'))
    for (let i = 0; i < drawn; i++) this.problems.next()
    this.drawn = drawn
    this.last = done
    if (stored === null) return
    const groups_P = stored(this.batch(done + 1, memory).problems)
    this.begun.set(done + 1, Promise.resolve({ groups_P, seconds: 0 }))
  }

  /** The batch of an iteration; `memory` is that of the one before. */
  batch(number: number, memory: Json): ProblemBatch {
    const { seed } = this.plan
    while (this.last < number) {
      const next = ++this.last
      const problems = this.problemsOf(next, memory)
      const own = { seed: iterationSeed(seed, next), drawn: this.drawn }
      this.batches.set(next, { number: next, problems, ...own })
    }
    const found = this.batches.get(number)
    if (found === undefined) throw new RangeError(`Sampling: iteration ${number} is learned`)
    return found
  }

  /**
   * The rollouts of an iteration, which is the next to be learned; those of the one after it are begun then, where they are
   * sampled ahead. Throws EngineError for rollouts of weights that are older than that.
   */
  async take(number: number, memory: Json): Promise<Sampled> {
    const { ahead, iterations } = this.plan
    for (const learned of [...this.batches.keys()].filter(one => one < number)) {
      this.batches.delete(learned)
      this.begun.delete(learned)
    }
    const taken = await (this.begun.get(number) ?? this.begin(number, memory))
    requireFresh(taken.groups_P, number, memory, this.plan)
    for (let next = number + 1; next <= Math.min(number + ahead, iterations); next++)
      if (!this.begun.has(next)) this.begin(next, null) // a method that remembers is not asked ahead
    return taken
  }

  /** What was sampled ahead for an iteration, once it is there; null where nothing was. */
  async ahead(number: number): Promise<readonly Group[] | null> {
    return (await this.begun.get(number))?.groups_P ?? null
  }

  /** Ends what is being sampled; nobody hears of it any more. */
  async stop(): Promise<void> {
    this.stopping.abort()
    await Promise.allSettled(this.begun.values())
  }

  private problemsOf(number: number, memory: Json): readonly Problem[] {
    const count = this.plan.problems
    const draw = (): Problem => {
      this.drawn++
      return this.problems.next().value
    }
    const { problems: choose } = methodOf(this.plan, number, memory)
    if (choose === undefined) return Array.from({ length: count }, draw)
    const chosen = choose(draw, count)
    if (chosen.length > 0) return chosen
    throw new RangeError(
      `problems: none for iteration ${number}; expected ${count}, or at least one`,
    )
  }

  private begin(number: number, memory: Json): Promise<Sampled> {
    const { problems, seed } = this.batch(number, memory)
    const started = performance.now()
    const { signal } = this.stopping
    const method = methodOf(this.plan, number, memory)
    const sampled = method
      .rollouts(problems, seed, signal, group => method.rewards.begin?.(group, signal))
      .then(groups_P => ({ groups_P, seconds: (performance.now() - started) / 1000 }))
    if (this.plan.ahead === 0) return sampled
    sampled.catch(() => {}) // told to who takes it
    this.begun.set(number, sampled)
    return sampled
  }
}

/** The method of an iteration, built with what the one before remembers. */
export function methodOf<M>(
  {
    methodAt,
    iterations,
    seed,
  }: { readonly methodAt: (now: Now) => M } & Pick<SamplingPlan, 'iterations' | 'seed'>,
  iteration: number,
  memory: Json,
): M {
  return methodAt({ iteration, iterations, seed, memory })
}

/** By how many updates the policy is ahead of what sampled, on average over rollouts. */
export function staleness(groups_P: readonly Group[], version: number): number {
  const behind = behindOf(groups_P, version)
  return behind.reduce((sum, updates) => sum + updates, 0) / Math.max(1, behind.length)
}

/** Rollouts may be as old as the updates that are made while they wait, and no older: an engine must not sample old weights. */
function requireFresh(
  groups_P: readonly Group[],
  number: number,
  memory: Json,
  plan: SamplingPlan,
): void {
  const { learner, ahead } = plan
  const { policy } = learner
  const { passes } = methodOf(plan, number, memory)
  const updates = passes === undefined ? 1 : passes.epochs * passes.minibatches
  const oldest = Math.max(0, ...behindOf(groups_P, policy.version))
  if (oldest <= ahead * updates) return
  throw new EngineError(
    `rollouts of iteration ${number} were sampled by weights ${oldest} updates old; expected at most ${ahead * updates} ` +
      `with --ahead ${ahead}: the engine samples weights that it has replaced`,
  )
}

/** Of what this policy sampled for this iteration: tokens of another origin are read again, however old. */
function behindOf(groups_P: readonly Group[], version: number): number[] {
  return groups_P.flatMap(({ rollouts }) =>
    rollouts
      .filter(r => r.origin !== 'replay' && r.origin !== 'other')
      .map(r => version - r.weightVersion),
  )
}
