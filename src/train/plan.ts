// What a preparation is asked to do, and the two sizes that the commands use.

import type { Device } from '../types.ts'

/** The size of the models, and how long each stage learns. */
export interface Preparation {
  readonly seed: number
  readonly device: Device
  readonly threads: number
  readonly vocabSize: number // at most
  readonly alphabet: 'bytes' | 'corpus'
  readonly hiddenSize: number // a multiple of 32, the size of a head
  readonly layers: number
  readonly maxPositions: number
  readonly maxTokens: number // of one rollout
  readonly batch: number // texts of one update
  readonly warmUpdates: number // on worked solutions; what they make is the judge's trunk too
  readonly slipUpdates: number // more, on solutions with slips: what they make is the policy
  readonly slips: number // share of digits that are miswritten in those
  readonly judgeLayers: number // that the reward model has above the policy's
  readonly prmRounds: number // each with fresh rollouts of the policy and a schedule of its own
  readonly prmUpdates: number // of one round
  readonly wrongWeight: number // of a wrong token, where a right one has 1
  readonly learningRate: number
  readonly prmRate: number
  readonly labelledProblems: number // whose rollouts the oracle labels
}

/** What a stage tells while it runs. */
export interface StageReport {
  start(stage: string, total: number, unit: string): void
  update(done: number, note: string): void
  end(note?: string): void
}

type Preset = Omit<Preparation, 'seed' | 'device' | 'threads'>

/** About 0.8 M parameters for a procedural task: the models that the package carries are made with these. */
const taskPreset: Preset = {
  vocabSize: 128,
  alphabet: 'corpus',
  hiddenSize: 128,
  layers: 4,
  maxPositions: 512,
  maxTokens: 160,
  batch: 64,
  warmUpdates: 700,
  slipUpdates: 120,
  slips: 0.05,
  judgeLayers: 2,
  prmRounds: 2,
  prmUpdates: 1600,
  wrongWeight: 1,
  learningRate: 1e-3,
  prmRate: 7e-4,
  labelledProblems: 8000,
}

/** About 1.1 M parameters for problems in plain language, such as GSM8K. */
const textPreset: Preset = {
  vocabSize: 2048,
  alphabet: 'bytes',
  hiddenSize: 128,
  layers: 4,
  maxPositions: 512,
  maxTokens: 256,
  batch: 32,
  warmUpdates: 500,
  slipUpdates: 0,
  slips: 0,
  judgeLayers: 2,
  prmRounds: 1,
  prmUpdates: 1500,
  wrongWeight: 6,
  learningRate: 1e-3,
  prmRate: 5e-4,
  labelledProblems: 0,
}

/** The plan for plain language, or for a procedural task. */
export function planFor(text: boolean): Preset {
  return text ? textPreset : taskPreset
}
