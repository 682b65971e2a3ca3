// One training run, put together: models opened, the judge checked, the method built, everything written down.

import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type OnnxEngine, openOnnxEngine, openWithNewHead } from '../engine/onnx/open.ts'
import { ConfigError, DataError, RunError } from '../errors.ts'
import { mean } from '../numeric.ts'
import { hashSeed } from '../random.ts'
import { type Needs, type Recipe, resolve, type Value } from '../recipe.ts'
import { gated } from '../rewards/gated.ts'
import { outcome } from '../rewards/outcome.ts'
import type { PatternName } from '../rewards/patterns.ts'
import { stepScores } from '../rewards/step-scores.ts'
import { independent, type Sampler } from '../rollouts/independent.ts'
import { checkpointIterations } from '../runs/layout.ts'
import { createRun, type RunWriter, resumeRun } from '../runs/writer.ts'
import { type LoadedTokenizer, loadTokenizer, sameVocabulary } from '../tokenizer/tokenizer.ts'
import type { Device, Engine, Method, Problem, Scorer, StepRewards, Tokenizer } from '../types.ts'
import type { AlarmPolicy } from './alarms.ts'
import { type Corpus, openCorpus } from './corpus.ts'
import { checkJudge, type JudgeCheck } from './judge-check.ts'
import { type TrainingPlan, type TrainingReport, type TrainingResult, train } from './loop.ts'
import { planFor, type StageReport } from './plan.ts'
import { prepare, prepared } from './prepare.ts'
import { configOf } from './stored-request.ts'

/** What a run is asked to do. Both models are made first where model is null; prm alone is where the recipe needs none. */
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
  readonly device: Device
  readonly threads: number // of one operation
  readonly gates?: readonly PatternName[] // whose rollouts get a bad reward; default none
  readonly onAlarm?: AlarmPolicy // default 'warn'
  readonly checkpointEvery?: number | null // iterations; default null, as often as costs little
  readonly versions: Readonly<Record<string, string>>
}

export interface RunReport extends TrainingReport {
  readonly stages: StageReport
  begin(folder: string, corpus: Corpus): void
  /** Problems that are left out, since the models cannot read them. */
  leftOut(problems: number): void
  judge(check: JudgeCheck): void
}

const leastGiant = 32 // tokens: half of what a rollout may have is a giant step, but not below this
const judgeFloor = 0.6 // mean of right steps kept and wrong steps found; 0.5 is chance

/**
 * Runs it all; the folder then holds configuration, metrics, rollouts, log and the trained policy. With `resume` the run
 * that the folder holds is continued from its last checkpoint; the request is then the one that it was started with.
 */
export async function runTraining(
  request: TrainingRequest,
  report: RunReport,
  signal: AbortSignal,
  { resume = false } = {},
): Promise<TrainingResult> {
  const options = resolve(request.recipe, request.overrides)
  const corpus = await openCorpus(request)
  requireProblems(corpus, request)
  const engines: OnnxEngine[] = []
  const { device, threads, seed } = request
  const open: Open = async (folder, head = null) => {
    const place = { device, threads }
    const engine = await (head === null
      ? openOnnxEngine(folder, place)
      : openWithNewHead(folder, { ...head, ...place, seed: hashSeed(seed, 'new head') }))
    engines.push(engine)
    return engine
  }
  try {
    // models that are given are opened before the folder is made: a wrong one leaves nothing behind
    const { model, prm, folder } = request
    const given = model === null ? null : await openModels(model, prm, open)
    const run = resume ? resumeRun(folder) : createRun(folder, configOf(request, options))
    try {
      report.begin(folder, corpus)
      if (corpus.ungradable > 0) {
        run.log('warn', 'answers that cannot be graded', { problems: corpus.ungradable })
      }
      const models = given ?? (await makeModels(request, corpus, report.stages, open, signal))
      const fitting = corpus.only(problem => fits(problem, models, request.maxTokens))
      const leftOut = corpus.size - fitting.size
      if (leftOut > 0) {
        run.log('warn', 'problems that the models cannot read', { problems: leftOut })
        report.leftOut(leftOut)
      }
      requireProblems(fitting, request)
      const plan = await planOf(request, options, fitting, models, open)
      const begun = checkpointIterations(folder).length > 0
      if (models.judge !== null && !begun) await approve(models.judge, plan, run, report)
      return await train(plan, run, report, signal)
    } finally {
      run.close()
    }
  } finally {
    for (const engine of engines) await engine.close()
  }
}

/** Opens a model that is closed when the run ends; with a new head where one is described. */
type Open = (folder: string, head?: { readonly classes: number } | null) => Promise<OnnxEngine>

interface Models {
  readonly folder: string // of the policy
  readonly policy: OnnxEngine
  readonly tokenizer: LoadedTokenizer
  readonly judge: OnnxEngine | null
}

/** Refuses a corpus that lacks what the run will ask for in the end. */
function requireProblems(corpus: Corpus, { model, seed }: TrainingRequest): void {
  corpus.train(seed)
  corpus.validation(1)
  corpus.test(1)
  if (model === null) corpus.solved(seed)
}

