// Who says what an answer is worth: one grader for all that a run asks of answers, what it learns from, its metrics and its
// evaluations.

import { saidIn } from '../groups/talk.ts'
import type { Problem, Rollout } from '../types.ts'
import { begun } from './begun.ts'
import { grade } from './grade/grade.ts'
import { gradingPool } from './grade/pool.ts'

/** A rollout to be judged, and what it is an answer to. */
export interface Answer {
  readonly problem: Problem
  readonly rollout: Rollout
}

/** What went wrong while answers were judged: they have no reward then, not a bad one. */
export interface Failures {
  readonly count: number
  readonly messages: readonly string[] // the first few that differ
}

/** Judges answers. */
export interface Grader {
  readonly name: string
  /** Whether answers to the problem can be judged at all. */
  gradable(problem: Problem): boolean
  /** A reward each, in order, any finite number; null where there is none. */
  grade(answers: readonly Answer[], signal?: AbortSignal): Promise<readonly (number | null)[]>
  /** Begins with answers that are there before others; `grade` takes what was begun. */
  begin?(answers: readonly Answer[], signal?: AbortSignal): void
  /** What failed since this was asked for last; null of a grader that cannot fail. */
  takeFailures(): Failures | null
  close(): Promise<void>
}

/** Whether an answer counts as right, where shares of right answers are told. */
export function isRight(reward: number): boolean {
  return reward > 0.5
}

/** 1 where the last boxed answer equals the problem's, 0 where not, null where the problem has none that can be graded. */
export function boxedGrader(): Grader {
  const pool = gradingPool() // its threads end by themselves when idle
  const judge = async (answers: readonly Answer[], signal?: AbortSignal) => {
    const requests = answers.map(({ problem, rollout }) => ({
      gold: problem.answer,
      pred: saidIn(rollout),
    }))
    const grades = await pool.grade(requests, 'reward', signal)
    return grades.map(({ correct }) => (correct === null ? null : Number(correct)))
  }
  const { begin, ask } = begun(judge, ({ rollout }) => rollout)
  return {
    name: 'boxed answers',
    gradable: ({ answer }) => grade({ gold: answer, pred: null }).correct !== null,
    grade: ask,
    begin,
    takeFailures: () => null,
    close: () => pool.close(),
  }
}

/** Asks of each rollout once: what judges may be slow, cost money, or change its mind. */
export function askedOnce(grader: Grader): Grader {
  const known = new WeakMap<Rollout, { readonly reward: number | null }>()
  return {
    ...grader,
    grade: async (answers, signal) => {
      const unknown = answers.filter(({ rollout }) => !known.has(rollout))
      const rewards = unknown.length === 0 ? [] : await grader.grade(unknown, signal)
      for (const [i, { rollout }] of unknown.entries()) known.set(rollout, { reward: rewards[i]! })
      return answers.map(({ rollout }) => known.get(rollout)!.reward)
    },
  }
}
