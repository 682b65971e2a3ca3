// `minform prm label`: step labels by rollouts, searches, judges or mutations, one line a solution. What is finished is on
// disk; a run that was killed goes on where it was, and ends with the same bytes.

import { setImmediate } from 'node:timers/promises'
import { defineCommand } from 'citty'
import { ConfigError, RunError } from '../../errors.ts'
import { labelledRowOf } from '../../prm/formats/minform.ts'
import { type LabelTally, tallyOf } from '../../prm/label/accuracy.ts'
import type { Labelling } from '../../prm/label/labeler.ts'
import type { LabelMethod, Labels } from '../../prm/label/methods/index.ts'
import { treeRecord } from '../../prm/label/omega-labels.ts'
import { runLabellings, type Services } from '../../prm/label/run.ts'
import type { OmegaTree } from '../../prm/label/state-tree.ts'
import type { LabelledProblem, WorkOptions } from '../../prm/label/work.ts'
import { openScorer } from '../../prm/score/open.ts'
import type { ScorerSpec } from '../../prm/score/spec.ts'
import type { StepScorer } from '../../prm/score/step-scorer.ts'
import type { Prompt } from '../../problems/prompt.ts'
import type { Task } from '../../problems/tasks/index.ts'
import { isRight } from '../../rewards/grader.ts'
import { boundaryOf } from '../../rollouts/boundary.ts'
import { type Journal, openJournal } from '../../runs/journal.ts'
import { jsonLine } from '../../runs/json-lines.ts'
import { endingAt } from '../../tokenizer/load.ts'
import { openServerChat } from '../../train/chat.ts'
import { promptOf, saysNothing } from '../../train/prompting.ts'
import type { Json, Problem } from '../../types.ts'
import { openTask } from '../../user/task.ts'
import { stoppable } from '../interrupt.ts'
import { say } from '../io.ts'
import { askedModel } from '../model.ts'
import { modelPath, scorerHere } from '../named-model.ts'
import { progress } from '../progress.ts'
import { openPolicy, samplerIdentity } from '../sampler.ts'
import { versions } from '../versions.ts'
import { fingerprintOfModel } from './fingerprint.ts'
import { type LabelRequest, labelArgs, labelRequest, labelSections } from './label-flags.ts'
import { entryOf, type LabelEntry, reportLines, reportOf } from './label-report.ts'
import {
  type Asking,
  countOf,
  frameOfSource,
  identityOf,
  labellingOf,
  type Piece,
  passedOver,
  piecesOf,
} from './label-source.ts'
import { answersOf, type TaskKnowledge, taskKnowledge } from './label-tasks.ts'

const format = 2 // of the journal: one of another number is not continued

const command = defineCommand({
  meta: { name: 'label', description: 'Labels of the steps of solutions' },
  args: labelArgs,
  async run({ args }) {
    const request = await modelsHere(labelRequest(args))
    const entries = await stoppable(signal =>
      labelAll(request, prompt => openModels(request, prompt), signal),
    )
    const report = reportOf(request.method.name, entries)
    process.stdout.write(args.json ? jsonLine(report) : reportLines(report, request.out))
  },
})

export default { ...command, sections: labelSections }

/**
 * Labels what a request names; returns what the journal tells of every problem. Models are opened when all else has been
 * looked at, and closed in the end.
 */
export async function labelAll(
  request: LabelRequest,
  open: (prompt: Prompt) => Promise<Models>,
  signal?: AbortSignal,
): Promise<LabelEntry[]> {
  const { out, tree, resume, source } = request
  const files = { labels: out, ...(tree !== null && { tree }) }
  const asking = await askingOf(request)
  const [config, count] = [await configOf(request, asking), await countOf(source)]
  const journal = openJournal<LabelEntry>({ files, config, resume })
  let models: Models | null = null
  try {
    models = await open(asking.prompt)
    const bar = progress('labels', count, { unit: 'problems' })
    const tell = (done: number): void => bar.update(done)
    const entries = await labelRest({ ...request, asking }, models, journal, tell, signal)
    bar.end()
    return entries
  } finally {
    journal.close()
    await models?.close()
  }
}