/** Whether the models can read a prompt and what is sampled after it. */
function fits(
  { prompt }: Problem,
  { policy, tokenizer, judge }: Models,
  maxTokens: number,
): boolean {
  try {
    const { length } = tokenizer.encode(prompt)
    const { maxPositions } = policy.info
    const whole = Math.min(length + maxTokens, maxPositions)
    return length < maxPositions && whole <= (judge?.info.maxPositions ?? Infinity)
  } catch (error) {
    if (error instanceof DataError) return false // a character that the vocabulary cannot spell
    throw error
  }
}

async function openModels(folder: string, prm: string | null, open: Open): Promise<Models> {
  const policy = await open(folder)
  if (policy.info.head !== 'language-model') {
    throw new ConfigError(`${folder} is a token classifier; a policy is a language model`)
  }
  const tokenizer = loadTokenizer(folder, policy.info.vocabSize)
  const judge = prm === null ? null : await open(prm)
  if (judge !== null) requireJudge(judge, prm!, tokenizer, folder)
  return { folder, policy, tokenizer, judge }
}

/** A judge reads the policy's own ids. */
function requireJudge(judge: Engine, prm: string, tokenizer: Tokenizer, folder: string): void {
  const { head, classes } = judge.info
  if (head !== 'token-classification' || classes !== 2) {
    const found =
      head === 'language-model' ? 'a language model' : `a classifier of ${classes} classes`
    throw new ConfigError(
      `${prm} is ${found}; a process reward model is a token classifier of 2 classes, wrong and right`,
    )
  }
  const own = existsSync(join(prm, 'tokenizer.json')) ? loadTokenizer(prm) : null
  const same = own === null || sameVocabulary(own, tokenizer)
  if (same && tokenizer.vocabSize <= judge.info.vocabSize) return
  throw new ConfigError(
    `${prm} has another tokenizer than ${folder}; a process reward model reads the policy's own tokens`,
  )
}

async function makeModels(
  request: TrainingRequest,
  corpus: Corpus,
  report: StageReport,
  open: Open,
  signal: AbortSignal,
): Promise<Models> {
  const { recipe, problemsFile, folder, seed, maxTokens, device, threads } = request
  const plan = { ...planFor(problemsFile !== null), seed, maxTokens, device, threads }
  const place = join(folder, 'prepared')
  const there = prepared(place)
  if (there === null) rmSync(place, { recursive: true, force: true }) // half made, before a run was killed
  const made = there ?? (await prepare(corpus, place, plan, report, signal))
  return openModels(made.base, recipe.needs.includes('prm') ? made.prm : null, open)
}

async function planOf(
  request: TrainingRequest,
  options: Readonly<Record<string, Value>>,
  corpus: Corpus,
  { folder, policy, tokenizer, judge }: Models,
  open: Open,
): Promise<TrainingPlan> {
  const { recipe, seed, maxTokens, iterations, problems, evaluateEvery } = request
  const sampler: Sampler = { engine: policy, tokenizer, stopIds: tokenizer.stopIds, maxTokens }
  let opened: Promise<Engine> | null = null
  const frozen = (): Promise<Engine> => (opened ??= open(folder))
  const critic = recipe.needs.includes('critic') ? await open(folder, { classes: 1 }) : null
  const models = { judge, critic, reference: frozen }
  const method = build(recipe, options, sampler, models, seed)
  const reference = method.loss.needsReference ? await frozen() : null
  const limits = { giantStep: Math.max(leastGiant, maxTokens / 2) }
  const { gates = [], onAlarm = 'warn', checkpointEvery = null } = request
  const rewards = gates.length > 0 ? gated(method.rewards, gates, limits) : method.rewards
  return {
    method: { ...method, rewards },
    corpus,
    learner: { policy, reference },
    beside: critic === null ? [] : [critic],
    learningRate: Number(options.learningRate),
    learningRateEnd: Number(options.learningRateEnd),
    sampler,
    tokenizerFolder: folder,
    seed,
    iterations,
    problems,
    evaluateEvery,
    validationProblems: 100,
    testProblems: 200,
    limits,
    onAlarm,
    checkpointEvery,
  }
}

/** Measures the judge before it is trusted; one that is near chance would only mislead. */
async function approve(
  judge: Engine,
  { sampler, corpus, seed }: TrainingPlan,
  run: RunWriter,
  report: RunReport,
): Promise<void> {
  const check = await checkJudge(judge, sampler, corpus, 150, seed)
  run.log('info', 'process reward model checked', { ...check })
  report.judge(check)
  const { rightKept, wrongFound } = check.quality
  const balanced = mean([rightKept, wrongFound].filter(Number.isFinite)) // of those there are
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
  { judge, critic, reference }: Pick<Needs, 'critic' | 'reference'> & { judge: Engine | null },
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
    reference,
    critic,
    maxTokens: sampler.maxTokens,
  })
}
