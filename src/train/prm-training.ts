// A reward model from labelled solutions: read or made, laid out as they will be scored, learned by a method, validated
// meanwhile, and saved whole.

import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ConfigError, DataError } from '../errors.ts'
import { hashSeed, random, shuffled } from '../numbers/random.ts'
import { layoutEntry, type PrmLayout, showsWholePrompt } from '../prm/layout.ts'
import type { LabelledSolution } from '../prm/solution.ts'
import { laidOut } from '../prm/train/examples.ts'
import { learnedLabels } from '../prm/train/labels.ts'
import { type LeftOut, optionsOf, type View } from '../prm/train/methods/method.ts'
import type { ClassifiedExample } from '../prm/train/objective.ts'
import { digitVariants, replacedExample, rightTokens } from '../prm/train/replaced.ts'
import { trainPrm } from '../prm/train/trainer.ts'
import {
  chosenThreshold,
  judgedSteps,
  type Validation,
  validation,
} from '../prm/train/validation.ts'
import { checkpointIterations, checkpointName, parts } from '../runs/layout.ts'
import { readRun } from '../runs/reader.ts'
import { createRun, type RunWriter, resumeRun } from '../runs/writer.ts'
import { loadTokenizer } from '../tokenizer/load.ts'
import type { Json } from '../types.ts'
import { rateOf } from '../update/learning-rate.ts'
import { serverChat, tryChat } from './chat.ts'
import { end, hasEnded } from './ended.ts'
import type { StageReport } from './plan.ts'
import { askedData, type PrmData, prmData } from './prm-data.ts'
import { openPrmModels, type PrmModels, scorerNow } from './prm-models.ts'
import { type PrmRequest, type PrmSettings, prmSettings } from './prm-request.ts'
import { keepPrompt, nothingSaid } from './prompting.ts'

/** Seconds since a training began, the making of its data among them. */
export interface Spent {
  readonly wall: number
  readonly processor: number // of all threads of this process
}

/** What a training tells while it runs. */
export interface PrmReport {
  readonly stages: StageReport
  data(what: PrmData, examples: number, leftOut: readonly LeftOut[]): void
  validation(done: number, found: Validation, spent: Spent): void
  say(line: string): void
}

export interface PrmResult {
  readonly loss: number // of the last update
  readonly validation: Validation | null // null where there was nothing to validate on
  readonly layout: PrmLayout // as saved
}

const mostValidated = 500 // solutions, so that validation stays a small part of the time

const nothing = (): void => {}
const untold: PrmReport = {
  stages: { start: nothing, update: nothing, end: nothing },
  ...{ data: nothing, validation: nothing, say: nothing },
}

/**
 * Trains a reward model and saves it. With `resume` it goes on from the run's last checkpoint, and ends with the same
 * weights. When it is interrupted between updates, a checkpoint holds what it has learned, and `out` is not written.
 */
export async function trainRewardModel(
  asked: PrmRequest,
  told: Partial<PrmReport> = {},
  signal?: AbortSignal,
  { resume = false }: { readonly resume?: boolean } = {},
): Promise<PrmResult> {
  const spent = clock()
  const request = prmSettings(asked)
  const report: PrmReport = { ...untold, ...told }
  const options = optionsOf(request.method, request.overrides)
  const config = configOf(request, options)
  requireRoom(request, config, resume)
  await tryChat(request.chat, signal)
  const { wish = nothingSaid } = request
  const read = await prmData(request.source, request, report.stages, signal, wish)
  const models = await openPrmModels({ ...request, options })
  let run: RunWriter | null = null
  try {
    const policy = { folder: request.model, tokenizer: await loadTokenizer(request.model) }
    const whole = showsWholePrompt(models.layout)
    const data = whole ? await askedData(read, wish, policy) : read
    // What is asked before there is a folder to log in is logged once there is one: a refused training leaves none.
    const early: Parameters<RunWriter['log']>[] = []
    const log: RunWriter['log'] = (...line) => (run === null ? early.push(line) : run.log(...line))
    const ask = serverChat(request.chat, log)?.ask ?? null
    const work = await workOf(request, data, { ...models, ask }, report, signal)
    run = resume ? resumeRun(request.folder) : createRun(request.folder, config)
    for (const line of early) run.log(...line)
    const from = resume ? (checkpointIterations(request.folder).at(-1) ?? 0) : 0
    if (from > 0) await models.model.restore(run.checkpointFolder(from))
    const result = await learn(request, work, models, { run, from, report, signal, spent })
    const { dtype, model: tokenizer, out } = request
    const layout = withReference(result.layout, request)
    await models.model.save(out, { dtype, tokenizer, config: layoutEntry(layout) })
    if (whole) keepPrompt(out, data.prompt)
    end(run)
    return { ...result, layout }
  } finally {
    run?.close()
    await models.close()
  }
}

