// What a training is made of, and what it comes to.

import type { Engine } from '../engine/engine.ts'
import type { Evaluation } from '../eval/accuracy.ts'
import type { Learner } from '../iterate.ts'
import type { Method, Now } from '../method.ts'
import type { Failing } from '../recipe.ts'
import type { Grader } from '../rewards/grader.ts'
import type { PatternLimits } from '../rewards/patterns.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import type { AlarmPolicy } from './alarms.ts'
import type { RunChat } from './chat.ts'
import type { Validated } from './checkpoints.ts'
import type { Corpus } from './corpus.ts'

export interface TrainingPlan {
  readonly methodAt: (now: Now) => Method
  readonly fails?: Failing | undefined // where the recipe has been seen to
  readonly corpus: Corpus
  readonly grader: Grader // of metrics and evaluations; what the method asks too, where it asks one
  readonly chat?: RunChat | null // what the recipe asks beside; default none
  readonly judged?: () => number // solutions that the judge was asked about since that was last taken; none has no judge
  readonly learner: Omit<Learner, 'learningRate'>
  readonly beside: readonly Engine[] // models that learn beside the policy
  readonly learningRate: number // of the first iteration
  readonly learningRateEnd: number // share of it towards which it falls evenly
  readonly sampler: Sampler // how evaluations sample, greedy ones aside
  readonly tokenizerFolder: string
  readonly seed: number
  readonly iterations: number
  readonly problems: number // of one iteration
  readonly ahead: number // iterations whose rollouts are sampled before their turn: 0 or 1
  readonly evaluateEvery: number // iterations; 0 never between start and end
  readonly validationProblems: number
  readonly testProblems: number
  readonly checkpointEvery: number | null // iterations; null as often as costs little
  readonly limits: PatternLimits
  readonly onAlarm: AlarmPolicy
}

export interface TrainingResult {
  readonly iterations: number // completed
  readonly before: Evaluation // on the test problems, as is `after`
  readonly after: Evaluation | null // of the checkpoint; null where the run was stopped before it was measured
  readonly checkpoint: string
  readonly chosen: Validated | null // the checkpoint, chosen on validation problems; null: it is the last policy
  readonly start: number | null // validation accuracy before the first iteration
  readonly validated: number // validation problems that both are of
}
