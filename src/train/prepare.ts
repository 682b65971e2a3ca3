// From nothing to the start of reinforcement: a tokenizer, a policy warm-started on worked solutions, and a process
// reward model trained on the policy's own steps.

import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { freshConfig, type ModelConfig } from '../engine/hf/config.ts'
import { openFreshEngine } from '../engine/onnx/open.ts'
import { DataError } from '../errors.ts'
import { malformedSentences } from '../problems/malformed.ts'
import { below, random } from '../random.ts'
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

/** What a preparation made in a folder; null where there is none, or one that did not come to its end. */
export function prepared(folder: string): Prepared | null {
  const [base, prm, trunk] = [join(folder, 'base'), join(folder, 'prm'), join(folder, 'prm-trunk')]
  const whole = [base, prm].every(model => existsSync(join(model, 'config.json')))
  return whole && !existsSync(trunk) ? { base, prm } : null // the trunk is removed last
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
  const trunk = join(folder, 'prm-trunk')
  await warmStart(corpus, { base, trunk }, plan, report, signal)
  await teachJudge(corpus, { base, trunk, prm }, plan, report, signal)
  await rm(trunk, { recursive: true })
  return { base, prm }
}

/**
 * A model that imitates worked solutions, which is the judge's trunk; then the policy, which has also imitated slips: it
 * knows the way and often errs, as a policy before reinforcement does.
 */
async function warmStart(
  corpus: Corpus,
  { base, trunk }: { readonly base: string; readonly trunk: string },
  plan: Preparation,
  report: StageReport,
  signal?: AbortSignal,
): Promise<void> {
  const tokenizer = await makeTokenizer(corpus, base, plan)
  const engine = await openFreshEngine(configOf(tokenizer, plan), plan)
  const learn = async (stage: string, updates: number, slips: number): Promise<void> => {
    if (updates === 0) return
    report.start(stage, updates, 'updates')
    const next = solutions(corpus, tokenizer, plan, slips)
    await learnTexts(engine, next, supervised(plan, updates, report, signal))
    report.end()
  }
  try {
    await learn('warm start', plan.warmUpdates, 0)
    await engine.save(trunk)
    await learn('slips', plan.slipUpdates, plan.slips)
    await engine.save(base, { dtype: 'bfloat16' })
  } finally {
    await engine.close()
  }
}

/** A tokenizer of the corpus's texts, and of what malformed solutions say beside them. */
function makeTokenizer(
  corpus: Corpus,
  folder: string,
  plan: Preparation,
): Promise<LoadedTokenizer> {
  const problems = corpus.solved(plan.seed)
  const texts = Array.from({ length: 2000 }, () => textOf(problems.next().value))
  const { vocabSize, alphabet } = plan
  saveTokenizer(folder, trainBpe([...texts, ...malformedSentences()], { vocabSize, alphabet }))
  return loadTokenizer(folder)
}

function configOf(tokenizer: LoadedTokenizer, plan: Preparation): ModelConfig {
  return freshConfig({
    architecture: 'qwen2',
    vocabSize: tokenizer.vocabSize,
    hiddenSize: plan.hiddenSize,
    intermediateSize: Math.round((plan.hiddenSize * 8) / 3 / 32) * 32,
    layers: plan.layers,
    heads: plan.hiddenSize / 32,
    maxPositions: plan.maxPositions,
    eosIds: [tokenizer.eosId],
    padId: tokenizer.padId,
  })
}

/** Worked solutions in the corpus's order, a share of their digits miswritten; those that do not fit the model are passed over. */
function solutions(
  corpus: Corpus,
  tokenizer: LoadedTokenizer,
  plan: Preparation,
  slips: number,
): () => Example {
  const problems = corpus.solved(plan.seed)
  const draw = random(plan.seed, 'slips')
  const slip = (digit: string): string => (draw() < slips ? String(below(draw, 10)) : digit)
  return () => {
    for (let misses = 0; misses < 1000; misses++) {
      const { prompt, solution } = problems.next().value
      const promptIds = tokenizer.encode(prompt)
      const body = tokenizer.encode((solution ?? []).join('\n\n').replace(/[0-9]/g, slip))
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
