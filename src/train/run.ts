// One training run, put together: models opened, the judge checked, the method built, everything written down.

import { join } from 'node:path'
import type { Engine, Scoring } from '../engine/engine.ts'
import { ConfigError, DataError } from '../errors.ts'
import type { Method, Now } from '../method.ts'
import { counted } from '../prm/score/counted.ts'
import { gatesOf, once, type Recipe, resolve, rolloutsOf, type Value } from '../recipe.ts'
import { gated } from '../rewards/gated.ts'
import type { PatternLimits, PatternName } from '../rewards/patterns.ts'
import { boundaryOf } from '../rollouts/boundary.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import { samplerIn } from '../rollouts/sampler-in.ts'
import { checkpointIterations } from '../runs/layout.ts'
import { recallFrom } from '../runs/recall.ts'
import { createRun, type RunWriter, requireFree, resumeRun } from '../runs/writer.ts'
import { endingAt } from '../tokenizer/load.ts'
import type { Code } from '../user/load.ts'
import { openTask } from '../user/task.ts'
import { type Asked, askedByLoss, askedByRecipe, requireAbilities, runsOn } from './abilities.ts'
import { approve, type Findings } from './approve.ts'
import { askingBeside, openChat, requireChat, tryChat } from './chat.ts'
import { askedCorpus, type Corpus, openCorpus } from './corpus.ts'
import {
  engineName,
  isRemote,
  mergeCheckpoint,
  requireEngine,
  tellEngine,
  tellSpent,
} from './engine.ts'
import { type OpenAsking, openAsking, requireWholeTalks, talkedMethod } from './environment.ts'
import { type Estimate, estimateOf, roughIterations, trainingParts } from './estimate.ts'
import { tryVerifier } from './grader.ts'
import type { RunJudge } from './judge.ts'
import { logged, loggersOf } from './logs.ts'
import { train } from './loop.ts'
import { requireMemory } from './memory.ts'
import { givenModels, type Models, makeModels, type Opening, opening } from './models.ts'
import { needsOf } from './needs.ts'
import { requireOffPolicy } from './off-policy.ts'
import { optionsOf } from './options.ts'
import { recipesThat } from './other-recipes.ts'
import { correctedMethod, requirePrecision } from './precision.ts'
import type { PrepareOptions } from './prepare.ts'
import { promptOf } from './prompting.ts'
import { readableBy } from './readable.ts'
import { type RunReport, silent } from './report.ts'
import { type TrainingRequest, type WholeRequest, wholeRequest } from './request/request.ts'
import { configOf, requireSameCode } from './stored-request.ts'
import type { TrainingPlan, TrainingResult } from './training.ts'

const leastGiant = 32 // tokens: half of what a rollout may have is a giant step, but not below this

/**
 * Runs it all; the folder then holds configuration, metrics, rollouts, log and the trained policy. With `resume` the run
 * that the folder holds is continued from its last checkpoint; the request is then the one that it was started with, but
 * for its iterations and for what is given anew: of more iterations it goes on, also when it was done. Where both models are
 * given, the folder is made after they have been tried: what is refused leaves nothing behind.
 */
