// Runs searches side by side: what all of them ask in a round is one batch of the policy and one of the judge. Nothing in a
// search depends on which others it runs beside.

import { answerClasses } from '../rewards/grade/answer-classes.ts'
import { extractAnswer } from '../rewards/grade/grade.ts'
import { gradingPool } from '../rewards/grade/pool.ts'
import { extend, type Path } from '../rollouts/extend.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import type { Problem } from '../types.ts'
import { type PathJudge, StepsKnown, scoresOf } from './judging.ts'
import { spoken } from './say.ts'
import type { Ask, Conversation, ExtendAsk, Replies, Reply, SameAsk } from './search.ts'

/** Those who answer. Null where no search asks a judge. */
export interface Services {
  readonly sampler: Sampler
  readonly judge: PathJudge | null
}

/** A search that has begun, and the problem that it is about. */
export interface Begun<T> {
  readonly problem: Problem
  readonly conversation: Conversation<T>
}

/** What a search has cost. */
export interface Spent {
  readonly tokens: number // that the policy sampled
  readonly judged: number // steps that the judge scored
}

export interface Found<T> {
  readonly value: T
  readonly spent: Spent
}

/**
 * Runs searches; gives their results in their order. A VerifierError where a judge has no score for any step of a round;
 * steps without one among others are known as such to the search. The engine must know what its tokens spell.
 */
export async function runSearches<T>(
  begun: readonly Begun<T>[],
  services: Services,
  signal?: AbortSignal,
): Promise<Found<T>[]> {
  const slots = begun.map(({ problem, conversation }): Slot<T> => {
    const judged = new StepsKnown()
    return { problem, conversation, turn: conversation.next(), tokens: 0, judged }
  })
  for (;;) {
    const live = slots.filter(({ turn }) => !turn.done)
    if (live.length === 0) break
    signal?.throwIfAborted()
    await round(live, services, signal)
  }
  return slots.map(({ turn, tokens, judged }) => {
    return { value: turn.value as T, spent: { tokens, judged: judged.asked } }
  })
}

interface Slot<T> {
  readonly problem: Problem
  readonly conversation: Conversation<T>
  turn: IteratorResult<readonly Ask[], T>
  tokens: number
  readonly judged: StepsKnown
}

/** One turn of every search that goes on. */
async function round<T>(
  live: readonly Slot<T>[],
  services: Services,
  signal?: AbortSignal,
): Promise<void> {
  const asked = live.flatMap(slot => {
    const { problem, judged } = slot
    return (slot.turn.value as readonly Ask[]).map((ask): Asked => ({ ask, problem, judged }))
  })
  const replies = (await answers(asked, services, signal)).values()
  for (const slot of live) {
    const asks = slot.turn.value as readonly Ask[]
    const own = asks.map(() => replies.next().value!)
    asks.forEach((ask, i) => {
      if (ask.kind === 'extend') slot.tokens += sampledTokens(ask, own[i] as Replies['extend'])
    })
    slot.turn = slot.conversation.next(own)
  }
}

function sampledTokens({ from }: ExtendAsk, paths: readonly Path[]): number {
  return paths.reduce((sum, { ids }) => sum + ids.length - from.ids.length, 0)
}

interface Asked<A extends Ask = Ask> {
  readonly ask: A
  readonly problem: Problem
  readonly judged: StepsKnown // of its search
}

/** A reply for each ask, in order; those of a kind are answered together. */
async function answers(
  asked: readonly Asked[],
  { sampler, judge }: Services,
  signal?: AbortSignal,
): Promise<Reply[]> {
  const of = <K extends Ask['kind']>(kind: K) =>
    asked.filter(({ ask }) => ask.kind === kind) as unknown as Asked<Extract<Ask, { kind: K }>>[]
  const extensions = of('extend').map(({ ask }) => ask)
  const replies = {
    extend: (await extend(sampler, extensions, signal)).values(),
    score: (
      await scoresOf(
        of('score').map(({ ask: { path, known }, ...one }) => ({ ...one, path, known })),
        judge,
        signal,
      )
    ).values(),
    say: of('say')
      .map(({ ask: { path, words } }) => spoken(path, words, sampler.tokenizer))
      .values(),
    same: (
      await same(
        of('same').map(({ ask }) => ask),
        signal,
      )
    ).values(),
  }
  return asked.map(({ ask }) => replies[ask.kind].next().value!)
}

async function same(
  asks: readonly SameAsk[],
  signal?: AbortSignal,
): Promise<readonly Replies['same'][]> {
  if (asks.length === 0) return []
  const pool = gradingPool()
  const equal = async (gold: string, pred: string): Promise<boolean> =>
    (await pool.grade([{ gold, pred, mode: 'answer' }], 'eval', signal))[0]!.correct === true
  try {
    const found: Replies['same'][] = []
    for (const { texts } of asks)
      found.push(
        await answerClasses(
          texts.map(text => extractAnswer(text)),
          equal,
        ),
      )
    return found
  } finally {
    await pool.close()
  }
}
