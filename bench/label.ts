// What labels cost: how right labels of the same solutions are by the oracle, against the rollouts that each way to label
// spends. "For the same accuracy" is: at least as right about steps, and about first errors. What chance has to do with it
// shows in resamples of the problems, the same for all ways.

import { fileURLToPath } from 'node:url'
import { openOnnxEngine } from '../src/engine/onnx/open.ts'
import { below, random } from '../src/numbers/random.ts'
import { percentCell, textTable } from '../src/plot/text-table.ts'
import { accuracyOf, type LabelTally, sumOf, tallyOf } from '../src/prm/label/accuracy.ts'
import { adaptive } from '../src/prm/label/adaptive.ts'
import { binarySearch } from '../src/prm/label/binary-search.ts'
import type { Labeler, Labelled, Work } from '../src/prm/label/labeler.ts'
import { monteCarlo } from '../src/prm/label/monte-carlo.ts'
import { omega } from '../src/prm/label/omega.ts'
import { runLabellings } from '../src/prm/label/run.ts'
import { labelSampled } from '../src/prm/label/work.ts'
import { takeProblems } from '../src/problems/splits.ts'
import { taskOf } from '../src/problems/tasks/index.ts'
import type { Sampler } from '../src/rollouts/sampler.ts'
import { loadTokenizer } from '../src/tokenizer/load.ts'

const [task, difficulty, count, samples, seed] = ['nested-arithmetic', 1, 120, 4, 1] as const
const family = taskOf(task)
const problems = takeProblems(family, count, { split: 'test', seed, difficulty })
const target = 0.6 // of the rollouts of plain Monte-Carlo
const resamples = 1000

type Method = readonly [name: string, completions: number, labeler: Labeler]

/** The points of one way to label, by completions. */
function points(
  name: string,
  counts: readonly number[],
  of: (completions: number) => Labeler,
): Method[] {
  return counts.map(completions => [name, completions, of(completions)] as const)
}

const searched = { seed, from: 'given', labels: 'rightness', searches: null } as const

/** Every step of every solution; then wrong answers alone, up to the first error; then searches, of wrong answers too. */
const methods: readonly Method[] = [
  ...points('monte-carlo', [1, 2, 4, 8], completions =>
    monteCarlo({ completions, seed, labels: 'soft' }),
  ),
  ...points('monte-carlo, wrong answers', [1, 2, 4, 8], completions =>
    monteCarlo({ completions, seed, trustAnswers: true, stopAtFirst: true }),
  ),
  ...points('binary-search', [1, 2, 4, 8], completions => binarySearch({ completions, seed })),
  ...points('omega', [1, 2, 4, 8], completions => omega({ completions, ...searched })),
  ...points('omega, half the value', [2, 4, 8], completions =>
    omega({ completions, ...searched, ratio: 0.5 }),
  ),
  ...points('adaptive', [8, 16], completions => adaptive({ completions, seed })),
]

/** One way to label, at one number of completions. */
export interface LabelPoint {
  readonly method: string
  readonly completions: number
  readonly rollouts: number
  readonly tokens: number
  readonly labels: number // steps that have one
  readonly coverage: number // share of the steps that the oracle knows that have one
  readonly stepAccuracy: Estimate
  readonly firstErrorF1: Estimate
}

/** A share, and its standard error over problems. */
export interface Estimate {
  readonly value: number
  readonly error: number
}

/** The cheapest search that is at least as right as a point of Monte-Carlo; null where none is. */
export interface LabelMatch {
  readonly of: string
  readonly completions: number
  readonly by: string | null
  readonly byCompletions: number | null
  readonly share: number | null // of that point's rollouts
  /** Share of the resamples of the problems in which some search is at least as right for at most `target` of the rollouts. */
  readonly holds: number
}

export interface LabelReport {
  readonly task: string
  readonly difficulty: number
  readonly problems: number
  readonly solutions: number
  readonly points: readonly LabelPoint[]
  readonly matches: readonly LabelMatch[]
  readonly worstShare: number | null // of plain Monte-Carlo
  readonly target: number
}

