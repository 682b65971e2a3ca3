// The table of ways to label, by the name that a command line knows them by: what each one can be told, with its default.

import { ConfigError } from '../../errors.ts'
import { type Option, type Options, resolve, type Values } from '../../recipe.ts'
import { nearest } from '../../text/nearest.ts'
import type { Problem } from '../../types.ts'
import type { StepScorer } from '../score/step-scorer.ts'
import { adaptive } from './adaptive.ts'
import { binarySearch } from './binary-search.ts'
import { consensus } from './consensus.ts'
import type { Labeler } from './labeler.ts'
import type { StepOracle } from './labelled.ts'
import { monteCarlo } from './monte-carlo.ts'
import { type Mutate, mutations } from './mutation.ts'
import { type OmegaOptions, omega } from './omega.ts'
import { byOracle } from './oracle.ts'
import type { LabelledProblem } from './work.ts'

/** What a method is given beside its options. */
export interface LabelNeeds {
  readonly seed: number
  readonly judge: StepScorer | null
  readonly oracleOf: (problem: Problem) => StepOracle | null
  readonly mutateOf: (problem: Problem) => Mutate
  readonly onTree?: NonNullable<OmegaOptions['onTree']>
}

/** A method labels solutions, or makes labelled ones of a problem. */
export type Labels =
  | { readonly kind: 'solutions'; readonly labeler: Labeler }
  | { readonly kind: 'problem'; readonly labelled: (problem: Problem) => LabelledProblem }

/** One way to label: its name, its source, what it does, what it can be told. */
export interface LabelMethod<O extends Options = Options> {
  readonly name: string
  readonly paper: string
  readonly about: string
  /** Every known departure from the paper. */
  readonly differs: readonly string[]
  readonly options: O
  build(options: Values<O>, needs: LabelNeeds): Labels
}

const completions = (standard: number): Option<number> => ({
  default: standard,
  help: 'rollouts from the end of a step',
  min: 1,
  integer: true,
})
const whole = (standard: number, help: string): Option<number> => ({
  default: standard,
  help,
  min: 1,
  integer: true,
})
const share = (standard: number, help: string): Option<number> => ({
  default: standard,
  help,
  min: 0,
  max: 1,
})
const ratio = (standard: number): Option<number> =>
  share(standard, "a step is right where more than this share of the problem's value is left")
const sampling = {
  completions: completions(8),
  stopAtFirst: { default: false, help: 'no step after the first without a right completion' },
  trustAnswers: { default: false, help: 'steps of right answers are right, without a completion' },
}

function method<O extends Options>(one: LabelMethod<O>): LabelMethod {
  return one as unknown as LabelMethod
}

function solutions(labeler: Labeler): Labels {
  return { kind: 'solutions', labeler }
}

/** Every way to label. */
export const labelMethods: readonly LabelMethod[] = [
  method({
    name: 'monte-carlo',
    paper: 'arXiv:2312.08935',
    about: 'each step by completions from it: 1 where one ends right',
    differs: [],
    options: sampling,
    build: (options, { seed }) => solutions(monteCarlo({ ...options, seed })),
  }),
  method({
    name: 'monte-carlo-soft',
    paper: 'arXiv:2312.08935',
    about: 'each step by completions from it: the share that ends right',
    differs: [],
    options: sampling,
    build: (options, { seed }) => solutions(monteCarlo({ ...options, seed, labels: 'soft' })),
  }),
  method({
    name: 'binary-search',
    paper: 'arXiv:2406.06592',
    about: 'the first error of each wrong answer by halving',
    differs: ['no tree: nothing is learned from other solutions of the problem'],
    options: { completions: completions(8) },
    build: (options, { seed }) => solutions(binarySearch({ ...options, seed })),
  }),
  method({
    name: 'omega',
    paper: 'arXiv:2406.06592',
    about: 'a tree search for first errors that reuses rollouts',
    differs: [
      'a state is also measured by rollouts that began before it and came through',
      'solutions are cut at steps, not in halves of equal length',
    ],
    options: {
      completions: completions(8),
      searches: whole(100, 'rollouts of a problem that are searched, at most'),
      from: {
        default: 'tree',
        choices: ['tree', 'given'],
        help: 'which rollouts are searched: all of the tree, or the solutions that it began with',
      },
      omegaLabels: {
        default: 'value',
        choices: ['value', 'rightness'],
        help: 'of steps that were measured, or of all up to the first error',
      },
      ratio: ratio(0),
      alpha: share(0.5, 'how little a state of low value promises'),
      beta: share(0.9, 'how little a long rollout promises'),
      length: whole(500, 'tokens after which beta counts once'),
      cPuct: { default: 0.125, help: 'weight of what was searched less', min: 0 },
    },
    build: ({ omegaLabels: labels, ...options }, { seed, onTree }) => {
      const all = { ...options, labels, seed, ...(onTree && { onTree }) }
      return solutions(omega(all as OmegaOptions))
    },
  }),
  method({
    name: 'adaptive',
    paper: 'arXiv:2508.01773',
    about: 'the first error of each wrong answer, with completions until it is clear',
    differs: [
      "completions end by Wilson's interval, not after a number fixed for each problem",
      'by uncertainty, steps that can no longer be the first error are passed over',
    ],
    options: {
      completions: completions(16),
      lookEvery: whole(1, 'completions between two looks'),
      ratio: ratio(0.5),
      z: { default: 1.28, help: 'deviations that make it clear', min: 0 },
      order: {
        default: 'binary',
        choices: ['binary', 'uncertainty'],
        help: 'which step first: the middle one, or the least sure',
      },
    },
    build: (options, { seed }) =>
      solutions(adaptive({ ...options, order: options.order as 'binary' | 'uncertainty', seed })),
  }),
  method({
    name: 'consensus',
    paper: 'arXiv:2501.07301',
    about: 'completions and a judge that name the same first error',
    differs: [],
    options: { completions: completions(8) },
    build: (options, { seed, judge }) => {
      if (judge === null)
        throw new ConfigError('consensus needs a judge: --prm, --judge or --oracle')
      return solutions(consensus({ ...options, seed, judge }))
    },
  }),
  method({
    name: 'oracle',
    paper: 'arXiv:2305.20050',
    about: 'the oracle of a procedural task, as people label in PRM800K',
    differs: ['an oracle instead of people; no neutral ratings'],
    options: {},
    build: (_, { oracleOf }) => solutions(byOracle(oracleOf)),
  }),
  method({
    name: 'mutation',
    paper: 'none',
    about: 'worked solutions with one step made wrong',
    differs: [],
    options: { wrong: whole(1, 'wrong versions of each solution') },
    build: ({ wrong }, { seed, mutateOf }) => ({
      kind: 'problem',
      labelled: problem => mutations(problem, { mutate: mutateOf(problem), seed, wrong }),
    }),
  }),
]

/** The method of a name; others are refused, naming what there is. */
export function labelMethodOf(name: string): LabelMethod {
  const found = labelMethods.find(one => one.name === name)
  if (found) return found
  const names = labelMethods.map(one => one.name)
  const close = nearest(name, names)
  const hint = close === undefined ? `there is ${names.join(', ')}` : `did you mean "${close}"?`
  throw new ConfigError(`no way to label is named "${name}"; ${hint}`)
}

/** A method's options, some given as texts. */
export function labelOptions(
  one: LabelMethod,
  given: Readonly<Record<string, string>> = {},
): Values {
  return resolve(one, given)
}
