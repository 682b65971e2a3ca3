// What labels cost: how right labels of the same solutions are by the oracle, against the rollouts that each way to label
// spends. "For the same accuracy" is: at least as right about steps, and about first errors.

import { fileURLToPath } from 'node:url'
import { openOnnxEngine } from '../src/engine/onnx/open.ts'
import { percentCell, textTable } from '../src/plot/text-table.ts'
import { accuracyOf, type LabelTally, sumOf, tallyOf } from '../src/prm/label/accuracy.ts'
import { adaptive } from '../src/prm/label/adaptive.ts'
import { binarySearch } from '../src/prm/label/binary-search.ts'
import type { Labeler } from '../src/prm/label/labeler.ts'
import { monteCarlo } from '../src/prm/label/monte-carlo.ts'
import { omega } from '../src/prm/label/omega.ts'
import { runLabellings } from '../src/prm/label/run.ts'
import { labelSampled } from '../src/prm/label/work.ts'
import { takeProblems } from '../src/problems/splits.ts'
import { taskOf } from '../src/problems/tasks/index.ts'
import type { Sampler } from '../src/rollouts/independent.ts'
import { loadTokenizer } from '../src/tokenizer/tokenizer.ts'

const [task, difficulty, count, samples, seeds] = ['nested-arithmetic', 1, 50, 4, [1, 2]] as const
const family = taskOf(task)
const problems = takeProblems(family, count, { split: 'test', seed: 1, difficulty })
const target = 0.6 // of the rollouts of plain Monte-Carlo

type Method = readonly [name: string, completions: number, of: (seed: number) => Labeler]

/** The points of one way to label, by completions. */
function points(
  name: string,
  counts: readonly number[],
  of: (completions: number, seed: number) => Labeler,
): Method[] {
  return counts.map(completions => [name, completions, seed => of(completions, seed)] as const)
}

/** Every step of every solution; then wrong answers alone, up to the first error; then searches, of wrong answers too. */
const methods: readonly Method[] = [
  ...points('monte-carlo', [1, 2, 4, 8], (completions, seed) => monteCarlo({ completions, seed })),
  ...points('monte-carlo, wrong answers', [1, 2, 4, 8], (completions, seed) =>
    monteCarlo({ completions, seed, trustAnswers: true, stopAtFirst: true }),
  ),
  ...points('binary-search', [1, 2, 4, 8], (completions, seed) =>
    binarySearch({ completions, seed }),
  ),
  ...points('omega', [1, 2, 4, 8], (completions, seed) =>
    omega({ completions, seed, from: 'given', labels: 'rightness', searches: null }),
  ),
  ...points('omega, half the value', [4, 8], (completions, seed) =>
    omega({ completions, seed, from: 'given', labels: 'rightness', searches: null, ratio: 0.5 }),
  ),
  ...points('omega, values', [4, 8], (completions, seed) =>
    omega({ completions, seed, from: 'given', searches: null }),
  ),
  ...points('adaptive', [8, 16], (completions, seed) => adaptive({ completions, seed })),
  ...points('omega, whole tree', [4], (completions, seed) =>
    omega({ completions, seed, labels: 'rightness', searches: 20 }),
  ),
]

/** One way to label, at one number of completions: sums and shares over the seeds. */
export interface LabelPoint {
  readonly method: string
  readonly completions: number
  readonly rollouts: number // of one seed, on average
  readonly tokens: number
  readonly solutions: number
  readonly labels: number // steps that have one
  readonly coverage: number // share of the steps that the oracle knows that have one
  readonly stepAccuracy: number
  readonly firstErrorF1: number
}

/** What omega needs of the rollouts of a point of Monte-Carlo for the same accuracy; null where it never has it. */
export interface LabelMatch {
  readonly of: string
  readonly completions: number
  readonly omegaCompletions: number | null
  readonly share: number | null
}

export interface LabelReport {
  readonly task: string
  readonly difficulty: number
  readonly problems: number
  readonly solutions: number
  readonly seeds: readonly number[]
  readonly points: readonly LabelPoint[]
  readonly matches: readonly LabelMatch[]
  readonly worstShare: number | null // of plain Monte-Carlo
  readonly target: number
}

