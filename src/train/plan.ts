// What a preparation is asked to do, and the two sizes that the commands use.

import type { Device } from '../engine/engine.ts'
import type { Corpus } from './corpus.ts'

/** The size of the models, and how long each stage learns at most. */
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
  /** Evaluations in a row without a better loss on held-out data that end a stage; null: none ends early. */
  readonly patience: number | null
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
  patience: null,
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
  patience: 3,
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

/** Times that a stage sees all worked solutions at most: a model of this size knows a small file by heart by then. */
const mostEpochs = 30

/** What may be asked of a preparation: updates of a stage at most, however few the data; texts of one update. */
export interface PreparationWish {
  readonly warmUpdates: number | null // null: as many as the preset has, and as the data are worth
  readonly judgeUpdates: number | null // of one round
  readonly batch: number | null
}

/** The plan for a corpus, which has worked solutions of its own: of plain language, or of a procedural task. */
export function planFor(
  { workedSolutions, oracle }: Pick<Corpus, 'workedSolutions' | 'oracle'>,
  wish: PreparationWish = { warmUpdates: null, judgeUpdates: null, batch: null },
): Preset {
  const preset = oracle === null ? textPreset : taskPreset
  const batch = wish.batch ?? preset.batch
  const worth = (mostEpochs * workedSolutions) / batch
  const most = (updates: number): number => Math.max(1, Math.min(updates, Math.ceil(worth)))
  return {
    ...preset,
    batch,
    warmUpdates: wish.warmUpdates ?? most(preset.warmUpdates),
    prmUpdates: wish.judgeUpdates ?? most(preset.prmUpdates),
  }
}