/** What a method made of each problem, in their order. */
interface Found {
  readonly method: string
  readonly completions: number
  readonly labels: number
  readonly rollouts_P: readonly number[]
  readonly tokens_P: readonly number[]
  readonly tallies_P: readonly LabelTally[]
}

/** Measures everything: some minutes. */
export async function measureLabels(): Promise<LabelReport> {
  const folder = fileURLToPath(new URL('../models/base', import.meta.url))
  const tokenizer = await loadTokenizer(folder)
  const engine = await openOnnxEngine(folder, { threads: 1 })
  const { stopIds } = tokenizer
  const sampler = { engine, tokenizer, stopIds, maxTokens: 160 }
  const work_P = await workOf(sampler)
  const found: Found[] = []
  for (const method of methods) found.push(...(await foundBy(method, work_P, sampler)))
  await engine.close()
  const drawn = drawnProblems(work_P.length)
  const matches = ['monte-carlo', 'monte-carlo, half the value', 'monte-carlo, wrong answers']
    .flatMap(name => found.filter(({ method }) => method === name))
    .map(one => matchOf(one, found, drawn))
  const plain = matches.filter(({ of }) => !of.includes('wrong')).map(({ share }) => share)
  return {
    ...{ task, difficulty, problems: work_P.length },
    solutions: work_P.reduce((sum, { solutions }) => sum + solutions.length, 0),
    points: found.map(one => pointOf(one, drawn)),
    matches,
    worstShare: plain.includes(null) ? null : Math.max(...(plain as number[])),
    target,
  }
}

/** The solutions that all methods label, sampled once. */
async function workOf(sampler: Sampler): Promise<Work[]> {
  const found: Work[] = []
  const keep: Labeler = {
    name: 'keep',
    // biome-ignore lint/correctness/useYield: it asks for nothing
    *label(work) {
      found.push(work)
      return []
    },
  }
  const { maxPositions } = sampler.engine.info
  const options = { tokenizer: sampler.tokenizer, maxPositions, seed }
  const todo = problems.map(problem => labelSampled(problem, keep, samples, options))
  for await (const _ of runLabellings(todo, { sampler, judge: null }));
  return found
}

/** What a method makes of the solutions; plain Monte-Carlo's rollouts are read by two rules. */
async function foundBy(
  [method, completions, labeler]: Method,
  work_P: readonly Work[],
  sampler: Sampler,
): Promise<Found[]> {
  const [rollouts_P, tokens_P]: [number[], number[]] = [[], []]
  const labelled_P: (readonly Labelled[])[] = []
  const todo = work_P.map(work => labeler.label(work))
  for await (const { value, spent } of runLabellings(todo, { sampler, judge: null })) {
    rollouts_P.push(spent.rollouts)
    tokens_P.push(spent.tokens)
    labelled_P.push(value)
  }
  const read = (name: string, above_P: readonly number[]): Found => ({
    ...{ method: name, completions, rollouts_P, tokens_P },
    labels: labelled_P
      .flat()
      .flatMap(one => one.labelled.labels_S)
      .filter(label => label !== null).length,
    tallies_P: labelled_P.map((labelled, p) =>
      tallyOf(labelled, (one, steps) => family.oracle(one, steps), { above: above_P[p]! }),
    ),
  })
  const any = read(
    method,
    work_P.map(() => 0),
  )
  return method === 'monte-carlo'
    ? [any, read('monte-carlo, half the value', work_P.map(halfTheValue))]
    : [any]
}

/** Half of the share of a problem's solutions that end right. */
function halfTheValue({ solutions }: Work): number {
  return solutions.filter(({ answerRight }) => answerRight).length / (2 * solutions.length)
}

/** Problems drawn with replacement, again and again. */
function drawnProblems(n: number): number[][] {
  const draw = random(seed, 'resamples')
  return Array.from({ length: resamples }, () => Array.from({ length: n }, () => below(draw, n)))
}

