// One training run, put together: models opened, the judge checked, the method built, everything written down.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type OnnxEngine, openOnnxEngine, openWithNewHead } from '../engine/onnx/open.ts'
import { ConfigError, DataError } from '../errors.ts'
import type { Audit } from '../prm/audit/audit.ts'
import type { ScorerSpec } from '../prm/score/spec.ts'
import { hashSeed } from '../random.ts'
import { type Needs, type Recipe, resolve, type Value } from '../recipe.ts'
import { gated } from '../rewards/gated.ts'
import { outcome } from '../rewards/outcome.ts'
import type { PatternName } from '../rewards/patterns.ts'
import { independent, type Sampler } from '../rollouts/independent.ts'
import { checkpointIterations } from '../runs/layout.ts'
import { createRun, type RunWriter, resumeRun } from '../runs/writer.ts'
import { type LoadedTokenizer, loadTokenizer } from '../tokenizer/tokenizer.ts'
import type { Device, Engine, Method, Problem, Scorer, StepRewards } from '../types.ts'
import type { AlarmPolicy } from './alarms.ts'
import { type Corpus, openCorpus } from './corpus.ts'
import { openJudge, type RunJudge } from './judge.ts'
import {
  type AuditPolicy,
  auditJudge,
  checkJudge,
  type JudgeCheck,
  requireBetterThanChance,
  requireNoHacks,
} from './judge-check.ts'
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
  readonly threads: number
  readonly gates?: readonly PatternName[] // whose rollouts get a bad reward; default none
  readonly onAlarm?: AlarmPolicy // default 'warn'
  readonly checkpointEvery?: number | null // iterations; default null, as often as costs little
  /** What scores steps where it is more than the folder `prm` asked as it says itself; default null. */
  readonly scorer?: ScorerSpec | null
  readonly audit?: AuditPolicy // default 'on'
  readonly versions: Readonly<Record<string, string>>
}

export interface RunReport extends TrainingReport {
  readonly stages: StageReport
  begin(folder: string, corpus: Corpus): void
  /** Problems that are left out, since the models cannot read them. */
  leftOut(problems: number): void
  judge(check: JudgeCheck): void
  canaries(audit: Audit): void
}

const leastGiant = 32 // tokens: half of what a rollout may have is a giant step, but not below this

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
  const engines: { close(): Promise<void> }[] = []
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
    const { model, folder } = request
    const ask = async (spec: ScorerSpec, policy: PolicyTokens): Promise<RunJudge> => {
      const judge = await openJudge(spec, policy)
      engines.push(judge.scorer)
      return judge
    }
    const given = model === null ? null : await openModels(model, specOf(request), { open, ask })
    const run = resume ? resumeRun(folder) : createRun(folder, configOf(request, options))
    try {
      report.begin(folder, corpus)
      if (corpus.ungradable > 0) {
        run.log('warn', 'answers that cannot be graded', { problems: corpus.ungradable })
      }
      const models =
        given ?? (await makeModels(request, corpus, report.stages, { open, ask }, signal))
      const fitting = corpus.only(problem => fits(problem, models, request.maxTokens))
      const leftOut = corpus.size - fitting.size
      if (leftOut > 0) {
        run.log('warn', 'problems that the models cannot read', { problems: leftOut })
        report.leftOut(leftOut)
      }
      requireProblems(fitting, request)
      const plan = await planOf(request, options, fitting, models, open)
      const begun = checkpointIterations(folder).length > 0
      if (models.judge !== null && !begun) await approve(models.judge, plan, request, run, report)
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

interface PolicyTokens {
  readonly folder: string
  readonly tokenizer: LoadedTokenizer
}

interface Models extends PolicyTokens {
  readonly policy: OnnxEngine
  readonly judge: RunJudge | null
}

/** How models are opened; what is opened is closed when the run ends. */
interface Opening {
  readonly open: Open
  readonly ask: (spec: ScorerSpec, policy: PolicyTokens) => Promise<RunJudge>
}

/** What names the judge of a run; null where there is none. */
function specOf({ scorer = null, prm, device, threads }: TrainingRequest): ScorerSpec | null {
  if (scorer !== null) return scorer
  return prm === null ? null : { kind: 'model', folder: prm, device, threads }
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
    return length < maxPositions && whole <= (judge?.positions ?? Infinity)
  } catch (error) {
    if (error instanceof DataError) return false // a character that the vocabulary cannot spell
    throw error
  }
}

async function openModels(
  folder: string,
  spec: ScorerSpec | null,
  { open, ask }: Opening,
): Promise<Models> {
  const policy = await open(folder)
  if (policy.info.head !== 'language-model') {
    throw new ConfigError(`${folder} is a token classifier; a policy is a language model`)
  }
  const tokenizer = loadTokenizer(folder, policy.info.vocabSize)
  const judge = spec === null ? null : await ask(spec, { folder, tokenizer })
  return { folder, policy, tokenizer, judge }
}

async function makeModels(
  request: TrainingRequest,
  corpus: Corpus,
  report: StageReport,
  opening: Opening,
  signal: AbortSignal,
): Promise<Models> {
  const { recipe, problemsFile, folder, seed, maxTokens, device, threads } = request
  const plan = { ...planFor(problemsFile !== null), seed, maxTokens, device, threads }
  const place = join(folder, 'prepared')
  const there = prepared(place)
  if (there === null) rmSync(place, { recursive: true, force: true }) // half made, before a run was killed
  const made = there ?? (await prepare(corpus, place, plan, report, signal))
  const judged = recipe.needs.includes('prm')
  const own = { kind: 'model', folder: made.prm, convention: 'minform', device, threads } as const
  return openModels(made.base, judged ? (request.scorer ?? own) : null, opening)
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

/** Measures the judge before it is trusted, and tries known hacks on it. */
async function approve(
  judge: RunJudge,
  { sampler, corpus, seed }: TrainingPlan,
  { audit = 'on', gates = [] }: TrainingRequest,
  run: RunWriter,
  report: RunReport,
): Promise<void> {
  const check = await checkJudge(judge, sampler, corpus, judge.costly ? 20 : 150, seed)
  run.log('info', 'process reward model checked', { ...check })
  report.judge(check)
  requireBetterThanChance(check)
  if (audit === 'off') return
  const count = judge.costly ? 5 : 40
  const canaries = await auditJudge(judge, corpus, { count, seed, gates })
  if (canaries === null) return
  const level = canaries.verdict === 'pass' ? 'info' : 'warn'
  run.log(level, 'canaries', { verdict: canaries.verdict, rows: canaries.rows })
  report.canaries(canaries)
  if (audit === 'on') requireNoHacks(canaries)
}

function build(
  recipe: Recipe,
  values: Readonly<Record<string, Value>>,
  sampler: Sampler,
  { judge, critic, reference }: Pick<Needs, 'critic' | 'reference'> & { judge: RunJudge | null },
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
    scoreSteps: judge === null ? noJudge : judge.rewards,
    reference,
    critic,
    maxTokens: sampler.maxTokens,
  })
}