async function labelRest(
  request: AskingRequest,
  models: Models,
  journal: Journal<LabelEntry>,
  onDone: (problems: number) => void,
  signal?: AbortSignal,
): Promise<LabelEntry[]> {
  const entries = [...journal.entries]
  const trees = new Map<Problem, Json>()
  const task = await taskOf(request.source)
  const known = taskKnowledge(task)
  const labels = labelsOf(request, models.judge, known, trees)
  const { work, ...services } = selfGraded(models, task, request.method)
  const todo = labellingsOf(request, labels, work, journal.entries)
  const run = { width: request.atOnce, ...(signal && { signal }) }
  for await (const { value, spent } of runLabellings(todo, services, run)) {
    const entry = entryOf(
      value,
      spent,
      oracleTally(value, known, request.method),
      work?.tokenizer ?? null,
    )
    const rows = value.labelled.map(one => jsonLine(labelledRowOf(one.labelled)))
    const found = trees.get(value.problem)
    const tree = found === undefined ? '' : jsonLine(found)
    journal.append({ labels: rows.join(''), ...(request.tree !== null && { tree }) }, entry)
    trees.delete(value.problem)
    entries.push(entry)
    onDone(entries.length)
    await setImmediate() // signals come in between
    signal?.throwIfAborted()
  }
  return entries
}

/** The task whose problems are labelled; null of a file's. */
async function taskOf(source: LabelRequest['source']): Promise<Task | null> {
  return source.kind === 'task' ? (await openTask(source.task)).task : null
}

/** The models, asked by who knows better than the grader whether answers are right: the method's environment, or the task itself. */
function selfGraded(models: Models, task: Task | null, { judgedBy }: LabelMethod): Models {
  if (judgedBy !== undefined) return { ...models, answers: answersOf(judgedBy) }
  const grade = task?.grade
  if (!grade) return models
  const answers = (problem: Problem, text: string): boolean | null => {
    const found = grade(problem, text)
    return typeof found === 'number' ? isRight(found) : found
  }
  return { ...models, answers, work: models.work && { ...models.work, grading: null } }
}

/** The request with its models on this machine. */
async function modelsHere(request: LabelRequest): Promise<LabelRequest> {
  const { model, sampler, judge } = request
  return {
    ...request,
    model: model === null ? null : await modelPath(model, sampler === null),
    judge: judge === null ? null : await scorerHere(judge),
  }
}

/** A request whose prompt is known. */
interface AskingRequest extends LabelRequest {
  readonly asking: Asking
}

/** How problems are asked: by the model's prompt, or plainly without a model. */
async function askingOf({ model, sampler, source, wish }: LabelRequest): Promise<Asking> {
  const asked = model === null ? null : await askedModel(model, sampler === null)
  const prompt = await promptOf(wish, asked, await frameOfSource(source))
  return { prompt, anew: !saysNothing(wish) }
}

/** What is asked while labels are made. */
export interface Models extends Services {
  readonly work: WorkOptions | null // null without a policy
  close(): Promise<void>
}

/** Opens the policy and the judge that a request names. */
export async function openModels(
  request: LabelRequest,
  prompt: Pick<Prompt, 'turnEnd'>,
): Promise<Models> {
  const { model, sampler: server, maxTokens, temperature, steps, grading, seed } = request
  const judge = request.judge === null ? null : await openScorer(request.judge, say)
  const chat = request.chat === null ? null : openServerChat(request.chat)
  const close = async (): Promise<void> => await judge?.close()
  if (model === null) return { sampler: null, judge, chat, grading, work: null, close }
  const place = { device: request.device, threads: String(request.threads) }
  const opened = await openPolicy(model, place, server).catch(async error => {
    await close()
    throw error
  })
  const { engine } = opened
  const shut = async (): Promise<void> => {
    await engine.close()
    await close()
  }
  try {
    if (engine.info.head !== 'language-model')
      throw new ConfigError(`--model ${model}: a token classifier cannot complete solutions`)
    const tokenizer = endingAt(await opened.tokenizer(), prompt.turnEnd)
    const { stopIds } = tokenizer
    const boundary = boundaryOf(steps)
    const sampler = { engine, tokenizer, stopIds, maxTokens, temperature, boundary }
    const { keep } = request
    const work = { tokenizer, maxPositions: engine.info.maxPositions, seed, grading, keep }
    return { sampler, judge, chat, grading, work, close: shut }
  } catch (error) {
    await shut()
    throw error
  }
}