function pointOf(one: Found, drawn: readonly (readonly number[])[]): LabelPoint {
  const { method, completions, labels, rollouts_P, tokens_P, tallies_P } = one
  const whole = accuracyOf(sumOf(tallies_P))
  const again = drawn.map(places => accuracyOf(sumOf(places.map(p => tallies_P[p]!))))
  const estimate = (what: 'stepAccuracy' | 'firstErrorF1'): Estimate => ({
    value: whole[what],
    error: deviation(again.map(accuracy => accuracy[what])),
  })
  return {
    ...{ method, completions, labels, coverage: whole.coverage },
    ...{ rollouts: total(rollouts_P), tokens: total(tokens_P) },
    stepAccuracy: estimate('stepAccuracy'),
    firstErrorF1: estimate('firstErrorF1'),
  }
}

function matchOf(
  point: Found,
  all: readonly Found[],
  drawn: readonly (readonly number[])[],
): LabelMatch {
  const searches = all.filter(({ method }) => method.startsWith('omega'))
  const every = point.tallies_P.map((_, p) => p)
  const best = cheapest(point, searches, every)
  const good = drawn.filter(places => (cheapest(point, searches, places)?.share ?? 1) <= target)
  return {
    ...{ of: point.method, completions: point.completions, holds: good.length / drawn.length },
    by: best?.by.method ?? null,
    byCompletions: best?.by.completions ?? null,
    share: best?.share ?? null,
  }
}

/** The search that needs the least rollouts of those that are at least as right as a point, on some problems. */
function cheapest(
  point: Found,
  searches: readonly Found[],
  places: readonly number[],
): { readonly by: Found; readonly share: number } | null {
  const at = (one: Found) => ({
    ...accuracyOf(sumOf(places.map(p => one.tallies_P[p]!))),
    rollouts: total(places.map(p => one.rollouts_P[p]!)),
  })
  const own = at(point)
  const good = searches.flatMap(by => {
    const { stepAccuracy, firstErrorF1, rollouts } = at(by)
    return stepAccuracy >= own.stepAccuracy && firstErrorF1 >= own.firstErrorF1
      ? [{ by, share: rollouts / own.rollouts }]
      : []
  })
  return good.toSorted((a, b) => a.share - b.share)[0] ?? null
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function deviation(values: readonly number[]): number {
  const mean = total(values) / values.length
  return Math.sqrt(total(values.map(value => (value - mean) ** 2)) / (values.length - 1))
}

/** The report as lines for people. */
export function labelLines(report: LabelReport): string {
  const { points, matches, worstShare } = report
  const head = ['', 'k', 'rollouts', 'tokens', 'covered', 'steps right', '+-', 'F1', '+-']
  const rows = points.map(({ method, completions, rollouts, tokens, coverage, ...point }) => [
    ...[method, String(completions), String(rollouts), String(tokens), percentCell(coverage)],
    ...[point.stepAccuracy, point.firstErrorF1].flatMap(({ value, error }) => [
      percentCell(value),
      percentCell(error),
    ]),
  ])
  const said = matches.map(({ of, completions, by, byCompletions, share, holds }) => {
    const found =
      share === null
        ? 'no search is as right'
        : `${by}, k ${byCompletions} needs ${percentCell(share)} of its rollouts`
    return `${of}, k ${completions}: ${found}; ${percentCell(report.target, 0)} or less in ${percentCell(holds)} of resamples`
  })
  return [
    `${report.task}, difficulty ${report.difficulty}: ${report.solutions} solutions of ${report.problems} problems; +- is a standard error over problems`,
    '',
    textTable([head, ...rows]),
    '',
    ...said,
    '',
    `for the accuracy of plain Monte-Carlo omega needs ${percentCell(worstShare)} of its rollouts or less; the aim is ${percentCell(report.target, 0)}`,
  ].join('\n')
}