function clock(): () => Spent {
  const [began, used] = [performance.now(), process.cpuUsage()]
  return () => {
    const { user, system } = process.cpuUsage(used)
    return { wall: (performance.now() - began) / 1000, processor: (user + system) / 1e6 }
  }
}

/** The layout with where its reference, which the model was before, is found from the new folder. */
function withReference(layout: PrmLayout, { out, model }: PrmSettings): PrmLayout {
  const { score } = layout
  if (score.head !== 'ratio') return layout
  return { ...layout, score: { ...score, reference: relative(out, model) } }
}

/** What is learned in which order, and what is validated on. */
interface Work {
  readonly next: () => unknown
  readonly objective: Parameters<typeof trainPrm>[2]
  readonly step: Parameters<typeof trainPrm>[3]['step']
  readonly finish: () => Promise<PrmLayout> // how the trained model is asked
  readonly validation: readonly LabelledSolution[]
}

async function workOf(
  request: PrmSettings,
  data: PrmData,
  models: PrmModels & Pick<View, 'ask'>,
  report: PrmReport,
  signal?: AbortSignal,
): Promise<Work> {
  const { method, overrides, rule, inside, long, seed } = request
  const { layout, tokens, model, reference, ask = null } = models
  const view: View = {
    layout,
    tokens,
    positions: model.info.maxPositions,
    rule,
    long,
    inside: inside ? data.rightTexts : null,
    ask,
  }
  const options = optionsOf(method, overrides)
  const { examples, leftOut } = await method.examples(data.learn, view, options, reference, signal)
  report.data(data, examples.length, leftOut)
  if (examples.length === 0)
    throw new DataError(
      `${data.name}: nothing to learn from: ${leftOut.map(({ first }) => first).join('; ')}`,
    )
  const known = laidOut(data.validation, view, view.positions - 1, one =>
    learnedLabels(one, { ...rule, soft: false }).some(label => label !== null) ? [one] : [],
  )
  const chosen = shuffled(random(0, 'validated'), known.examples).slice(0, mostValidated)
  const order = endless(examples, seed)
  const first = replacedFirst(request, data, view, models.freshHead)
  return {
    next: () => first() ?? order.next().value,
    objective: method.objective(options),
    step: method.step?.(options),
    finish: async () => (await method.finish?.(layout, model, examples, options, signal)) ?? layout,
    validation: chosen,
  }
}

/** Right solutions with replaced tokens, as many as the first updates take; then null. */
function replacedFirst(
  { replacedUpdates, replacedShare: share, updates, batch, method, seed }: PrmSettings,
  { name, learn }: PrmData,
  view: View,
  freshHead: boolean,
): () => ClassifiedExample | null {
  const usual = freshHead && method.insideTargets > 0 ? Math.ceil(updates / 4) : 0
  let left = Math.min(replacedUpdates ?? usual, updates) * batch
  if (left === 0) return () => null
  const { examples } = rightTokens(learn, view)
  const variants = digitVariants(view.tokens.tokenizer)
  if (examples.length === 0 || variants.size === 0) {
    if (replacedUpdates === null) return () => null
    const lacks =
      variants.size === 0
        ? 'no token of the model has a digit'
        : 'no solution is right in all steps'
    throw new DataError(`${name}: ${lacks} that could be replaced; leave out --replaced-updates`)
  }
  const [order, draw] = [endless(examples, hashSeed(seed, 'replaced')), random(seed, 'replaced')]
  const how = { share, targets: method.insideTargets, random: draw }
  return () => (left-- > 0 ? replacedExample(order.next().value, variants, how) : null)
}

function* endless<T>(examples: readonly T[], seed: number): Generator<T, never> {
  for (let epoch = 0; ; epoch++) yield* shuffled(random(seed, 'prm epoch', epoch), examples)
}

interface Course {
  readonly run: RunWriter
  readonly from: number
  readonly report: PrmReport
  readonly signal: AbortSignal | undefined
  readonly spent: () => Spent
}

