// One training run, put together: models opened, the judge checked, the method built, everything written down.

import type { Audit } from '../prm/audit/audit.ts'
import { resolve, type Value } from '../recipe.ts'
import { gated } from '../rewards/gated.ts'
import { askedOnce, boxedGrader, type Grader } from '../rewards/grader.ts'
import type { Sampler } from '../rollouts/independent.ts'
import { checkpointIterations } from '../runs/layout.ts'
import { createRun, type RunWriter, resumeRun } from '../runs/writer.ts'
import type { Engine } from '../types.ts'
import { type Corpus, openCorpus } from './corpus.ts'
import type { RunJudge } from './judge.ts'
import {
  auditJudge,
  checkJudge,
  type JudgeCheck,
  requireBetterThanChance,
  requireNoHacks,
} from './judge-check.ts'
import { type TrainingPlan, type TrainingReport, type TrainingResult, train } from './loop.ts'
import { fits, givenModels, type Models, makeModels, type Opening, opening } from './models.ts'
import { needsOf } from './needs.ts'
import type { StageReport } from './plan.ts'
import { type TrainingRequest, type WholeRequest, wholeRequest } from './request/request.ts'
import { configOf } from './stored-request.ts'

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
  asked: TrainingRequest,
  report: RunReport,
  signal: AbortSignal,
  { resume = false } = {},
): Promise<TrainingResult> {
  const request = wholeRequest(asked)
  const options = resolve(request.recipe, request.overrides)
  const grader = askedOnce(boxedGrader())
  const corpus = await openCorpus(request, grader)
  requireProblems(corpus, request)
  const models = opening(request)
  try {
    // models that are given are opened before the folder is made: a wrong one leaves nothing behind
    const given = await givenModels(request, models)
    const { folder } = request
    const run = resume ? resumeRun(folder) : createRun(folder, configOf(request, options))
    try {
      report.begin(folder, corpus)
      if (corpus.ungradable > 0) {
        run.log('warn', 'answers that cannot be graded', { problems: corpus.ungradable })
      }
      const from = given ?? (await makeModels(request, corpus, report.stages, models, signal))
      const readable = corpus.only(problem => fits(problem, from, request.maxTokens))
      const leftOut = corpus.size - readable.size
      if (leftOut > 0) {
        run.log('warn', 'problems that the models cannot read', { problems: leftOut })
        report.leftOut(leftOut)
      }
      requireProblems(readable, request)
      const plan = await planOf(request, options, readable, grader, from, models)
      const begun = checkpointIterations(folder).length > 0
      if (from.judge !== null && !begun) await approve(from.judge, plan, request, run, report)
      return await train(plan, run, report, signal)
    } finally {
      run.close()
    }
  } finally {
    await models.close()
  }
}

/** Refuses a corpus that lacks what the run will ask for in the end. */
function requireProblems(corpus: Corpus, { model, seed }: WholeRequest): void {
  corpus.train(seed)
  corpus.validation(1)
  corpus.test(1)
  if (model === null) corpus.solved(seed)
}

async function planOf(
  request: WholeRequest,
  options: Readonly<Record<string, Value>>,
  corpus: Corpus,
  grader: Grader,
  { folder, policy, tokenizer, judge }: Models,
  { open }: Opening,
): Promise<TrainingPlan> {
  const { recipe, seed, maxTokens, gates } = request
  const sampler: Sampler = { engine: policy, tokenizer, stopIds: tokenizer.stopIds, maxTokens }
  let opened: Promise<Engine> | null = null
  const reference = (): Promise<Engine> => (opened ??= open(folder))
  const critic = recipe.needs.includes('critic') ? await open(folder, { classes: 1 }) : null
  const needs = needsOf(recipe, options, { judge, grader, critic, reference, sampler, seed })
  const method = recipe.build(options, needs)
  const limits = { giantStep: Math.max(leastGiant, maxTokens / 2) }
  const rewards = gates.length > 0 ? gated(method.rewards, gates, limits) : method.rewards
  return {
    method: { ...method, rewards },
    corpus,
    grader,
    learner: { policy, reference: method.loss.needsReference ? await reference() : null },
    beside: critic === null ? [] : [critic],
    learningRate: Number(options.learningRate),
    learningRateEnd: Number(options.learningRateEnd),
    sampler,
    tokenizerFolder: folder,
    seed,
    iterations: request.iterations,
    problems: request.problems,
    evaluateEvery: request.evaluateEvery,
    validationProblems: 100,
    testProblems: 200,
    limits,
    onAlarm: request.onAlarm,
    checkpointEvery: request.checkpointEvery,
  }
}

/** Measures the judge before it is trusted, and tries known hacks on it. */
async function approve(
  judge: RunJudge,
  { sampler, corpus, seed }: TrainingPlan,
  { audit, gates }: WholeRequest,
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
