import type { Preparation } from './prepare.ts'

type Preset = Omit<Preparation, 'seed' | 'threads'>

/** About 0.8 M parameters for a procedural task: the models that the package carries are made with these. */
const taskPreset: Preset = {
  vocabSize: 128,
  alphabet: 'corpus',
  hiddenSize: 128,
  layers: 4,
  maxPositions: 512,
  maxTokens: 160,
  batch: 64,
  warmUpdates: 720,
  trunkUpdates: 900,
  judgeLayers: 2,
  prmUpdates: 1200,
  learningRate: 1e-3,
  prmRate: 5e-4,
  labelledProblems: 4000,
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
  warmUpdates: 700,
  trunkUpdates: 200,
  judgeLayers: 2,
  prmUpdates: 300,
  learningRate: 1e-3,
  prmRate: 5e-4,
  labelledProblems: 0,
}

/** The plan for plain language, or for a procedural task. */
export function planFor(text: boolean): Preset {
  return text ? textPreset : taskPreset
}
