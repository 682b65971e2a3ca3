// How fast steps are scored from texts, beside the engine alone on the same tokens, since laying out and encoding are to
// cost little, and beside what the machine's best product of matrices would allow. All of it is measured in turns.

import { fileURLToPath } from 'node:url'
import { type FreshShape, freshConfig } from '../src/engine/hf/config.ts'
import { openFreshEngine } from '../src/engine/onnx/open.ts'
import { minformLayout, type PrmLayout } from '../src/prm/layout.ts'
import { readingOf } from '../src/prm/reading.ts'
import { headScorer } from '../src/prm/score/head.ts'
import { labelTokenScorer } from '../src/prm/score/label-token.ts'
import type { Solution } from '../src/prm/solution.ts'
import { takeProblems } from '../src/problems/splits.ts'
import { taskOf } from '../src/problems/tasks/index.ts'
import { loadTokenizer } from '../src/tokenizer/load.ts'
import { ceilingGflops, type Measure, median, openChains, threads, timed } from './measure.ts'

const rounds = 7
const longest = 60 // seconds after which no further round begins
const solutions = 128

/** The larger shape of `npm run bench -- engine`, as a judge with two classes and as a language model. */
const shape: FreshShape = {
  architecture: 'qwen2',
  hiddenSize: 256,
  layers: 6,
  heads: 8,
  intermediateSize: 672,
  vocabSize: 512,
  maxPositions: 512,
  eosIds: [1],
}

const labels: PrmLayout = {
  ...minformLayout,
  step: { before: '', mark: '\n\n', between: '', last: 'mark' },
  score: { head: 'labels', right: '+', wrong: '-', over: 'vocabulary', written: true },
  threshold: 0.5,
}

export interface PrmSpeed {
  readonly what: string
  readonly tokensPerSecond: number
  readonly shareOfEngine: number // of the engine's own speed on the same tokens
}

export interface PrmReport {
  readonly parameters: number
  readonly threads: number
  readonly solutions: number
  readonly tokens: number // of all of them
  readonly longest: number // tokens of one
  readonly gflopsPerThousand: number // operations of the head's model for a thousand of them, in 1e9
  readonly ceilingGflops: number // the machine's best product of matrices
  readonly ceilingTokensPerSecond: number // where all of these operations went at that
  readonly speeds: readonly PrmSpeed[]
}

/** Measures all of it: about a minute at most. */
export async function measurePrm(): Promise<PrmReport> {
  const tokenizer = await loadTokenizer(fileURLToPath(new URL('../models/prm', import.meta.url)))
  const chat = (): never => {
    throw new Error('no template is asked for')
  }
  const tokens = { tokenizer, bosId: null, chat }
  const written = solutionsToScore()
  const classifier = freshConfig({ ...shape, head: 'token-classification', classes: 2 })
  const judge = await openFreshEngine(classifier, { threads })
  const policy = await openFreshEngine(freshConfig({ ...shape, tied: false }), { threads })
  const idsOf = (layout: PrmLayout): Int32Array[] =>
    written.map(one => readingOf(one, layout, tokens).ids)
  const [ids, labelled] = [idsOf(minformLayout), idsOf(labels)]
  const head = headScorer({ engine: judge, tokens }, minformLayout)
  const label = labelTokenScorer({ engine: policy, tokens }, labels)
  const works = [
    { what: 'engine alone, classify', of: ids, work: () => judge.classify(ids) },
    { what: 'head, from texts', of: ids, work: () => head.score(written) },
    { what: 'engine alone, score', of: labelled, work: () => policy.score(labelled) },
    { what: 'label tokens, from texts', of: labelled, work: () => label.score(written) },
  ]
  const measures = [...works.map(({ work }) => timed(work)), ...(await openChains())]
  const times = await inTurns(measures)
  await Promise.all([judge.close(), policy.close()])
  const speeds = works.map(({ what, of }, i) => ({
    what,
    tokensPerSecond: Math.round((1000 * count(of)) / median(times[i]!)),
    // round by round, so that what else runs is in both
    shareOfEngine: rounded(median(times[i]!.map((ms, round) => times[i - (i % 2)]![round]! / ms))),
  }))
  const ceiling = ceilingGflops(times.slice(works.length).map(median))
  const flops = flopsOf(ids, judge.info.parameters) / count(ids)
  return {
    ...{ parameters: judge.info.parameters, threads, solutions, tokens: count(ids) },
    longest: Math.max(...ids.map(one => one.length)),
    gflopsPerThousand: rounded(flops / 1e6),
    ceilingGflops: rounded(ceiling),
    ceilingTokensPerSecond: Math.round((1e9 * ceiling) / flops),
    speeds,
  }
}

/** The report as lines for people. */
export function prmLines({ parameters, threads, solutions, speeds, ...all }: PrmReport): string {
  const size = (parameters / 1e6).toFixed(1)
  return [
    `${solutions} solutions of ${all.tokens} tokens, the longest of ${all.longest}; ${size} M parameters, ${threads} threads`,
    `matrix products reach ${all.ceilingGflops} GFLOPS, ${all.ceilingTokensPerSecond} tokens/s at ${all.gflopsPerThousand} G a thousand tokens`,
    ...speeds.map(
      ({ what, tokensPerSecond, shareOfEngine }) =>
        `${what.padEnd(28)}${String(tokensPerSecond).padStart(8)} tokens/s  ${(100 * shareOfEngine).toFixed(1).padStart(5)} %`,
    ),
  ].join('\n')
}

/** Worked solutions of very different lengths. */
function solutionsToScore(): Solution[] {
  const task = taskOf('nested-arithmetic')
  return Array.from({ length: 4 }, (_, difficulty) =>
    takeProblems(task, solutions / 4, { split: 'test', seed: 1, difficulty }),
  )
    .flat()
    .map((problem, i) => ({ id: `${i}`, problem, steps: problem.solution! }))
}

/** Each measure's milliseconds, round by round, after one that warms up. */
async function inTurns(measures: readonly Measure[]): Promise<number[][]> {
  const times = measures.map((): number[] => [])
  const start = performance.now()
  for (let round = 0; round <= rounds; round++) {
    for (const [i, measure] of measures.entries()) {
      const ms = await measure()
      if (round > 0) times[i]!.push(ms)
    }
    if (performance.now() - start > 1000 * longest && round > 0) break
  }
  return times
}

/** Two operations a parameter and token, save of the embedding, which is looked up; and attention's two products. */
function flopsOf(ids: readonly Int32Array[], parameters: number): number {
  const { vocabSize, hiddenSize, layers } = shape
  const matrices = parameters - vocabSize * hiddenSize
  const squares = ids.reduce((sum, one) => sum + one.length ** 2, 0)
  return 2 * matrices * count(ids) + 4 * layers * hiddenSize * squares
}

function count(of: readonly Int32Array[]): number {
  return of.reduce((sum, one) => sum + one.length, 0)
}

function rounded(value: number): number {
  return Math.round(1000 * value) / 1000
}
