// A preparation so small that it takes a second, with all that a real one has; as a program, to be killed.

import { taskOf } from '../../src/problems/tasks/index.ts'
import { type Corpus, fileCorpus, taskCorpus } from '../../src/train/corpus.ts'
import type { Preparation, StageReport } from '../../src/train/plan.ts'
import { begunPreparation, prepare } from '../../src/train/prepare.ts'
import type { Problem } from '../../src/types.ts'

/** The judge learns far too fast: held-out steps get no likelier. */
export const tinyPlan: Preparation = {
  seed: 1,
  device: 'cpu',
  threads: 1,
  vocabSize: 128,
  alphabet: 'corpus',
  hiddenSize: 32,
  layers: 1,
  maxPositions: 256,
  maxTokens: 40,
  batch: 4,
  patience: 2,
  warmUpdates: 8,
  slipUpdates: 2,
  slips: 0.05,
  judgeLayers: 1,
  prmRounds: 2,
  prmUpdates: 6,
  wrongWeight: 1,
  learningRate: 3e-3,
  prmRate: 0.3,
  labelledProblems: 100,
}

export const silentStages: StageReport = { start: () => {}, update: () => {}, end: () => {} }

/** Sixty problems with their solutions, whose steps can be judged. */
export function sixtyProblems(seed = 1): Corpus {
  const task = taskCorpus(taskOf('nested-arithmetic'), 0)
  const stream = task.train(seed)
  const learned: Problem[] = Array.from({ length: 52 }, () => stream.next().value)
  const problems = [...learned, ...task.validation(8)]
  const { oracle, mutate, rightSteps } = task
  return { ...fileCorpus('sixty', problems, null), oracle, mutate, rightSteps }
}

if (process.argv[1] === import.meta.filename) {
  const folder = process.argv[2]!
  process.stdout.write('begun')
  const resume = begunPreparation(folder)
  await prepare(sixtyProblems(), folder, tinyPlan, silentStages, { resume })
}
