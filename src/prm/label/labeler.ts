// The one shape of all ways to label steps. A labelling is a conversation: it yields what it wants to know, gets the answers,
// and returns labels. It samples nothing itself, so that many of them share one batch of the policy (run.ts), and a
// test can answer by hand.

import type { ChatMessage } from '../../rewards/remote/chat.ts'
import type { Prefix } from '../../rollouts/from-prefix.ts'
import type { TextRollout } from '../../rollouts/text-rollout.ts'
import type { Problem, Rollout } from '../../types.ts'
import type { StepScores } from '../score/step-scorer.ts'
import type { LabelledSolution, LabelMeaning, Solution } from '../solution.ts'

/** n rollouts from a prefix, graded; the seed decides them. */
export interface RolloutAsk {
  readonly kind: 'rollouts'
  readonly problem: Problem
  readonly prefix: Prefix
  readonly n: number
  readonly seed: number
  /** 'solutions' are sampled to be labelled, 'labels' to label them: they are counted apart. */
  readonly purpose: 'solutions' | 'labels'
}

/** Grades of final answers. */
export interface GradeAsk {
  readonly kind: 'grades'
  readonly problem: Problem
  readonly texts: readonly string[]
}

/** A judge's scores of the steps of solutions. */
export interface ScoreAsk {
  readonly kind: 'scores'
  readonly solutions: readonly Solution[]
}

/** The policy's log-probabilities of tokens that somebody wrote. */
export interface LogprobAsk {
  readonly kind: 'logprobs'
  readonly rollouts: readonly TextRollout[]
}

/** What a chat model says, as `read` makes it out. */
export interface ChatAsk {
  readonly kind: 'chat'
  readonly messages: readonly ChatMessage[]
  readonly read: (text: string) => object | null
}

export type Ask = RolloutAsk | GradeAsk | ScoreAsk | LogprobAsk | ChatAsk

/** A rollout, whether its answer is right (null where that cannot be graded), and how many of its tokens were sampled. */
export interface GradedRollout {
  readonly rollout: Rollout
  readonly right: boolean | null
  readonly tokens: number
}

/** What comes back for each kind of ask. */
export interface Replies {
  readonly rollouts: readonly GradedRollout[]
  readonly grades: readonly (boolean | null)[]
  readonly scores: readonly StepScores[]
  readonly logprobs: readonly Float32Array[]
  readonly chat: object | null // null: nothing that can be read came
}
export type Reply = Replies[keyof Replies]

/** A conversation that ends in a T: yields asks, and is given a reply for each, in order. */
export type Labelling<T> = Generator<readonly Ask[], T, readonly Reply[]>

/** A solution with the tokens that spell it, and whether its answer is right. */
export interface GradedSolution {
  readonly solution: Solution
  readonly rollout: TextRollout
  readonly logprobs_T: Float32Array | null // of the policy, at temperature 1; null where nobody computed them
  readonly answerRight: boolean
}

/** A problem with an answer that can be graded, and solutions of it. */
export interface Work {
  readonly problem: Problem
  readonly solutions: readonly GradedSolution[]
}

/** A labelled solution, its tokens, and why it lacks labels where it does. */
export interface Labelled {
  readonly labelled: LabelledSolution
  readonly rollout: TextRollout | null // null where it could not be spelled
  readonly missing: string | null // counted in the report
}

/** One way to label the solutions of a problem. */
export interface Labeler {
  readonly name: string
  readonly needsLogprobs?: boolean // of the solutions' tokens; default false
  label(work: Work): Labelling<readonly Labelled[]>
}

/** A conversation in which nothing is asked. */
// biome-ignore lint/correctness/useYield: there is nothing to ask
export function* said<T>(value: T): Labelling<T> {
  return value
}

/** Asks for several things of one kind at once. */
export function* ask<K extends Ask['kind']>(
  asks: readonly Extract<Ask, { kind: K }>[],
): Labelling<readonly Replies[K][]> {
  // the one who replies does so in kind
  return asks.length === 0 ? [] : ((yield asks) as readonly Replies[K][])
}

