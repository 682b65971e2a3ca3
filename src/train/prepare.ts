// From nothing to the start of reinforcement: a tokenizer, a policy warm-started on worked solutions, and a process
// reward model trained on the policy's own steps.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { qwen2Config } from '../engine/hf/config.ts'
import { openFreshEngine, openOnnxEngine } from '../engine/onnx/open.ts'
import { DataError } from '../errors.ts'
import { malformedSentences } from '../problems/malformed.ts'
import { type LoadedTokenizer, loadTokenizer } from '../tokenizer/tokenizer.ts'
import { saveTokenizer, trainBpe } from '../tokenizer/train-bpe.ts'
import type { Problem } from '../types.ts'
import type { Corpus } from './corpus.ts'
import type { Preparation, StageReport } from './plan.ts'
import { type Example, learnTexts, type Schedule } from './supervised.ts'
import { teachJudge } from './teach-judge.ts'

/** Folders that a preparation fills. */
export interface Prepared {
  readonly base: string
  readonly prm: string
}

/** Does all of it, each stage into a folder of its own below `folder`. */
export async function prepare(
  corpus: Corpus,
  folder: string,
  plan: Preparation,
  report: StageReport,
  signal?: AbortSignal,
): Promise<Prepared> {
  const base = join(folder, 'base')
  const prm = join(folder, 'prm')
  await warmStart(corpus, base, plan, report, signal)
  const trunk = join(folder, 'prm-trunk')
  await growTrunk(corpus, base, trunk, plan, report, signal)
  await teachJudge(corpus, { base, trunk, prm }, plan, report, signal)
  await rm(trunk, { recursive: true })
  return { base, prm }
}

/** A tokenizer of the corpus and a policy that imitates its worked solutions. */
async function warmStart(
  corpus: Corpus,
  base: string,
  plan: Preparation,
  report: StageReport,
  signal?: AbortSignal,
): Promise<void> {
  const problems = corpus.solved(plan.seed)
  const texts = Array.from({ length: 2000 }, () => textOf(problems.next().value))
  const spoken = [...texts, ...malformedSentences()]
  const { vocabSize, alphabet } = plan
  saveTokenizer(base, trainBpe(spoken, { vocabSize, alphabet }))
  const tokenizer = loadTokenizer(base)
  const config = qwen2Config({
    vocabSize: tokenizer.vocabSize,
    hiddenSize: plan.hiddenSize,
    intermediateSize: Math.round((plan.hiddenSize * 8) / 3 / 32) * 32,
    layers: plan.layers,
    heads: plan.hiddenSize / 32,
    maxPositions: plan.maxPositions,
    eosIds: [tokenizer.eosId],
    padId: tokenizer.padId,
  })
  const engine = await openFreshEngine(config, { seed: plan.seed, threads: plan.threads })
  try {
    report.start('warm start', plan.warmUpdates, 'updates')
    const schedule = supervised(plan, plan.warmUpdates, report, signal)
    await learnTexts(engine, solutions(corpus, tokenizer, plan), schedule)
    report.end()
    await engine.save(base, { dtype: 'bfloat16' })
  } finally {
    await engine.close()
  }
}

/** The policy, taught further: a judge must know the arithmetic better than whom it judges. */
async function growTrunk(
  corpus: Corpus,
  base: string,
  trunk: string,
  plan: Preparation,
  report: StageReport,
  signal?: AbortSignal,
): Promise<void> {
  const engine = await openOnnxEngine(base, { threads: plan.threads })
  try {
    report.start("judge's trunk", plan.trunkUpdates, 'updates')
    const later = { ...plan, seed: plan.seed + 1 }
    const schedule = supervised(plan, plan.trunkUpdates, report, signal)
    await learnTexts(engine, solutions(corpus, loadTokenizer(base), later), schedule)
    report.end()
    await engine.save(trunk)
  } finally {
    await engine.close()
  }
}

/** Worked solutions in the corpus's order; those that do not fit the model are passed over. */
function solutions(corpus: Corpus, tokenizer: LoadedTokenizer, plan: Preparation): () => Example {
  const problems = corpus.solved(plan.seed)
  return () => {
    for (let misses = 0; misses < 1000; misses++) {
      const { prompt, solution } = problems.next().value
      const promptIds = tokenizer.encode(prompt)
      const body = tokenizer.encode((solution ?? []).join('\n\n'))
      const ids = Int32Array.from([...body, tokenizer.eosId])
      if (ids.length <= plan.maxTokens && promptIds.length + ids.length <= plan.maxPositions)
        return { promptIds, ids }
    }
    throw new DataError(
      `${corpus.name}: no worked solution has at most ${plan.maxTokens} tokens; raise --max-tokens`,
    )
  }
}

function supervised(
  { batch, learningRate }: Preparation,
  updates: number,
  report: StageReport,
  signal?: AbortSignal,
): Schedule {
  const onUpdate = (done: number, loss: number): void =>
    report.update(done, `loss ${loss.toFixed(4)}`)
  return { updates, batch, learningRate, onUpdate, ...(signal ? { signal } : {}) }
}

function textOf({ prompt, solution }: Problem): string {
  return `${prompt}${(solution ?? []).join('\n\n')}`
}