export async function runTraining(
  asked: TrainingRequest,
  told: Partial<RunReport> = {},
  signal: AbortSignal = new AbortController().signal,
  { resume = false } = {},
): Promise<TrainingResult> {
  const report: RunReport = { ...silent, ...told }
  const request = requireChat(wholeRequest(asked))
  const { folder } = request
  const loggers = loggersOf(request, report)
  await requireEngine(request, report.say)
  const options = await optionsOf(request, line => report.say?.(line))
  requireOffPolicy(request, options)
  requireWholeTalks(request, options)
  const named = request.task === null ? null : await openTask(request.task)
  const asking = await openAsking(request, named?.task ?? null, line => report.say?.(line))
  const { grader } = asking
  const code = { ...request.recipeSource?.code, ...named?.code, ...asking.code }
  let { prompt } = request // known once the model is open
  const run = lateRun(() => {
    const config = configOf({ ...request, prompt }, options, code)
    return resume ? resumeRun(folder, { config }) : createRun(folder, config)
  })
  const models = opening(request, { signal, say: line => tellOf('engine', line, run.log, report) })
  try {
    const corpus = await openCorpus(request, grader, named?.task)
    requireProblems(corpus, request)
    if (resume) requireToCome(request, code)
    else requireFree(folder)
    await requireMemory(request, options)
    await tryOthers(request, grader, corpus, signal)
    const given = await givenModels(request, models)
    const usual = asking.environment?.answers?.instruction
    prompt ??= await promptOf(request, given, corpus.frame, usual)
    if (resume || given === null) run.open()
    report.begin(folder, corpus)
    const ungradable = { problems: corpus.ungradable, of: corpus.size }
    if (corpus.ungradable > 0) run.log('warn', 'answers that cannot be graded', ungradable)
    const making = { signal, log: run.log, ...foretelling(request, options, run.log, report) }
    const asked = askedCorpus(corpus, prompt)
    const from = given ?? (await makeModels(request, asked, report.stages, models, making))
    const readable = readableOf(from, asked, request, run.log, report)
    await tellEngine(request, from, run.log, report.say)
    const plan = await planOf(request, options, readable, asking, from, models, run.log)
    if (checkpointIterations(folder).length === 0)
      await tryOut(from.judge, plan, request, run.log, report, signal)
    const result = await logged(loggers, run.open(), report, told =>
      train(plan, run.open(), told, signal),
    )
    if (request.merge && result.iterations === request.iterations)
      await mergeCheckpoint(result.checkpoint, join(folder, 'merged'), prompt)
    return result
  } finally {
    tellSpent(request, models.spent(), run.log, report.say)
    run.close()
    await Promise.all([models.close(), grader.close()])
  }
}

/** The problems that the models can read; how many are left out is told. */
function readableOf(
  models: Models,
  corpus: Corpus,
  request: WholeRequest,
  log: RunWriter['log'],
  report: RunReport,
): Corpus {
  const { fits, why } = readableBy(models, request.maxTokens)
  const readable = corpus.only(fits, why)
  const leftOut = corpus.size - readable.size
  if (leftOut > 0) {
    log('warn', 'problems that the models cannot read', { problems: leftOut, why: why() })
    report.leftOut(leftOut, corpus.size, why())
  }
  requireProblems(readable, request)
  return readable
}

/** Says a line, and writes it down. */
function tellOf(what: string, line: string, log: RunWriter['log'], { say }: RunReport): void {
  log('warn', what, { line })
  say?.(line)
}

/** A run cannot go on with other code, or to less than it has done. */
function requireToCome({ folder, iterations }: WholeRequest, code: Code): void {
  requireSameCode(folder, code)
  const done = checkpointIterations(folder).at(-1) ?? 0
  if (iterations >= done) return
  throw new ConfigError(
    `${folder} has done ${done} iterations, more than the ${iterations} of --iterations; give ${done} or more, or leave it out`,
  )
}

/** A run whose folder is opened when it is first needed; the log has what was said before, too. */
function lateRun(open: () => RunWriter) {
  let run: RunWriter | null = null
  const kept: Parameters<RunWriter['log']>[] = []
  return {
    open: (): RunWriter => {
      run ??= open()
      for (const line of kept.splice(0)) run.log(...line)
      return run
    },
    log: (...line: Parameters<RunWriter['log']>): void => {
      if (run === null) kept.push(line)
      else run.log(...line)
    },
    close: (): void => run?.close(),
  }
}

/** Refuses a corpus that lacks what the run will ask for in the end. */
function requireProblems(corpus: Corpus, { model, seed, recipe }: WholeRequest): void {
  corpus.train(seed)
  if (recipe.needs.includes('grader')) requireAnswers(corpus, recipe)
  if (recipe.needs.includes('solutions')) requireSolutions(corpus, recipe)
  corpus.validation(1)
  corpus.test(1)
  if (model === null) corpus.solved(seed)
}

