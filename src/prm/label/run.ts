// Runs many labellings side by side: what all of them ask in a round is one batch of the policy, of the grader and of the
// judge. Nothing in a labelling depends on which others it runs beside.

import { DataError, VerifierError } from '../../errors.ts'
import { logprobsOf } from '../../rewards/divergence.ts'
import type { PolicyName } from '../../rewards/grade/policy.ts'
import { type GradingPool, gradingPool } from '../../rewards/grade/pool.ts'
import type { Ask as ChatModel } from '../../rewards/remote/chat.ts'
import { fromPrefix } from '../../rollouts/from-prefix.ts'
import type { Sampler } from '../../rollouts/sampler.ts'
import { asRollout } from '../../rollouts/text-rollout.ts'
import type { Problem } from '../../types.ts'
import { scoreEach } from '../score/score-each.ts'
import { checkedScores, type StepScorer } from '../score/step-scorer.ts'
import type {
  Ask,
  ChatAsk,
  GradeAsk,
  Labelling,
  LogprobAsk,
  Replies,
  Reply,
  RolloutAsk,
  ScoreAsk,
} from './labeler.ts'

/** Those who answer. Null where a method asks nobody of the kind. */
export interface Services {
  readonly sampler: Sampler | null
  readonly judge: StepScorer | null
  readonly chat?: ChatModel | null // default null
  /** What the grader lets pass. Default 'reward'. */
  readonly grading?: PolicyName
  /** Says whether a text answers a problem, instead of the grader, maybe later: null where it cannot. */
  readonly answers?: Answers
}

export type Answers = (problem: Problem, text: string) => boolean | null | Promise<boolean | null>

/** What was sampled: rollouts, and their tokens without those of a prefix. */
export interface Spent {
  readonly rollouts: number // for labels
  readonly tokens: number
  readonly solutions: number // rollouts to be labelled
  readonly solutionTokens: number
}

export interface Finished<T> {
  readonly value: T
  readonly spent: Spent
}

export interface RunOptions {
  /** Labellings at once. Default 32. */
  readonly width?: number
  readonly signal?: AbortSignal
}

/** Runs labellings; gives their results in their order. */
export async function* runLabellings<T>(
  labellings: Iterable<Labelling<T>> | AsyncIterable<Labelling<T>>,
  services: Services,
  { width = 32, signal }: RunOptions = {},
): AsyncGenerator<Finished<T>> {
  const source =
    Symbol.asyncIterator in labellings
      ? labellings[Symbol.asyncIterator]()
      : labellings[Symbol.iterator]()
  const grader = gradingPool()
  const line: Slot<T>[] = [] // begun, not yet given; the results of some wait for those before them
  let more = true
  while (true) {
    while (more && line.length < 4 * width && line.filter(isLive).length < width) {
      const next = await source.next()
      if (next.done) more = false
      else line.push({ labelling: next.value, turn: next.value.next(), spent: nothing })
    }
    for (let [first] = line; first?.turn.done; [first] = line) {
      yield { value: first.turn.value, spent: first.spent }
      line.shift()
    }
    const live = line.filter(isLive)
    if (live.length === 0) {
      if (!more && line.length === 0) return
      continue
    }
    signal?.throwIfAborted()
    await round(live, services, grader, signal)
  }
}

interface Slot<T> {
  readonly labelling: Labelling<T>
  turn: IteratorResult<readonly Ask[], T>
  spent: Spent
}

const nothing: Spent = { rollouts: 0, tokens: 0, solutions: 0, solutionTokens: 0 }

function isLive<T>({ turn }: Slot<T>): boolean {
  return !turn.done
}

/** One turn of every labelling that goes on. */
async function round<T>(
  live: readonly Slot<T>[],
  services: Services,
  grader: GradingPool,
  signal?: AbortSignal,
): Promise<void> {
  const asks_L = live.map(({ turn }) => turn.value as readonly Ask[])
  const replies = (await answers(asks_L.flat(), services, grader, signal)).values()
  live.forEach((slot, l) => {
    const own = asks_L[l]!.map(() => replies.next().value!)
    asks_L[l]!.forEach((ask, i) => {
      if (ask.kind === 'rollouts')
        slot.spent = added(slot.spent, ask, own[i] as Replies['rollouts'])
    })
    slot.turn = slot.labelling.next(own)
  })
}

