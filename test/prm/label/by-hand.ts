// A world in which a step is a token, and a test says how completions end.

import type {
  Ask,
  GradedRollout,
  GradedSolution,
  Labelling,
  Reply,
  Work,
} from '../../../src/prm/label/labeler.ts'
import type { StepScores } from '../../../src/prm/score/step-scorer.ts'
import type { Problem, Rollout } from '../../../src/types.ts'

export const problem: Problem = { id: 'p', prompt: 'q', answer: '1', solution: null, meta: {} }

/** A solution whose steps are these tokens. */
export function solutionOf(
  id: string,
  tokens: readonly number[],
  answerRight: boolean,
): GradedSolution {
  const rollout = rolloutOf(tokens)
  const solution = { id, problem, steps: rollout.steps.map(step => step.text) }
  return { solution, rollout, logprobs_T: rollout.logprobs_T, answerRight }
}

export function workOf(...solutions: readonly GradedSolution[]): Work {
  return { problem, solutions }
}

function rolloutOf(tokens: readonly number[]): Rollout {
  return {
    promptIds: Int32Array.of(99),
    ids: Int32Array.from(tokens),
    logprobs_T: new Float32Array(tokens.length).fill(-1),
    sampledLogprobs_T: new Float32Array(tokens.length).fill(-1),
    stop: 'stop',
    weightVersion: 0,
    text: tokens.map(token => `step ${token}`).join('\n\n'),
    steps: tokens.map((token, s) => ({
      start: s,
      end: s + 1,
      text: `step ${token}`,
      state: 'complete',
    })),
    spans: [{ start: 0, end: tokens.length, role: 'policy' }],
    branch: null,
  }
}

/** How the i-th rollout from a prefix of tokens goes on, and whether its answer is right. */
export type Ending = (
  prefix: readonly number[],
  i: number,
) => { readonly rest: readonly number[]; readonly right: boolean }

/** An ending that is decided by the prefix alone: of n rollouts the first are right, as many as `rights` says. */
export function endsRight(rights: (prefix: readonly number[]) => number): Ending {
  return (prefix, i) => ({ rest: [1000 + i], right: i < rights(prefix) })
}

export interface Talk<T> {
  readonly value: T
  /** What was asked of the policy, round by round: prefix tokens, and how many rollouts. */
  readonly rounds: readonly (readonly {
    readonly prefix: readonly number[]
    readonly n: number
  }[])[]
  readonly seeds: readonly number[]
}

/** Holds a labelling's conversation; completions of one prefix are numbered on over all rounds. */
export function talk<T>(
  labelling: Labelling<T>,
  ending: Ending,
  scores: (id: string) => StepScores = () => [],
  chat: (asked: string) => string = () => '',
): Talk<T> {
  const counts = new Map<string, number>()
  const rounds: { prefix: number[]; n: number }[][] = []
  const seeds: number[] = []
  const reply = (ask: Ask): Reply => {
    if (ask.kind === 'scores') return ask.solutions.map(({ id }) => scores(id))
    if (ask.kind === 'grades') return ask.texts.map(text => text.includes('\\boxed{1}'))
    if (ask.kind === 'chat') return ask.read(chat(ask.messages.at(-1)!.content))
    if (ask.kind === 'logprobs') return ask.rollouts.map(({ ids }) => new Float32Array(ids.length))
    const prefix = [...ask.prefix.ids]
    rounds.at(-1)!.push({ prefix, n: ask.n })
    seeds.push(ask.seed)
    return Array.from({ length: ask.n }, (): GradedRollout => {
      const i = counts.get(prefix.join()) ?? 0
      counts.set(prefix.join(), i + 1)
      const { rest, right } = ending(prefix, i)
      return { rollout: rolloutOf([...prefix, ...rest]), right, tokens: rest.length }
    })
  }
  let turn = labelling.next()
  while (!turn.done) {
    rounds.push([])
    turn = labelling.next(turn.value.map(reply))
  }
  return { value: turn.value, rounds, seeds }
}

/** Rollouts that were asked for in all. */
export function rolloutsIn({ rounds }: Talk<unknown>): number {
  return rounds.flat().reduce((sum, { n }) => sum + n, 0)
}
