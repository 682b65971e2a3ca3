// `minform search`: the best answer that a policy and a judge of steps find together. One line a problem, in order.

import { writeFileSync } from 'node:fs'
import { defineCommand } from 'citty'
import { fileRows } from '../data/file-rows.ts'
import { ConfigError, DataError } from '../errors.ts'
import { type PlainSamples, plainSamples, type SearchPoint, searchPoint } from '../eval/searches.ts'
import { aggregate } from '../prm/score/aggregate.ts'
import { openScorer } from '../prm/score/open.ts'
import { pathJudge } from '../prm/score/path-judge.ts'
import type { ScorerSpec } from '../prm/score/spec.ts'
import type { StepScorer } from '../prm/score/step-scorer.ts'
import { asked, questionOf, taskFrame, textFrame } from '../problems/prompt.ts'
import { problemOfRow, readProblems } from '../problems/read-problems.ts'
import { takeProblems } from '../problems/splits.ts'
import { extractAnswer } from '../rewards/grade/grade.ts'
import { boxedGrader } from '../rewards/grader.ts'
import { boundaryOf } from '../rollouts/boundary.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import { jsonLine } from '../runs/json-lines.ts'
import { searchAll } from '../search/explore.ts'
import type { Found, Services } from '../search/run.ts'
import type { Candidate, Search, Worth } from '../search/search.ts'
import { worst } from '../search/search.ts'
import { endingAt } from '../tokenizer/load.ts'
import { promptOf, storedPrompt } from '../train/prompting.ts'
import type { Problem } from '../types.ts'
import { openTask, taskSetting } from '../user/task.ts'
import { type Asks, asksBy } from './asks.ts'
import { type Given, repeatedFlag, textFlag, wholeFlag } from './flags.ts'
import { stoppable } from './interrupt.ts'
import { writeRecord } from './io.ts'
import { openModel, placeSection } from './model.ts'
import { scorerHere } from './named-model.ts'
import { requireAggregation, tellSpending } from './prm/score.ts'
import { judgeSection } from './prm/scorer-flags.ts'
import { progress } from './progress.ts'
import { batches } from './rows.ts'
import { searchPicture } from './search/picture.ts'
import { atEqualTokens, type SearchReport, searchReportLines, searchRow } from './search/report.ts'
import {
  type NamedSearch,
  type SearchRequest,
  searchArgs,
  searchRequest,
  searchSection,
} from './search/request.ts'
import { promptSection, wishOf } from './training/prompt.ts'

const batchSize = 256 // paths

const command = defineCommand({
  meta: { name: 'search', description: 'Answers that a policy and a judge of steps find together' },
  args: searchArgs,
  run: ({ args, rawArgs }) =>
    stoppable(async signal => {
      const request = searchRequest(args, repeatedFlag('--method', rawArgs))
      const source = await sourceOf(args, request)
      const opened = await open(args, request, source)
      try {
        if (request.evaluate === null) await answer(opened, request, source, signal)
        else await evaluate(opened, request, source, args, signal)
      } finally {
        await opened.close()
      }
    }),
})

export default { ...command, sections: [searchSection, promptSection, placeSection, judgeSection] }

/** Where problems come from: a task, or rows. */
type Source =
  | {
      readonly kind: 'task'
      readonly name: string
      readonly problems: readonly Problem[]
      readonly frame: string
    }
  | { readonly kind: 'file'; readonly file: string; readonly frame: string }

async function sourceOf(args: Given, { evaluate }: SearchRequest): Promise<Source> {
  const [file, task] = [textFlag(args, 'file'), textFlag(args, 'task')]
  if (file !== null && task !== null)
    throw new ConfigError('--task goes without a file of problems')
  for (const name of ['count', 'difficulty'])
    if (task === null && args[name] !== undefined)
      throw new ConfigError(`--${name} goes with --task`)
  if (task === null) {
    if (evaluate !== null && (file === null || file === '-'))
      throw new ConfigError('--evaluate needs problems with answers: a file, or --task')
    return { kind: 'file', file: file ?? '-', frame: textFrame }
  }
  const found = (await openTask(taskSetting(task))).task
  const difficulty = wholeFlag(args, 'difficulty', 1, 0, 3)
  const count = wholeFlag(args, 'count', 100)
  const problems = takeProblems(found, count, { split: 'test', seed: 1, difficulty })
  const name = `${found.name}, difficulty ${difficulty}`
  return { kind: 'task', name, problems, frame: taskFrame(problems[0]!) }
}