/** A reply for each ask, in order; those of a kind are answered together. */
async function answers(
  asks: readonly Ask[],
  { sampler, judge, chat = null, grading = 'reward', answers: own }: Services,
  grader: GradingPool,
  signal?: AbortSignal,
): Promise<Reply[]> {
  const rollouts = asks.filter(ask => ask.kind === 'rollouts')
  const grades = asks.filter(ask => ask.kind === 'grades')
  const scores = asks.filter(ask => ask.kind === 'scores')
  const read = asks.filter(ask => ask.kind === 'logprobs')
  const words = asks.filter(ask => ask.kind === 'chat')
  const gradesOf = async (wanted: readonly Pick<GradeAsk, 'problem' | 'texts'>[]) => {
    if (own) {
      const each = wanted.map(({ problem, texts }) => texts.map(text => own(problem, text)))
      return Promise.all(each.map(found => Promise.all(found)))
    }
    const requests = wanted.flatMap(({ problem, texts }) =>
      texts.map(pred => ({ gold: problem.answer, pred })),
    )
    const found = (await grader.grade(requests, grading, signal)).values()
    return wanted.map(({ texts }) => texts.map(() => found.next().value!.correct))
  }
  const replies = {
    rollouts: (await sampled(rollouts, sampler, gradesOf, signal)).values(),
    grades: (await gradesOf(grades)).values(),
    scores: (await scored(scores, judge, signal)).values(),
    logprobs: (await logprobs(read, sampler, signal)).values(),
    chat: (await talked(words, chat, signal)).values(),
  }
  return asks.map(({ kind }) => replies[kind].next().value!)
}

type GradesOf = (
  wanted: readonly Pick<GradeAsk, 'problem' | 'texts'>[],
) => Promise<(boolean | null)[][]>

async function sampled(
  asks: readonly RolloutAsk[],
  sampler: Sampler | null,
  gradesOf: GradesOf,
  signal?: AbortSignal,
): Promise<Replies['rollouts'][]> {
  if (asks.length === 0) return []
  if (sampler === null) throw unsampled()
  const rollouts_A = await fromPrefix(sampler, asks, signal)
  const grades_A = await gradesOf(
    asks.map(({ problem }, a) => ({ problem, texts: rollouts_A[a]!.map(({ text }) => text) })),
  )
  return rollouts_A.map((rollouts, a) =>
    rollouts.map((rollout, i) => ({
      rollout,
      right: grades_A[a]![i]!,
      tokens: rollout.ids.length - asks[a]!.prefix.ids.length,
    })),
  )
}

async function scored(
  asks: readonly ScoreAsk[],
  judge: StepScorer | null,
  signal?: AbortSignal,
): Promise<Replies['scores'][]> {
  if (asks.length === 0) return []
  if (judge === null)
    throw new VerifierError('scores of steps are asked for, and there is no judge')
  const solutions = asks.flatMap(ask => ask.solutions)
  const rows = await scoreEach(judge, solutions, signal)
  // what a judge cannot read has no score of any step
  const scores = rows.map((row, i) =>
    row instanceof DataError ? solutions[i]!.steps.map(() => null) : row,
  )
  const next = checkedScores(judge, solutions, scores).values()
  return asks.map(ask => ask.solutions.map(() => next.next().value!))
}

async function talked(
  asks: readonly ChatAsk[],
  chat: ChatModel | null,
  signal?: AbortSignal,
): Promise<Replies['chat'][]> {
  if (asks.length === 0) return []
  if (chat === null) throw new VerifierError('a chat model is asked, and there is none')
  return Promise.all(
    asks.map(({ messages, read }) => chat(messages, read, signal ? { signal } : {})),
  )
}

async function logprobs(
  asks: readonly LogprobAsk[],
  sampler: Sampler | null,
  signal?: AbortSignal,
): Promise<Replies['logprobs'][]> {
  if (asks.length === 0) return []
  if (sampler === null) throw unsampled()
  const rollouts = asks.flatMap(ask => ask.rollouts.map(asRollout))
  const found = (await logprobsOf(sampler.engine, rollouts, signal)).values()
  return asks.map(ask => ask.rollouts.map(() => found.next().value!))
}

function unsampled(): RangeError {
  return new RangeError('runLabellings: a policy is asked, and there is none')
}

function added(spent: Spent, { purpose }: RolloutAsk, rollouts: Replies['rollouts']): Spent {
  const tokens = rollouts.reduce((sum, one) => sum + one.tokens, 0)
  return purpose === 'labels'
    ? {
        ...spent,
        rollouts: spent.rollouts + rollouts.length,
        tokens: spent.tokens + tokens,
      }
    : {
        ...spent,
        solutions: spent.solutions + rollouts.length,
        solutionTokens: spent.solutionTokens + tokens,
      }
}
