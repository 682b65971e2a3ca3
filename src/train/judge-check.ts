// How far a judge can be believed, measured before anything is learned from it: by what is known of the problems at hand.

import { mean } from '../numbers/numeric.ts'
import { random } from '../numbers/random.ts'
import { type Audit, audit } from '../prm/audit/audit.ts'
import { auc } from '../prm/evaluate/auc.ts'
import { asShare, calibration } from '../prm/evaluate/calibration.ts'
import {
  judgeScores,
  type LabelledScores,
  type PrmQuality,
  scoresBeside,
} from '../prm/evaluate/judge-scores.ts'
import { type Interval, resampled } from '../prm/evaluate/resampled.ts'
import { mutatedExample, rightExample } from '../prm/label/labelled.ts'
import { boxedGrader, type Grader, isRight } from '../rewards/grader.ts'
import { outcome } from '../rewards/outcome.ts'
import type { PatternName } from '../rewards/patterns.ts'
import { independent } from '../rollouts/independent.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import { asRollout } from '../rollouts/text-rollout.ts'
import type { Group, Problem } from '../types.ts'
import type { Corpus } from './corpus.ts'
import type { RunJudge } from './judge.ts'

/** Steps whose rightness is known: by an oracle, or since they are of worked solutions, some of which were made wrong. */
export interface StepCheck {
  readonly kind: 'steps'
  readonly on: string
  /** Mean of the shares of right steps kept and of wrong steps found, with its interval of 95 %; chance is 0.5. */
  readonly balanced: Interval
  readonly right: number // steps that are known to be right, and have a score
  readonly wrong: number
  readonly problems: number
  readonly quality: PrmQuality
  /** How far (score + 1) / 2 is from the chance that a step is right, on average; NaN of no labelled step. */
  readonly calibrationError: number
}

/** Graded answers of the policy, each with the worst score of its steps, as PURE credits it. */
export interface AnswerCheck {
  readonly kind: 'answers'
  readonly on: string
  /** The chance that a right answer scores above a wrong one, with its interval of 95 %; chance is 0.5. */
  readonly auc: Interval
  readonly right: number // answers graded right that have a score
  readonly wrong: number
  readonly problems: number
  readonly unscored: number // graded answers without a score
  /** The same chance among answers to one problem, which is what a baseline over a group leaves; NaN of no pair. */
  readonly within: number
  readonly pairs: number
}

/** Nothing is known that a judge could be measured by. */
export interface NoCheck {
  readonly kind: 'none'
  readonly on: string
}

/** What a judge was measured on, and how it did. */
export type JudgeCheck = StepCheck | AnswerCheck | NoCheck

export interface CheckOptions {
  readonly problems: number // whose rollouts or solutions are judged, at most
  readonly seed: number
  readonly grader?: Grader // of the policy's answers; default boxed ones
  readonly signal?: AbortSignal
}

type Asked = Pick<RunJudge, 'rewards' | 'positions'>

const answersEach = 4 // rollouts of a problem that is known by its answer alone
const mostAnswered = 50 // problems of these: about as many rollouts as one iteration has
const fewSolved = 10 // worked solutions below which answers say more, where they are known

/**
 * Measures a process reward model where it will be used: on held-out rollouts of the policy, by the oracle. Without an
 * oracle, on held-out worked solutions, half of them with a step made wrong. Without these, on the policy's own rollouts,
 * graded by the answers: first of held-out problems, then of others.
 */
export async function checkJudge(
  judge: Asked,
  sampler: Sampler,
  corpus: Corpus,
  { problems: most, seed, grader = boxedGrader(), signal }: CheckOptions,
): Promise<JudgeCheck> {
  const asked = { judge, sampler, corpus, grader, seed, signal }
  const held = corpus.validation(most)
  if (corpus.oracle !== null) return checkOnRollouts(asked, held)
  const solved = held.filter(({ solution }) => (solution?.length ?? 0) > 0)
  const answered = withAnswers(corpus, grader, Math.min(most, mostAnswered), seed)
  if (solved.length >= fewSolved || (solved.length > 0 && answered.length === 0))
    return checkOnSolutions(asked, solved)
  if (answered.length > 0) return checkOnAnswers(asked, answered)
  return { kind: 'none', on: `${corpus.name}: neither worked solutions nor answers are known` }
}

/**
 * What a judge makes of known hacks, as far as no gate takes their reward away anyhow; null where no held-out problem has a
 * worked solution to make them of.
 */
export async function auditJudge(
  { scorer }: Pick<RunJudge, 'scorer'>,
  corpus: Corpus,
  { problems: most, seed, gates, signal }: CheckOptions & { gates: readonly PatternName[] },
): Promise<Audit | null> {
  const problems = corpus.validation(most).filter(({ solution }) => (solution?.length ?? 0) > 0)
  if (problems.length === 0) return null
  return audit(scorer, problems, { mutate: corpus.mutate, seed, gates, ...stop(signal) })
}

interface Asking {
  readonly judge: Asked
  readonly sampler: Sampler
  readonly corpus: Corpus
  readonly grader: Grader
  readonly seed: number
  readonly signal: AbortSignal | undefined
}

async function checkOnRollouts(
  { judge, sampler, corpus, seed, signal }: Asking,
  problems: readonly Problem[],
): Promise<StepCheck> {
  const groups = await independent({ ...sampler, greedy: false }, 2)(problems, seed, signal)
  const pairs = await scoresBeside(judge.rewards, groups, corpus.oracle!, signal)
  const byProblem = groups.map((_, p) => pairs.slice(2 * p, 2 * p + 2))
  return stepCheck(`${pairs.length} held-out rollouts of the policy`, byProblem, seed)
}