/** Asks a chat model; null where nothing came that can be read. */
export function* askChat<T extends object>(
  messages: readonly ChatMessage[],
  read: (text: string) => T | null,
): Labelling<T | null> {
  const [said] = yield* ask<'chat'>([{ kind: 'chat', messages, read }])
  return said as T | null // it is what `read` made
}

/** Several conversations at once: in each round the asks of all that go on are one. */
export function* together<T>(labellings: readonly Labelling<T>[]): Labelling<T[]> {
  const turns = labellings.map(labelling => labelling.next())
  for (;;) {
    const asks_L = turns.map(turn => (turn.done ? [] : turn.value))
    if (turns.every(turn => turn.done)) return turns.map(turn => turn.value as T)
    const replies = yield asks_L.flat()
    let from = 0
    asks_L.forEach((asks, l) => {
      if (turns[l]!.done) return
      turns[l] = labellings[l]!.next(replies.slice(from, from + asks.length))
      from += asks.length
    })
  }
}

/** A labeler that labels each solution for itself. */
export function eachSolution(
  name: string,
  meaning: LabelMeaning,
  label: (one: GradedSolution, work: Work) => Labelling<SolutionLabels>,
): Labeler {
  return {
    name,
    *label(work) {
      const labels = yield* together(work.solutions.map(one => label(one, work)))
      return work.solutions.map((one, i) => withLabels(one, { name, meaning, ...labels[i]! }))
    },
  }
}

/** One label a step, in [0, 1], null where nobody knows; `missing` says why where that is all of them. */
export interface SolutionLabels {
  readonly labels_S: readonly (number | null)[]
  readonly missing?: string
}

/** A solution with its labels. Throws RangeError where they do not match its steps, or lie outside of [0, 1]. */
export function withLabels(
  { solution, rollout, answerRight }: GradedSolution,
  {
    name,
    meaning,
    labels_S,
    missing,
  }: SolutionLabels & { readonly name: string; readonly meaning: LabelMeaning },
): Labelled {
  if (labels_S.length !== solution.steps.length)
    throw new RangeError(
      `${name}: ${labels_S.length} labels for the ${solution.steps.length} steps of solution ${solution.id}`,
    )
  const outside = labels_S.find(label => label !== null && !(label >= 0 && label <= 1))
  if (outside !== undefined)
    throw new RangeError(`${name}: label ${outside} of solution ${solution.id}, expected 0 to 1`)
  const labelled = { ...record(solution), labels_S, meaning, answerRight, source: name }
  return { labelled, rollout, missing: missing ?? null }
}

/** What a rollout says, as a solution of that name. */
export function solutionOf(id: string, problem: Problem, { steps, stop }: TextRollout): Solution {
  const texts = steps.map(step => step.text)
  return { id, problem, steps: texts, ...(stop === 'length' && { ended: false }) }
}

/** A solution that comes out as it came in, without labels. */
export function unlabelled(
  solution: Solution,
  missing: string,
  { name, answerRight = null }: { readonly name: string; readonly answerRight?: boolean | null },
): Labelled {
  const labels_S = solution.steps.map(() => null)
  const labelled = { ...record(solution), labels_S, answerRight, source: name }
  return { labelled: { ...labelled, meaning: 'rightness' }, rollout: null, missing }
}

/** What of a solution goes into its record; a labelled one keeps what its source sorted it under. */
function record(solution: Solution): Solution & { readonly kind: string | null } {
  const { id, problem, steps, ended } = solution
  const { kind = null } = solution as Partial<LabelledSolution>
  return { id, problem, steps, kind, ...(ended === false && { ended }) }
}

/** Labels that say where the first error is: 1 before it, 0 there, null after it; all 1 where it is the number of steps. */
export function labelsUntil(firstError: number, steps: number): (number | null)[] {
  return Array.from({ length: steps }, (_, s) => (s < firstError ? 1 : s === firstError ? 0 : null))
}
