// GroundedPRM: a tree of rollouts whose steps a calculator checks. What a rollout is worth is told by its checked steps, earlier
// ones more, and by its answer; the tree grows where that is most, and every rollout of it is labelled by the checks.

import { calculated } from '../../environments/arithmetic.ts'
import { hashSeed } from '../../numbers/random.ts'
import { type Prefix, prefixOf } from '../../rollouts/from-prefix.ts'
import type { TextRollout } from '../../rollouts/text-rollout.ts'
import {
  ask,
  type GradedSolution,
  type Labeler,
  type Labelling,
  solutionOf,
  type Work,
  withLabels,
} from './labeler.ts'

export interface GroundedOptions {
  readonly seed: number
  readonly rounds: number // of growth, at most
  readonly width: number // children of a state
  readonly depth: number // steps before which rollouts leave, at most
  readonly enough: number // right and wrong rollouts, each, after which the tree grows no more
}

/** Labels the given rollouts and those of a tree that grows from their problem (arXiv:2510.14942, section 3). */
export function grounded(options: GroundedOptions): Labeler {
  return {
    name: 'grounded',
    *label(work) {
      const found = yield* grow(work, options)
      return found.map(one => {
        const labels_S = checkedLabels(one)
        const missing = labels_S.every(label => label === null) ? { missing: 'not-checked' } : {}
        return withLabels(one, { name: 'grounded', meaning: 'rightness', labels_S, ...missing })
      })
    },
  }
}

const equation =
  /([-+*/^().\d\s]*\d[-+*/^().\d\s]*)=\s*(-?\d+(?:\.\d+)?(?:\/\d+)?)(?![\d.]*\s*[-+*/^(=])/g

/** The equations in a step, as far as a calculator works out both sides. */
function equationsIn(step: string) {
  return [...step.matchAll(equation)].flatMap(([, left, right]) => {
    const [is, said] = [calculated(left!), calculated(right!)]
    return is === null || said === null ? [] : [{ left: left!.trim(), is, said }]
  })
}

/** What a calculator says of the equations in a step, in words; null where it finds none. */
export function toldOf(step: string): string | null {
  const told = equationsIn(step).map(({ left, is, said }) =>
    is === said ? `${left} is ${is}, as said` : `${left} is ${is}, not ${said}`,
  )
  return told.length === 0 ? null : told.join('; ')
}

/** What a calculator says of the equations in a step: 1 where all hold, -1 where one does not, null where it finds none. */
export function checkOf(step: string): 1 | -1 | null {
  const known = equationsIn(step)
  if (known.length === 0) return null
  return known.every(({ is, said }) => is === said) ? 1 : -1
}

/**
 * What a simulation is worth by the checks of its steps before the last, and its answer, 1 or -1:
 * V = 1/N sum_i v_i (N - i)/N + F/N, and F where none was checked (eq. 4).
 */
export function worthOfSimulation(checks: readonly (1 | -1)[], answer: 1 | -1): number {
  const n = checks.length
  if (n === 0) return answer
  return checks.reduce<number>((sum, v, i) => sum + (v * (n - i)) / n, answer) / n
}

/** A state of the tree: the first steps of rollouts. */
export interface State {
  readonly parent: State | null
  readonly prefix: Prefix
  readonly children: State[]
  readonly ended: boolean // nothing follows
  value: number
  visits: number
}

const fading = 0.9

/** Adds the worth of a simulation to the state that it began with, and 0.9 of it to each state one step before (eq. 5). */
export function backUp(state: State, worth: number): void {
  for (let one: State | null = state, w = worth; one !== null; one = one.parent, w *= fading) {
    one.value += w
    one.visits++
  }
}

/** How promising a child is: its mean worth, and more where it was looked at less. */
export function promiseOf({ value, visits, parent }: State): number {
  const seen = Math.log((parent?.visits ?? 0) + 1) / (visits + 1)
  return value / Math.max(visits, 1) + Math.SQRT2 * Math.sqrt(seen)
}

function* grow(work: Work, options: GroundedOptions): Labelling<GradedSolution[]> {
  const { seed, rounds, enough } = options
  const { problem, solutions } = work
  const [first] = solutions
  if (first === undefined) return []
  const nothing: Prefix = { promptIds: first.rollout.promptIds, ids: new Int32Array(0), steps: [] }
  const root = stateOf(null, nothing, false)
  const found = [...solutions]
  for (const one of solutions) add(root, one.rollout, one.answerRight)
  for (let round = 0; round < rounds && !isEnough(found, enough); round++) {
    const state = opened(root, options)
    if (state === null) break
    const n = Math.max(1, options.width - state.children.length)
    const { prefix } = state
    const own = hashSeed(seed, problem.id, 'grounded', round)
    const [rollouts] = yield* ask<'rollouts'>([
      { kind: 'rollouts', purpose: 'labels', problem, prefix, n, seed: own },
    ])
    for (const { rollout, right } of rollouts!) {
      add(state, rollout, right === true)
      const solution = solutionOf(`${first.solution.id}/grounded-${found.length}`, problem, rollout)
      found.push({ solution, rollout, logprobs_T: null, answerRight: right === true })
    }
  }
  return found
}

function stateOf(parent: State | null, prefix: Prefix, ended: boolean): State {
  return { parent, prefix, children: [], ended, value: 0, visits: 0 }
}

/** The state, from the most promising child to the next, that has room for children; null where none has. */
function opened(state: State, { width, depth }: GroundedOptions): State | null {
  if (state.ended || state.prefix.steps.length >= depth) return null
  if (state.children.length < width) return state
  const best = [...state.children].sort((a, b) => promiseOf(b) - promiseOf(a))
  for (const child of best) {
    const found = opened(child, { width, depth } as GroundedOptions)
    if (found !== null) return found
  }
  return null
}

/** A rollout that left a state: its next step is a child, whose simulation is all from there. */
function add(state: State, rollout: TextRollout, right: boolean): void {
  const at = state.prefix.steps.length
  const { steps } = rollout
  if (steps.length <= at) return
  const checks = steps.slice(at, -1).flatMap(({ text }) => checkOf(text) ?? [])
  const child = stateOf(state, prefixOf(rollout, at + 1), steps.length === at + 1)
  state.children.push(child)
  backUp(child, worthOfSimulation(checks, right ? 1 : -1))
}

function isEnough(found: readonly GradedSolution[], enough: number): boolean {
  const right = found.filter(one => one.answerRight).length
  return right >= enough && found.length - right >= enough
}

/** 1 for a step whose check holds, 0 for the first that does not, null after it and where there is none; the last by the answer. */
function checkedLabels({ solution, answerRight }: GradedSolution): (number | null)[] {
  const last = solution.steps.length - 1
  let lost = false
  return solution.steps.map((text, s) => {
    if (lost) return null
    const check = s === last ? (answerRight ? 1 : -1) : checkOf(text)
    lost = check === -1
    return check === null ? null : Number(check > 0)
  })
}
