// What the local engine reaches on this machine, beside what the machine can do at all. Everything is measured in turns,
// so that whatever else runs disturbs all of it alike, and the middle of each is reported.

import { cpus } from 'node:os'
import { freshConfig } from '../src/engine/hf/config.ts'
import { type OnnxEngine, openFreshEngine } from '../src/engine/onnx/open.ts'
import { below, random } from '../src/numbers/random.ts'
import {
  ceilingGflops,
  type Measure,
  median,
  openChains,
  rounded,
  threads,
  timed,
} from './measure.ts'

const rounds = 5
const longest = 60 // seconds after which no further round begins
const decodingRows = [1, 64, 256]

const shapes = [
  {
    name: '4.9 M',
    hiddenSize: 256,
    layers: 6,
    heads: 8,
    intermediateSize: 672,
    vocabSize: 512,
    rows: 32,
    tokens: 128,
  },
  {
    name: '0.8 M',
    hiddenSize: 128,
    layers: 4,
    heads: 4,
    intermediateSize: 352,
    vocabSize: 64,
    rows: 64,
    tokens: 64,
  },
] as const
type Shape = (typeof shapes)[number]

export interface EngineReport {
  readonly processor: string
  readonly threads: number
  readonly ceilingGflops: number // the best chain of matrix products
  readonly peakMemoryMiB: number // of the whole process: both models and the chains
  readonly models: readonly ModelReport[]
}
interface ModelReport {
  readonly name: string
  readonly parameters: number
  readonly rows: number
  readonly tokens: number
  readonly trainMs: number // forward and backward, all gradients out
  readonly trainGflops: number
  readonly shareOfCeiling: number
  readonly optimizerMs: number
  readonly scoreMs: number
  readonly decoding: readonly { readonly rows: number; readonly tokensPerSecond: number }[]
}

/** Measures everything: about a minute, on a busy machine in fewer rounds. */
export async function measureEngine(): Promise<EngineReport> {
  const products = await openChains()
  const models = await Promise.all(shapes.map(openShape))
  const measures = [...products, ...models.flatMap(model => Object.values(model.measures))]
  const start = performance.now()
  for (const measure of measures) await measure() // compiles, and plans memory
  const times = new Map<Measure, number[]>(measures.map(measure => [measure, []]))
  for (let i = 0; i < rounds && performance.now() - start < 1000 * longest; i++) {
    for (const measure of measures) times.get(measure)!.push(await measure())
  }
  const ms = (measure: Measure): number => median(times.get(measure)!)
  const ceiling = ceilingGflops(products.map(ms))
  const report = models.map(model => reportOf(model, ms, ceiling))
  await Promise.all(models.map(({ engine }) => engine.close()))
  const processor = cpus()[0]?.model ?? 'unknown'
  const peakMemoryMiB = Math.round(process.resourceUsage().maxRSS / 1024)
  return { processor, threads, ceilingGflops: rounded(ceiling), peakMemoryMiB, models: report }
}

/** The report as a table for people. */
export function tableOf({ models, ...machine }: EngineReport): string {
  const { processor, threads, ceilingGflops, peakMemoryMiB } = machine
  const lines: [string, (model: ModelReport) => string][] = [
    ['', m => `${m.name} parameters`],
    ['tokens', m => `${m.rows} x ${m.tokens}`],
    ['training step, ms', m => `${m.trainMs}`],
    ['GFLOPS', m => `${m.trainGflops}`],
    ['share of the ceiling', m => `${Math.round(100 * m.shareOfCeiling)} %`],
    ['optimizer step, ms', m => `${m.optimizerMs}`],
    ['scoring, ms', m => `${m.scoreMs}`],
    ...decodingRows.map((rows, i): (typeof lines)[number] => [
      `decoding ${rows} at once, tokens/s`,
      m => `${m.decoding[i]!.tokensPerSecond}`,
    ]),
  ]
  const table = lines.map(([what, of]) =>
    [what.padEnd(34), ...models.map(m => of(m).padStart(18))].join(''),
  )
  return [
    `${processor}, ${threads} threads; matrix products reach ${ceilingGflops} GFLOPS`,
    ...table,
    `peak memory of all of it: ${peakMemoryMiB} MiB`,
  ].join('\n')
}

async function openShape(shape: Shape) {
  const { name, rows, tokens, ...sizes } = shape
  const config = freshConfig({
    architecture: 'qwen2',
    ...sizes,
    maxPositions: 256,
    tied: false,
    eosIds: [],
  })
  const engine = await openFreshEngine(config, { threads, budget: rows * tokens })
  const draw = random(1, name)
  const ids_B = Array.from({ length: rows }, () =>
    Int32Array.from({ length: tokens }, () => below(draw, shape.vocabSize)),
  )
  const weights = new Float32Array(tokens - 1).fill(1e-3)
  const learn = ids_B.map(ids => ({ ids, weights }))
  const measures: Record<string, Measure> = {
    train: timed(() => engine.accumulate(learn)),
    optimizer: timed(() => engine.step({ learningRate: 1e-5 })),
    score: timed(() => engine.score(ids_B)),
  }
  for (const n of decodingRows) measures[`decode ${n}`] = timed(() => decode(engine, n, tokens - 1))
  return { shape, engine, measures }
}

function reportOf(
  { shape, engine, measures }: Awaited<ReturnType<typeof openShape>>,
  ms: (measure: Measure) => number,
  ceiling: number,
): ModelReport {
  const { name, rows, tokens } = shape
  const { parameters } = engine.info
  const train = ms(measures.train!)
  const gflops = trainFlops(shape, parameters) / train / 1e6
  return {
    name,
    parameters,
    rows,
    tokens,
    trainMs: rounded(train),
    trainGflops: rounded(gflops),
    shareOfCeiling: Math.round((1000 * gflops) / ceiling) / 1000,
    optimizerMs: rounded(ms(measures.optimizer!)),
    scoreMs: rounded(ms(measures.score!)),
    decoding: decodingRows.map(n => ({
      rows: n,
      tokensPerSecond: Math.round((1000 * n * (tokens - 1)) / ms(measures[`decode ${n}`]!)),
    })),
  }
}

/** Two operations a parameter and token forward, four backward; attention's two products likewise. */
function trainFlops(shape: Shape, parameters: number): number {
  const { hiddenSize, layers, vocabSize, rows, tokens } = shape
  const matrices = parameters - vocabSize * hiddenSize // the embedding is looked up
  return 6 * matrices * rows * tokens + 12 * layers * rows * tokens ** 2 * hiddenSize
}

function decode(engine: OnnxEngine, n: number, maxTokens: number) {
  return engine.sample([{ ids: Int32Array.of(2), n, seed: 3 }], { maxTokens, stopIds: [] })
}