/** Measures everything: some minutes. */
export async function measureLabels(): Promise<LabelReport> {
  const folder = fileURLToPath(new URL('../models/base', import.meta.url))
  const tokenizer = loadTokenizer(folder)
  const engine = await openOnnxEngine(folder, { threads: 1 })
  const { stopIds } = tokenizer
  const sampler = { engine, tokenizer, stopIds, maxTokens: 160 }
  const found: LabelPoint[] = []
  for (const method of methods) found.push(await pointOf(method, sampler))
  await engine.close()
  const matches = ['monte-carlo', 'monte-carlo, wrong answers'].flatMap(name =>
    found.filter(({ method }) => method === name).map(one => matchOf(one, found)),
  )
  const plain = matches.filter(({ of }) => of === 'monte-carlo').map(({ share }) => share)
  return {
    ...{ task, difficulty, problems: count, solutions: count * samples, seeds },
    points: found,
    matches,
    worstShare: plain.includes(null) ? null : Math.max(...(plain as number[])),
    target,
  }
}

async function pointOf([method, completions, of]: Method, sampler: Sampler): Promise<LabelPoint> {
  const tallies: LabelTally[] = []
  let [rollouts, tokens, solutions, labels] = [0, 0, 0, 0]
  const { maxPositions } = sampler.engine.info
  const work = { tokenizer: sampler.tokenizer, maxPositions, seed: 1 } // the same solutions for all
  for (const seed of seeds) {
    const todo = problems.map(problem => labelSampled(problem, of(seed), samples, work))
    for await (const { value, spent } of runLabellings(todo, { sampler, judge: null })) {
      rollouts += spent.rollouts
      tokens += spent.tokens
      solutions += value.labelled.length
      for (const { labelled } of value.labelled)
        labels += labelled.labels_S.filter(label => label !== null).length
      tallies.push(tallyOf(value.labelled, (one, steps) => family.oracle(one, steps)))
    }
  }
  const { coverage, stepAccuracy, firstErrorF1 } = accuracyOf(sumOf(tallies))
  const mean = (sum: number): number => sum / seeds.length
  return {
    ...{ method, completions, rollouts: mean(rollouts), tokens: mean(tokens) },
    ...{ solutions: mean(solutions), labels: mean(labels) },
    ...{ coverage, stepAccuracy, firstErrorF1 },
  }
}

function matchOf(point: LabelPoint, all: readonly LabelPoint[]): LabelMatch {
  const good = all
    .filter(({ method }) => method === 'omega')
    .filter(({ stepAccuracy }) => stepAccuracy >= point.stepAccuracy)
    .filter(({ firstErrorF1 }) => firstErrorF1 >= point.firstErrorF1)
    .toSorted((a, b) => a.rollouts - b.rollouts)
  const best = good[0] ?? null
  return {
    of: point.method,
    completions: point.completions,
    omegaCompletions: best?.completions ?? null,
    share: best && best.rollouts / point.rollouts,
  }
}

/** The report as lines for people. */
export function labelLines(report: LabelReport): string {
  const { points, matches, worstShare } = report
  const head = [
    '',
    'k',
    'rollouts',
    'tokens',
    'labels',
    'covered',
    'steps right',
    'first errors F1',
  ]
  const rows = points.map(point => [
    point.method,
    ...[point.completions, Math.round(point.rollouts), Math.round(point.tokens)].map(String),
    String(Math.round(point.labels)),
    ...[point.coverage, point.stepAccuracy, point.firstErrorF1].map(share => percentCell(share)),
  ])
  const said = matches.map(({ of, completions, omegaCompletions, share }) =>
    share === null
      ? `${of}, k ${completions}: omega is never as right`
      : `${of}, k ${completions}: omega with k ${omegaCompletions} needs ${percentCell(share)} of its rollouts`,
  )
  return [
    `${report.task}, difficulty ${report.difficulty}: ${report.solutions} solutions of ${report.problems} problems, seeds ${report.seeds.join(', ')}`,
    '',
    textTable([head, ...rows]),
    '',
    ...said,
    '',
    `for the accuracy of plain Monte-Carlo omega needs ${percentCell(worstShare)} of its rollouts or less; the aim is ${percentCell(report.target, 0)}`,
  ].join('\n')
}