/** What searches ask: the models, open. */
interface Opened {
  readonly services: Services
  readonly sampler: Sampler
  readonly worth: Worth
  readonly judge: string | null
  readonly asks: Asks
  ask(problem: Problem): Problem
  close(): Promise<void>
}

async function open(args: Given, request: SearchRequest, source: Source): Promise<Opened> {
  const model = await openModel(textFlag(args, 'model')!, args)
  let scorer: StepScorer | null = null
  const close = async (): Promise<void> => {
    await model.engine.close()
    if (scorer === null) return
    await scorer.close()
    tellSpending(scorer)
  }
  try {
    if (model.engine.info.head !== 'language-model')
      throw new ConfigError(`--model ${args.model}: a token classifier cannot answer`)
    const { folder } = model
    const own = await model.tokenizer()
    const wish = wishOf(args)
    const prompt = await promptOf(wish, { folder, tokenizer: own }, source.frame)
    const chosen = wish.template !== null || (await storedPrompt(folder)) !== null
    if (request.judge !== null) scorer = await openJudge(request.judge, folder)
    const tokenizer = endingAt(own, prompt.turnEnd)
    const maxTokens = request.maxTokens ?? (source.kind === 'task' ? 160 : 256)
    const { temperature, steps } = request
    const { stopIds } = tokenizer
    const boundary = boundaryOf(steps)
    const sampler = { engine: model.engine, tokenizer, stopIds, maxTokens, temperature, boundary }
    const bare = (problem: Problem): Problem => ({ ...problem, prompt: questionOf(problem) })
    const shown = request.judge?.kind === 'judge' ? { asked: bare } : {}
    return {
      sampler,
      services: { sampler, judge: scorer && pathJudge(scorer, shown) },
      worth: scorer === null ? worst : scores => aggregate(scores, scorer!.aggregation)!,
      judge: scorer?.name ?? null,
      asks: asksBy(prompt, chosen),
      ask: problem => asked(problem, prompt),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The judge, reading what is too long in windows and separators as they are, as in training. */
async function openJudge(spec: ScorerSpec, folder: string): Promise<StepScorer> {
  const here = await scorerHere(spec)
  const scorer = await openScorer(
    here.kind === 'model'
      ? {
          ...here,
          tokenizer: here.tokenizer ?? folder,
          long: here.long ?? 'windows',
          separators: here.separators ?? 'keep',
        }
      : here,
  )
  requireAggregation(scorer)
  return scorer
}

function searchOf({ method, options }: NamedSearch, n: number, worth: Worth): Search {
  const { width } = options
  // a beam that is narrower than its width is as wide as it can be
  const own = typeof width === 'number' && width > n ? { ...options, width: n } : options
  return method.build(own, { n, worth })
}

/** Writes the answer of every problem. */
async function answer(
  { services, worth, ask, asks }: Opened,
  { searches, n, seed }: SearchRequest,
  source: Source,
  signal: AbortSignal,
): Promise<void> {
  const { method, options } = searches[0]!
  const search = method.build(options, { n, worth })
  const rows =
    source.kind === 'task' ? ofTask(source.problems, ask) : ofRows(source.file, ask, asks)
  let at = 0
  for await (const some of batches(rows, Math.max(1, Math.floor(batchSize / n)))) {
    const problems = some.map(({ problem, where }) => readable(problem, services.sampler, where))
    const found = await searchAll(search, services, problems, seed, { first: at, signal })
    at += problems.length
    for (const one of found) await writeRecord(recordOf(one))
  }
}

/** What is written of a problem: its first candidate. */
function recordOf({ value, spent }: Found<readonly Candidate[]>) {
  const { path, score, scores_S } = value[0]!
  return {
    text: path.text,
    answer: extractAnswer(path.text),
    score,
    steps: path.steps.map(({ text }) => text),
    stepScores: scores_S.length === 0 ? null : scores_S,
    spent,
  }
}

interface Row {
  readonly problem: Problem
  readonly where: string
}

async function* ofTask(problems: readonly Problem[], ask: Opened['ask']): AsyncGenerator<Row> {
  for (const problem of problems) yield { problem: ask(problem), where: problem.id }
}

/** Problems of rows: a question is asked, a prompt alone is continued. */
async function* ofRows(file: string, ask: Opened['ask'], asks: Asks): AsyncGenerator<Row> {
  for await (const row of fileRows(file)) {
    const problem = problemOfRow(row, file)
    const { question, problem: other } = row.value as { question?: unknown; problem?: unknown }
    const isPrompt = question == null && other == null
    yield {
      where: row.where,
      problem: isPrompt
        ? { ...problem, prompt: asks.prompt((row.value as { prompt: string }).prompt) }
        : ask(problem),
    }
  }
}

/** The problem, where tokens can follow its prompt; a DataError where not. */
function readable(problem: Problem, { engine, tokenizer }: Sampler, where: string): Problem {
  const { length } = tokenizer.encode(problem.prompt)
  const { maxPositions } = engine.info
  if (length === 0) throw new DataError(`${where}: prompt: no tokens; expected at least one`)
  if (length < maxPositions) return problem
  throw new DataError(
    `${where}: prompt: ${length} tokens; the model has ${maxPositions}, and none can follow`,
  )
}

/** Sizes 1, 2, 4 ... up to n. */
function sizesTo(n: number): number[] {
  const sizes: number[] = []
  for (let size = 1; size < n; size *= 2) sizes.push(size)
  return [...sizes, n]
}

/** Measures every search of every size, and prints what came out. */
async function evaluate(
  { services, sampler, worth, ask, judge }: Opened,
  { searches, n, seed, evaluate }: SearchRequest,
  source: Source,
  args: Given,
  signal: AbortSignal,
): Promise<void> {
  const all = source.kind === 'task' ? source.problems : await readProblems(source.file)
  const grader = boxedGrader()
  const problems = all.map(ask).filter(grader.gradable)
  if (problems.length === 0) throw new DataError('no problem has an answer that can be graded')
  const seeds = Array.from({ length: evaluate!.seeds }, (_, i) => seed + i)
  const sized = searches.flatMap(one => sizesTo(n).map(size => ({ one, size })))
  const bar = progress('searching', seeds.length * (sized.length + 1), { unit: 'measures' })
  const plain: PlainSamples[] = []
  const points = sized.map((): SearchPoint[] => [])
  let done = 0
  try {
    for (const own of seeds) {
      const by = { services, grader, seed: own, signal }
      plain.push(await plainSamples(sampler, problems, 4 * n, by))
      bar.update(++done)
      for (const [i, { one, size }] of sized.entries()) {
        points[i]!.push(await searchPoint(searchOf(one, size, worth), problems, by))
        bar.update(++done, one.method.name)
      }
    }
  } finally {
    bar.end()
    await grader.close()
  }
  const rows = sized.map(({ one, size }, i) => searchRow(one.method.name, size, points[i]!, plain))
  const report: SearchReport = {
    model: textFlag(args, 'model')!,
    judge,
    source: source.kind === 'task' ? source.name : source.file,
    problems: problems.length,
    seeds,
    rows,
    equalTokens: atEqualTokens(rows, plain, Math.max(1, Math.floor(n / 2))),
  }
  if (evaluate!.svg !== null) writeFileSync(evaluate!.svg, searchPicture(report))
  process.stdout.write(args.json === true ? jsonLine(report) : searchReportLines(report))
}
