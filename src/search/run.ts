// Runs searches side by side: what all of them ask in a round is one batch of the policy and one of the judge. Nothing in a
// search depends on which others it runs beside.

import { VerifierError } from '../errors.ts'
import { answerClasses } from '../rewards/grade/answer-classes.ts'
import { extractAnswer } from '../rewards/grade/grade.ts'
import { gradingPool } from '../rewards/grade/pool.ts'
import { extend, type Path } from '../rollouts/extend.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import type { Problem } from '../types.ts'
import type {
  Ask,
  Conversation,
  ExtendAsk,
  Replies,
  Reply,
  SameAsk,
  ScoreAsk,
  StepScores,
} from './search.ts'

/** A path of a problem, whose steps are to be judged behind those that are known. */
export interface AskedPath {
  readonly problem: Problem
  readonly path: Path
  readonly known: StepScores // of its first steps
}

/** Who judges the steps of paths. */
export interface PathJudge {
  readonly name: string
  /** Of each path the scores of its steps behind the known ones. */
  scores(asked: readonly AskedPath[], signal?: AbortSignal): Promise<readonly StepScores[]>
}

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
    return { problem, conversation, turn: conversation.next(), tokens: 0, judged: 0 }
  })
  for (;;) {
    const live = slots.filter(({ turn }) => !turn.done)
    if (live.length === 0) break
    signal?.throwIfAborted()
    await round(live, services, signal)
  }
  return slots.map(({ turn, tokens, judged }) => {
    return { value: turn.value as T, spent: { tokens, judged } }
  })
}

interface Slot<T> {
  readonly problem: Problem
  readonly conversation: Conversation<T>
  turn: IteratorResult<readonly Ask[], T>
  tokens: number
  judged: number
}

/** One turn of every search that goes on. */
async function round<T>(
  live: readonly Slot<T>[],
  services: Services,
  signal?: AbortSignal,
): Promise<void> {
  const asked = live.flatMap(slot => {
    return (slot.turn.value as readonly Ask[]).map((ask): Asked => ({ ask, problem: slot.problem }))
  })
  const replies = (await answers(asked, services, signal)).values()
  for (const slot of live) {
    const asks = slot.turn.value as readonly Ask[]
    const own = asks.map(() => replies.next().value!)
    asks.forEach((ask, i) => {
      if (ask.kind === 'extend') slot.tokens += sampledTokens(ask, own[i] as Replies['extend'])
      if (ask.kind === 'score') slot.judged += (own[i] as StepScores).length
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
    score: (await scores(of('score'), judge, signal)).values(),
    same: (
      await same(
        of('same').map(({ ask }) => ask),
        signal,
      )
    ).values(),
  }
  return asked.map(({ ask }) => replies[ask.kind].next().value!)
}

async function scores(
  asked: readonly Asked<ScoreAsk>[],
  judge: PathJudge | null,
  signal?: AbortSignal,
): Promise<readonly StepScores[]> {
  if (asked.length === 0) return []
  if (judge === null)
    throw new VerifierError('a search asks for scores of steps, and there is no judge')
  const paths = asked.map(({ ask: { path, known }, problem }) => ({ problem, path, known }))
  const rows = await judge.scores(paths, signal)
  requireRows(judge, paths, rows)
  return rows
}

/** A VerifierError for other scores than those that were asked for, and where there is none at all. */
function requireRows(
  { name }: PathJudge,
  paths: readonly AskedPath[],
  rows: readonly StepScores[],
): void {
  if (rows.length !== paths.length)
    throw new VerifierError(`${name}: ${rows.length} rows of scores for ${paths.length} paths`)
  rows.forEach((row, i) => {
    const { path, known, problem } = paths[i]!
    const wanted = path.steps.length - known.length
    if (row.length !== wanted)
      throw new VerifierError(
        `${name}: ${row.length} scores for ${wanted} steps of a path of problem ${problem.id}`,
      )
  })
  const steps = rows.flat()
  if (steps.length > 0 && steps.every(score => score === null))
    throw new VerifierError(
      `${name}: no score for any of the ${steps.length} steps that were to be judged; a search cannot go by it`,
    )
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