function labelsOf(
  { method, options, seed, tree }: LabelRequest,
  judge: StepScorer | null,
  known: TaskKnowledge,
  trees: Map<Problem, Json>,
): Labels {
  const onTree = (found: OmegaTree, problem: Problem): void => {
    trees.set(problem, treeRecord(found, Number(options.completions)))
  }
  const needs = { seed, judge, ...known }
  return method.build(options, tree === null ? needs : { ...needs, onTree })
}

/** The labellings of what is not done yet. Throws RunError where what is done is of other problems. */
async function* labellingsOf(
  { source, asking, samples, out }: AskingRequest,
  labels: Labels,
  work: WorkOptions | null,
  done: readonly LabelEntry[],
): AsyncGenerator<Labelling<LabelledProblem>> {
  const seen = new Set<string>()
  let at = 0
  let before: Problem | null = null
  for await (const piece of piecesOf(source, asking)) {
    const { problem, solutions } = piece
    const again = solutions === null && seen.has(problem.id)
    seen.add(problem.id)
    const known = at < done.length ? done[at++] : undefined
    if (known === undefined)
      yield again
        ? passedOver(problem, 'duplicate')
        : labellingOf(piece, labels, { samples, work, before })
    else requireKnown(known, piece, out)
    before = problem
  }
  if (at < done.length)
    throw new RunError(`${out} holds ${done.length} problems; there are ${at} to label`)
}

function requireKnown(known: LabelEntry, { problem }: Piece, out: string): void {
  if (known.problem === problem.id) return
  throw new RunError(
    `${out} holds labels of problem ${known.problem} where problem ${problem.id} comes now; label into another file`,
  )
}

function oracleTally(
  { problem, labelled }: LabelledProblem,
  { oracleOf }: TaskKnowledge,
  { rightAbove: above = 0 }: LabelMethod,
): LabelTally | null {
  const oracle = oracleOf(problem)
  return oracle && tallyOf(labelled, oracle, { above })
}

/** Everything that the labels depend on: contents instead of paths, and no key of anybody. */
async function configOf(
  request: LabelRequest,
  { prompt, anew }: Asking,
): Promise<Readonly<Record<string, Json>>> {
  const { method, options, source, model, samples, maxTokens, temperature } = request
  const { steps, grading, seed, judge, device, threads, tree } = request
  return {
    format,
    method: method.name,
    options,
    source: await identityOf(source),
    ...{ prompt, anew },
    model: model === null ? null : await fingerprintOfModel(model),
    ...samplerIdentity(request.sampler),
    judge: judge === null ? null : await identityOfJudge(judge),
    ...(request.chat !== null && { chat: { url: request.chat.url, model: request.chat.model } }),
    ...(request.keep !== null && { keep: request.keep }),
    ...{
      samples,
      maxTokens,
      temperature,
      steps,
      grading,
      seed,
      device,
      threads,
      tree: tree !== null,
    },
    versions: versions(),
  }
}

async function identityOfJudge(spec: ScorerSpec): Promise<Json> {
  const { apiKey: _, ...said } = { apiKey: null, ...spec }
  const plain = JSON.parse(JSON.stringify(said)) as Record<string, Json>
  if (spec.kind !== 'model') return plain
  const { folder, reference, served } = spec
  if (served !== undefined) {
    const { url, model = null, referenceUrl = null, referenceModel = null } = served
    plain.served = { url, model, referenceUrl, referenceModel } // how patiently it is asked decides no label
  }
  const base = reference === undefined ? {} : { reference: await fingerprintOfModel(reference) }
  return { ...plain, folder: await fingerprintOfModel(folder), ...base }
}