/** Refuses, with a DataError, problems whose answers a recipe learns from where none can be graded. */
function requireAnswers(
  { name, answers: { of, missing, ungradable } }: Corpus,
  { name: recipe }: Recipe,
): void {
  if (missing + ungradable < of) return
  const judged = recipesThat(({ needs }) => needs.every(need => need === 'prm'))
  throw new DataError(
    `${recipe} learns from graded answers; of the ${of} problems to learn from in ${name} none has one that can be ` +
      `graded (${missing} have no answer, ${ungradable} one that the grader cannot read); give answers, or take ` +
      `${judged}, which learn from a judge of steps alone`,
  )
}

/** Refuses, with a DataError, problems without a worked solution for a recipe that learns from some. */
function requireSolutions({ name, size, workedSolutions }: Corpus, { name: recipe }: Recipe): void {
  if (workedSolutions > 0) return
  const others = recipesThat(({ needs }) => !needs.includes('solutions'))
  throw new DataError(
    `${recipe} learns from worked solutions; of the ${size} problems in ${name} none to learn from has one; give ` +
      `solutions, or take ${others}`,
  )
}

async function planOf(
  request: WholeRequest,
  options: Readonly<Record<string, Value>>,
  corpus: Corpus,
  { grader, environment }: OpenAsking,
  models: Models,
  opening: Opening,
  log: RunWriter['log'],
): Promise<TrainingPlan> {
  const { recipe, seed, maxTokens } = request
  const { folder, policy } = models
  const judging = models.judge && counted(models.judge)
  const sampler = samplerOf(models, request, corpus, environment)
  let opened: Promise<Engine> | null = null
  const reference = async (): Promise<Scoring> => {
    if (policy.base !== null) return policy.base
    opened ??= opening.frozen(folder)
    return opened
  }
  requireOfEngine(request, policy, askedByRecipe(recipe))
  requirePrecision(request, policy)
  const beside = await besideOf(recipe, folder, opening)
  const chat = await openChat(request.chat, { folder, sampler, seed }, log)
  const askOf = await askingBeside({ folder, sampler, seed })
  const needs = needsOf(recipe, options, {
    ...{ judge: judging?.judge ?? null, chat, askOf, grader, beside, reference, seed },
    sampler: samplerIn(sampler, request.sampling),
    ...{ prompt: corpus.prompt, recall: recallFrom(request.folder) },
  })
  const limits = { giantStep: Math.max(leastGiant, maxTokens / 2) }
  const gates = gatesOf(recipe, options, request.gates)
  const methodAt = (now: Now): Method => {
    const built = correctedMethod(recipe.build(options, needs, now), request.sampling)
    return gatedMethod(environment === null ? built : talkedMethod(built), gates, limits)
  }
  const { loss, reference: own } = methodAt(once)
  requireOfEngine(request, policy, askedByLoss(loss, sampler))
  return {
    methodAt,
    corpus,
    grader,
    ...{ chat, fails: recipe.fails },
    ...(judging && { judged: judging.take }),
    learner: {
      ...{ policy, precision: request.sampling },
      reference: loss.needsReference && !own ? await reference() : null,
    },
    beside: Object.values(beside),
    learningRate: Number(options.learningRate),
    learningRateEnd: Number(options.learningRateEnd ?? 1),
    sampler,
    tokenizerFolder: folder,
    ...{ seed, iterations: request.iterations, problems: request.problems, ahead: request.ahead },
    ...{ evaluateEvery: request.evaluateEvery, validationProblems: 100, testProblems: 200 },
    ...{ limits, onAlarm: request.onAlarm, checkpointEvery: request.checkpointEvery },
  }
}

