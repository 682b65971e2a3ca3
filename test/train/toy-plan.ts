// A training on the toy problems, which takes milliseconds.

import type { Precision } from '../../src/engine/engine.ts'
import type { FakeEngine } from '../../src/engine/fake.ts'
import type { Method } from '../../src/method.ts'
import { resolve } from '../../src/recipe.ts'
import { recipes } from '../../src/recipes/index.ts'
import { boxedGrader } from '../../src/rewards/grader.ts'
import type { Environment } from '../../src/rollouts/environment.ts'
import { independent } from '../../src/rollouts/independent.ts'
import { samplerIn } from '../../src/rollouts/sampler-in.ts'
import type { Corpus } from '../../src/train/corpus.ts'
import type { TrainingReport } from '../../src/train/report.ts'
import type { TrainingPlan } from '../../src/train/training.ts'
import type { Problem } from '../../src/types.ts'
import { problems, toyNeeds, toySampler } from '../toy.ts'

function* again(): Generator<Problem, never> {
  for (;;) yield* problems
}

const corpus: Corpus = {
  name: 'toy',
  frame: '{question}',
  prompt: null,
  ungradable: 0,
  answers: { of: 1, missing: 0, ungradable: 0 },
  size: 0,
  workedSolutions: problems.length,
  train: again,
  solved: again,
  validation: count => problems.slice(0, count),
  test: count => problems.slice(0, count),
  oracle: null,
  mutate: () => null,
  rightSteps: () => [],
  only: () => corpus,
}

export const silent: TrainingReport = {
  start: () => {},
  iteration: () => {},
  validation: () => {},
}

/** How rollouts are drawn: what talks in them, and with what weights. */
interface Drawing {
  readonly environment?: Environment | null // default null
  readonly precision?: Precision // default float32
}

/** Three iterations of four problems each, judged by a rule. */
export function toyPlan(
  policy: FakeEngine,
  folder: string,
  { environment = null, precision = 'float32' }: Drawing = {},
): TrainingPlan {
  const sampler = { ...toySampler(policy), ...(environment && { environment }) }
  const drawing = samplerIn(sampler, precision)
  const own = { sampler: drawing, sample: (n: number) => independent(drawing, n) }
  const needs = { ...toyNeeds(policy), ...own }
  const recipe = recipes.find(({ name }) => name === 'pure-prm')!
  return {
    methodAt: now => recipe.build(resolve(recipe, { klCoef: '0' }), needs, now),
    corpus,
    grader: boxedGrader(),
    learner: { policy, reference: null, precision },
    beside: [],
    learningRate: 0.05,
    learningRateEnd: 1,
    sampler: { ...sampler, greedy: true },
    tokenizerFolder: folder,
    seed: 1,
    iterations: 3,
    problems: 4,
    ahead: 0,
    evaluateEvery: 0,
    validationProblems: 2,
    testProblems: 4,
    checkpointEvery: 1,
    limits: { giantStep: 32 },
    onAlarm: 'warn',
  }
}

/** A method that is the same in every iteration, whatever it counts. */
export function always(method: Method): TrainingPlan['methodAt'] {
  return () => method
}