async function learn(
  request: PrmSettings,
  { next, objective, step, finish, validation: held }: Work,
  models: PrmModels,
  { run, from, report, signal, spent }: Course,
): Promise<PrmResult> {
  const { updates, batch, learningRate, headRate, weightDecay, validateEvery } = request
  const fresh = models.freshHead ? Math.min(50, Math.ceil(updates / 10)) : 0
  const headUpdates = Math.min(request.headUpdates ?? fresh, updates)
  const { stages } = report
  let [done, found, layout] = [from, null as Validation | null, models.layout]
  const onUpdate = async (now: number, loss: number): Promise<void> => {
    done = now
    const ending = now === updates
    const due = ending || (validateEvery > 0 && now % validateEvery === 0)
    if (ending) layout = await finish()
    found = due && held.length > 0 ? await validated(request, held, { ...models, layout }) : found
    const rest = { updates: updates - headUpdates, learningRate }
    const rate = now > headUpdates ? rateOf(now - headUpdates - 1, rest) : headRate
    run.metrics({
      iteration: now,
      'train/loss': loss,
      'train/rate': rate,
      'time/wall_s': spent().wall,
      'time/processor_s': spent().processor,
      ...(due && found ? metricsOf(found) : {}),
    })
    stages.update(now, `loss ${loss.toFixed(4)}`)
    if (due && found) report.validation(now, found, spent())
    const { checkpointEvery: every } = request
    if (every > 0 && now % every === 0 && !ending) await saveCheckpoint(run, models, now)
  }
  stages.start('reward model', updates, 'updates')
  const schedule = { headUpdates, headRate, updates: updates - headUpdates, learningRate, batch }
  try {
    const told = { onUpdate, ...(step && { step }), ...(signal && { signal }) }
    const more = { ...schedule, weightDecay, from, ...told }
    const loss = await trainPrm(models.model, next, objective, more)
    stages.end()
    const threshold = request.threshold ?? found?.threshold ?? layout.threshold
    return { loss, validation: found, layout: { ...layout, threshold } }
  } catch (error) {
    stages.end()
    if (!signal?.aborted || done === from) throw error
    await saveCheckpoint(run, models, done)
    report.say(
      `stopped after ${done} of ${updates} updates; the same command with --resume goes on`,
    )
    throw error
  }
}

async function saveCheckpoint(run: RunWriter, { model }: PrmModels, done: number): Promise<void> {
  const write = (folder: string): Promise<void> =>
    model.save(folder, { optimizer: true, merge: model.base === null })
  await run.commitCheckpoint(write, checkpointName(done))
  run.keepCheckpoints([done])
}

async function validated(
  { rule, long, threshold, method }: PrmSettings,
  held: readonly LabelledSolution[],
  models: PrmModels,
): Promise<Validation> {
  const scorer = scorerNow(models, long)
  const judged = await judgedSteps(scorer, held, rule)
  const own = method.ownThreshold ? null : chosenThreshold(judged)
  return validation(judged, threshold ?? own ?? models.layout.threshold, scorer.range)
}

function metricsOf(found: Validation): Record<string, number> {
  const { stepAccuracy, rightKept, wrongFound, firstErrorF1, threshold } = found
  return {
    'validation/step_accuracy': stepAccuracy,
    'validation/right_kept': rightKept,
    'validation/wrong_found': wrongFound,
    'validation/first_error_precision': found.firstErrorPrecision,
    'validation/first_error_recall': found.firstErrorRecall,
    'validation/first_error_f1': firstErrorF1,
    'validation/calibration_error': found.calibrationError,
    'validation/threshold': threshold,
  }
}

function configOf(request: PrmSettings, options: Readonly<Record<string, unknown>>): Json {
  const { method, overrides: _, ...settings } = request
  return { kind: 'prm-train', ...settings, loss: method.name, options } as unknown as Json
}

/** Whether a training of a reward model has ended, and its model is there. */
export function endedTraining({ out, folder }: Pick<PrmSettings, 'out' | 'folder'>): boolean {
  return holdsModel(out) && hasEnded(folder)
}

function holdsModel(out: string): boolean {
  return existsSync(join(out, 'config.json'))
}

/** What may differ when a run goes on: where it computes and what it tells. */
const free = ['device', 'threads', 'versions', 'validateEvery', 'checkpointEvery', 'dtype']

function requireRoom(
  { out, folder, inside, replacedUpdates, method }: PrmSettings,
  config: Json,
  resume: boolean,
): void {
  const extra = inside ? '--inside' : (replacedUpdates ?? 0) > 0 ? '--replaced-updates' : null
  if (extra !== null && method.insideTargets === 0)
    throw new ConfigError(`--loss ${method.name} learns at the ends of steps; leave out ${extra}`)
  const there = existsSync(join(folder, parts.config))
  // Killed between its model and its end, a training goes on from the last checkpoint, and writes the model again.
  const isBroken = resume && there && !hasEnded(folder)
  if (holdsModel(out) && !isBroken)
    throw new ConfigError(`--out ${out} holds a model; name another folder, or remove that one`)
  if (!resume && there)
    throw new ConfigError(
      `${folder} holds a training; add --resume to go on with it, name another --run, or remove it`,
    )
  if (!resume) return
  const stored = readRun(folder).config() as Readonly<Record<string, Json>>
  const now = JSON.parse(JSON.stringify(config)) as Readonly<Record<string, Json>>
  const differs = [...new Set([...Object.keys(stored), ...Object.keys(now)])].filter(
    key => !free.includes(key) && JSON.stringify(stored[key]) !== JSON.stringify(now[key]),
  )
  if (differs.length > 0)
    throw new ConfigError(
      `--resume goes on with ${folder} as it was started: ${differs
        .map(key => `${key} was ${JSON.stringify(stored[key])}, is ${JSON.stringify(now[key])}`)
        .join('; ')}`,
    )
}