/** How the policy is sampled, which ends where a turn of its prompt ends. */
function samplerOf(
  { policy, tokenizer }: Models,
  { maxTokens, steps }: WholeRequest,
  { prompt }: Corpus,
  environment: OpenAsking['environment'],
): Sampler & { readonly engine: Engine } {
  const ending = endingAt(tokenizer, prompt?.turnEnd ?? null)
  const own = { engine: policy, tokenizer: ending, stopIds: ending.stopIds, maxTokens }
  return { ...own, boundary: boundaryOf(steps), ...(environment && { environment }) }
}

/** Refuses what the policy's engine cannot do, with the recipes that would run there. */
function requireOfEngine(
  request: WholeRequest,
  { abilities }: Engine,
  asked: readonly Asked[],
): void {
  const runs = recipesThat(one => runsOn(one, abilities))
  requireAbilities(request.recipe.name, asked, abilities, engineName(request), runs)
}

/** The models that learn beside the policy, opened in the order in which the recipe names them. */
async function besideOf(
  { beside = {} }: Recipe,
  folder: string,
  { classifier, policy }: Opening,
): Promise<Readonly<Record<string, Engine>>> {
  const engines: Record<string, Engine> = {}
  for (const [name, { classes }] of Object.entries(beside))
    engines[name] = await (classes === null ? policy(folder) : classifier(folder, classes))
  return engines
}

/** Those that a run asks beside its models, tried before anything is written. */
async function tryOthers(
  request: WholeRequest,
  grader: OpenAsking['grader'],
  corpus: Corpus,
  signal: AbortSignal,
): Promise<void> {
  await tryVerifier(request, grader, corpus.validation(1)[0]!)
  await tryChat(request.chat, signal)
}

/** What is found out before the first iteration: whether the judge can be trusted, and how long all of it will take. */
async function tryOut(
  judge: RunJudge | null,
  plan: TrainingPlan,
  request: WholeRequest,
  log: RunWriter['log'],
  report: RunReport,
  signal: AbortSignal,
): Promise<void> {
  const findings = { log, judge: report.judge, canaries: report.canaries }
  if (judge !== null) await trust(judge, plan, request, findings, signal)
  const free = request.chat?.kind !== 'server' // what is tried for an estimate asks it too
  if (report.estimate && free && !isRemote(request))
    tell(estimateOf(await trainingParts(plan, signal)), log, report)
  plan.chat?.take() // what was asked until now belongs to no iteration
  plan.judged?.()
}

/** A method whose rewards are taken from rollouts that show one of the patterns. */
function gatedMethod(method: Method, gates: readonly PatternName[], limits: PatternLimits): Method {
  return gates.length === 0 ? method : { ...method, rewards: gated(method.rewards, gates, limits) }
}

/** Refuses a judge that fails its trials, unless the request lets it; one that was made here stays, and can be let later. */
function trust(
  judge: RunJudge,
  { sampler, corpus, grader, seed }: TrainingPlan,
  { recipe, overrides, gates: named, judgeCheck, audit, model, folder }: WholeRequest,
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  const gates = gatesOf(recipe, resolve(recipe, overrides), named)
  const asked = { judge, sampler, corpus, grader, seed, gates, judgeCheck, audit }
  const goOn = model === null ? { madeHere: `minform train --resume --run ${folder}` } : {}
  return approve({ ...asked, ...goOn }, findings, signal)
}

/** What tells of a run whose models are made first, before that begins. */
function foretelling(
  { recipe, iterations, problems }: WholeRequest,
  options: Readonly<Record<string, Value>>,
  log: RunWriter['log'],
  report: RunReport,
): Pick<PrepareOptions, 'foretell'> {
  if (!report.estimate) return {}
  const rollouts = problems * rolloutsOf(recipe, options)
  return {
    foretell: (parts, speed) =>
      tell(
        estimateOf([...parts, ...roughIterations({ iterations, rollouts }, speed)]),
        log,
        report,
      ),
  }
}

function tell(found: Estimate, log: RunWriter['log'], report: RunReport): void {
  if (found.parts.length === 0) return
  log('info', 'estimated seconds', { ...found })
  report.estimate?.(found)
}
