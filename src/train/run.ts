// One training run, put together: models opened, the judge checked, the method built, everything written down.

import { join } from 'node:path'
import { type OnnxEngine, openOnnxEngine } from '../engine/onnx/open.ts'
import { ConfigError, RunError } from '../errors.ts'
import { hashSeed } from '../random.ts'
import { type Recipe, resolve, type Value } from '../recipe.ts'
import { outcome } from '../rewards/outcome.ts'
import { stepScores } from '../rewards/step-scores.ts'
import { independent, type Sampler } from '../rollouts/independent.ts'
import { createRun, type RunWriter } from '../runs/writer.ts'
import { loadTokenizer } from '../tokenizer/tokenizer.ts'
import type { Engine, Method, Problem, Scorer, StepRewards } from '../types.ts'
import { type Corpus, openCorpus } from './corpus.ts'
import { checkJudge, type JudgeCheck } from './judge-check.ts'
import { type TrainingReport, type TrainingResult, train } from './loop.ts'
import { planFor, type StageReport } from './plan.ts'
import { prepare } from './prepare.ts'

/** What a run is asked to do; model and prm are null where they are to be made first. */
export interface TrainingRequest {
  readonly recipe: Recipe
  readonly overrides: Readonly<Record<string, string>>
  readonly task: string
  readonly difficulty: number
  readonly problemsFile: string | null
  readonly testFile: string | null
  readonly model: string | null
  readonly prm: string | null
  readonly folder: string
  readonly iterations: number
  readonly problems: number // of one iteration
  readonly maxTokens: number
  readonly evaluateEvery: number
  readonly seed: number
  readonly threads: number // of one operation
  readonly versions: Readonly<Record<string, string>>
}

export interface RunReport extends TrainingReport {
  readonly stages: StageReport
  begin(folder: string, corpus: Corpus): void
  judge(check: JudgeCheck): void
}

const judgeFloor = 0.6 // mean of right steps kept and wrong steps found; 0.5 is chance

/** Runs it all; the folder then holds configuration, metrics, rollouts, log and the trained policy. */
export async function runTraining(
  request: TrainingRequest,
  report: RunReport,
  signal: AbortSignal,
): Promise<TrainingResult> {
  const { recipe, folder, seed } = request
  const values = resolve(recipe, request.overrides)
  const corpus = await openCorpus(request)
  const { recipe: _, overrides: __, ...settings } = request
  const run = createRun(folder, { ...settings, recipe: recipe.name, options: values })
  const engines: OnnxEngine[] = []
  const open = async (model: string): Promise<OnnxEngine> => {
    const engine = await openOnnxEngine(model, { threads: request.threads })
    engines.push(engine)
    return engine
  }
  try {
    report.begin(folder, corpus)
    if (corpus.ungradable > 0) {
      run.log('warn', 'answers that cannot be graded', { problems: corpus.ungradable })
    }
    const models = await modelsOf(request, corpus, report.stages, signal)
    const policy = await open(models.base)
    const tokenizer = loadTokenizer(models.base)
    const { stopIds } = tokenizer
    const sampler: Sampler = { engine: policy, tokenizer, stopIds, maxTokens: request.maxTokens }
    const judge = recipe.needs.includes('prm') ? await open(models.prm) : null
    if (judge !== null) await approve(judge, sampler, corpus, run, report, seed)
    const method = build(recipe, values, sampler, judge, seed)
    const reference = method.loss.needsReference ? await open(models.base) : null
    const learner = { policy, reference, learningRate: Number(values.learningRate) }
    const plan = {
      method,
      corpus,
      learner,
      seed,
      sampler: { ...sampler, greedy: true },
      tokenizerFolder: models.base,
      iterations: request.iterations,
      problems: request.problems,
      evaluateEvery: request.evaluateEvery,
      validationProblems: 100,
      testProblems: 300,
    }
    return await train(plan, run, report, signal)
  } finally {
    run.close()
    for (const engine of engines) await engine.close()
  }
}

async function modelsOf(
  { model, prm, problemsFile, folder, seed, maxTokens, threads }: TrainingRequest,
  corpus: Corpus,
  report: StageReport,
  signal: AbortSignal,
): Promise<{ base: string; prm: string }> {
  if (model !== null && prm !== null) return { base: model, prm }
  const plan = { ...planFor(problemsFile !== null), seed, maxTokens, threads }
  return prepare(corpus, join(folder, 'prepared'), plan, report, signal)
}

/** Measures the judge before it is trusted; one that is near chance would only mislead. */
async function approve(
  judge: Engine,
  sampler: Sampler,
  corpus: Corpus,
  run: RunWriter,
  report: RunReport,
  seed: number,
): Promise<void> {
  const check = await checkJudge(judge, sampler, corpus, 150, seed)
  run.log('info', 'process reward model checked', { ...check })
  report.judge(check)
  const { rightKept, wrongFound } = check.quality
  const balanced = (rightKept + wrongFound) / 2
  if (balanced >= judgeFloor) return
  throw new RunError(
    `the process reward model tells right from wrong steps at ${balanced.toFixed(2)} (chance is 0.5, ` +
      `wanted ${judgeFloor}) on ${check.on}; train it longer, or use the recipe pure-vr, which needs none`,
  )
}

function build(
  recipe: Recipe,
  values: Readonly<Record<string, Value>>,
  sampler: Sampler,
  judge: Engine | null,
  seed: number,
): Method {
  const share = values.labelled === undefined ? 1 : Number(values.labelled)
  const labelled = ({ prompt }: Problem): boolean =>
    hashSeed(seed, 'labelled', prompt) / 2 ** 32 < share
  const noJudge: Scorer<StepRewards> = () => {
    throw new ConfigError(`${recipe.name} scores steps but does not say that it needs a judge`)
  }
  return recipe.build(values, {
    sample: n => independent(sampler, n),
    grade: outcome(labelled),
    scoreSteps: judge === null ? noJudge : stepScores(judge),
    maxTokens: sampler.maxTokens,
  })
}