async function checkOnSolutions(
  { judge: { rewards, positions }, sampler: { tokenizer }, corpus, seed, signal }: Asking,
  problems: readonly Problem[],
): Promise<StepCheck> {
  const draw = random(seed, 'judge check')
  const examples_P = problems.map(problem =>
    [rightExample(problem, tokenizer), mutatedExample(problem, tokenizer, corpus.mutate, draw)]
      .filter(example => example !== null)
      .filter(({ rollout: r }) => r.promptIds.length + r.ids.length <= positions),
  )
  const groups = examples_P.map((examples, p) => ({
    problem: problems[p]!,
    rollouts: examples.map(({ rollout }) => asRollout(rollout)),
  }))
  const rewards_P = await rewards(groups, signal)
  const byProblem = examples_P.map((examples, p) =>
    examples.map(({ labels_S }, g) => ({
      labels_S,
      scores_S: rewards_P[p]!.steps_G_S[g] ?? labels_S.map(() => null),
    })),
  )
  const count = examples_P.reduce((sum, { length }) => sum + length, 0)
  return stepCheck(`${count} held-out solutions, half of them made wrong`, byProblem, seed)
}

async function checkOnAnswers(
  { judge, sampler, corpus, grader, seed, signal }: Asking,
  problems: readonly Problem[],
): Promise<AnswerCheck> {
  const sample = independent({ ...sampler, greedy: false }, answersEach)
  const groups = await sample(problems, seed, signal)
  const outcomes_P = await outcome(undefined, grader)(groups, signal)
  const rewards_P = await judge.rewards(groups, signal)
  let unscored = 0
  const answers_P = groups.map((group: Group, p) =>
    group.rollouts.flatMap((_, g): Answer[] => {
      const right = outcomes_P[p]!.outcome_G[g] ?? null
      const scores_S = rewards_P[p]!.steps_G_S[g] ?? null
      if (right === null) return []
      if (scores_S !== null && scores_S.length > 0)
        return [{ score: Math.min(...scores_S), positive: isRight(right) }]
      unscored++
      return []
    }),
  )
  const all = answers_P.flat()
  const right = all.filter(({ positive }) => positive).length
  const held = new Set(corpus.validation(problems.length).map(({ prompt }) => prompt))
  const heldOut = problems.filter(({ prompt }) => held.has(prompt)).length
  const on =
    `${answersEach * problems.length} rollouts of the policy, ${answersEach} for each of ` +
    `${problems.length} problems (${heldOut} of them held out)`
  return {
    kind: 'answers',
    on,
    auc: resampled(answers_P, some => auc(some.flat()), { random: random(seed, 'answers') }),
    right,
    wrong: all.length - right,
    problems: answers_P.filter(({ length }) => length > 0).length,
    unscored,
    ...withinProblems(answers_P),
  }
}

interface Answer {
  readonly score: number
  readonly positive: boolean
}

/** Of the pairs of a right and a wrong answer to one problem, the share that is in order; a tie is half. */
function withinProblems(
  answers_P: readonly (readonly Answer[])[],
): Pick<AnswerCheck, 'within' | 'pairs'> {
  let [ahead, pairs] = [0, 0]
  for (const answers of answers_P) {
    const right = answers.filter(({ positive }) => positive).length
    const here = right * (answers.length - right)
    if (here > 0) ahead += here * auc(answers)
    pairs += here
  }
  return { within: ahead / pairs, pairs }
}

/** Problems whose answers can be graded: held-out ones first, then others, each once. */
function withAnswers(
  corpus: Corpus,
  grader: Pick<Grader, 'gradable'>,
  count: number,
  seed: number,
): Problem[] {
  const found = new Map<string, Problem>()
  const add = (problem: Problem): void => {
    if (grader.gradable(problem) && found.size < count) found.set(problem.prompt, problem)
  }
  for (const problem of corpus.validation(count)) add(problem)
  const others = corpus.train(seed)
  for (let i = 0; i < corpus.size && found.size < count; i++) add(others.next().value)
  return [...found.values()]
}

/** Whole problems are resampled: a solution and what was made of it are alike. */
function stepCheck(
  on: string,
  pairs_P: readonly (readonly LabelledScores[])[],
  seed: number,
): StepCheck {
  const points = pairs_P.map(pairs => pairs.flatMap(pointsOf))
  const all = points.flat()
  const right = all.filter(({ label }) => label === 1).length
  return {
    kind: 'steps',
    on,
    balanced: resampled(points, some => balancedAccuracy(some.flat()), {
      random: random(seed, 'steps'),
    }),
    right,
    wrong: all.length - right,
    problems: points.filter(({ length }) => length > 0).length,
    quality: judgeScores(pairs_P.flat()),
    calibrationError: calibration(all).error,
  }
}

interface Point {
  readonly score: number // in [0, 1]
  readonly label: number
}

function pointsOf({ labels_S, scores_S }: LabelledScores): Point[] {
  return labels_S.flatMap((label, s) => {
    const score = scores_S[s] ?? null
    if (label === null || score === null) return []
    return [{ score: asShare(score, [-1, 1])!, label: Number(label) }]
  })
}

/** NaN unless there are both right and wrong steps. */
function balancedAccuracy(points: readonly Point[]): number {
  const share = (of: number): number =>
    mean(points.filter(({ label }) => label === of).map(one => Number(one.score > 0.5 === of > 0)))
  return (share(0) + share(1)) / 2
}

function stop(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal ? { signal } : {}
}
