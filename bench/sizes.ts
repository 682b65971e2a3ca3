// What a step of training takes of memory and time, by the size of the model: forward, backward and AdamW on 8 sequences of
// 256 tokens, all weights or an adapter of rank 8. Each in a process of its own, whose peak is told.

import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshConfig, type ModelConfig } from '../src/engine/hf/config.ts'
import { type BaseType, baseTypes } from '../src/engine/hf/packed.ts'
import { openFreshEngine, openOnnxEngine } from '../src/engine/onnx/open.ts'
import { below, random } from '../src/numbers/random.ts'

const [rows, tokens] = [8, 256]

type Shape = [vocabSize: number, hiddenSize: number, intermediateSize: number, layers: number]

function shape([vocabSize, hiddenSize, intermediateSize, layers]: Shape, heads: [number, number]) {
  const sizes = { vocabSize, hiddenSize, intermediateSize, layers, heads: heads[0] }
  const rest = { kvHeads: heads[1], maxPositions: 2048, eosIds: [2] }
  return freshConfig({ architecture: 'llama', ...sizes, ...rest })
}

/** About 1, 25, 135 (SmolLM2) and 500 (Qwen2.5) million parameters. */
const models: Readonly<Record<string, ModelConfig>> = {
  '1M': shape([2048, 128, 512, 4], [4, 4]),
  '25M': shape([16_384, 384, 1024, 10], [6, 2]),
  '135M': shape([49_152, 576, 1536, 30], [9, 3]),
  '500M': shape([151_936, 896, 4864, 24], [14, 2]),
}

/** What is measured: everything learns where it fits, and adapters on each kind of base. */
const cases: readonly (readonly [model: string, what: 'all' | BaseType])[] = [
  ['1M', 'all'],
  ['25M', 'all'],
  ['25M', 'float32'],
  ['135M', 'all'],
  ...baseTypes.map(base => ['135M', base] as const),
  ...baseTypes.map(base => ['500M', base] as const),
]

export interface SizeReport {
  readonly model: string
  readonly learns: 'all' | 'adapter'
  readonly base: string // how the weights beneath the adapter are held
  readonly parameters: number
  readonly openSeconds: number
  readonly stepSeconds: number // the second one: its graph is there
  readonly stepProcessorSeconds: number // of all threads; less than two threads' where the machine was busy
  readonly peakGiB: number
}

/** Every case, or those of some models. */
export async function measureSizes(of: readonly string[] = []): Promise<SizeReport[]> {
  const folder = await mkdtemp(join(tmpdir(), 'minform-sizes-'))
  try {
    const made = new Set<string>()
    const chosen = cases.filter(([model]) => of.length === 0 || of.includes(model))
    return chosen.map(([model, what]) => {
      if (!made.has(model)) inProcess('make', folder, model)
      made.add(model)
      return JSON.parse(inProcess('measure', folder, model, what)) as SizeReport
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function inProcess(...args: readonly string[]): string {
  const own = [...process.execArgv, process.argv[1]!, 'sizes-part', ...args]
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  return execFileSync(process.execPath, own, { encoding: 'utf8', stdio: [...stdio] })
}

/** What one of those processes does. */
export async function sizesPart([what, folder, model, how]: readonly string[]): Promise<void> {
  const place = join(folder!, model!)
  if (what === 'make') {
    const engine = await openFreshEngine(models[model!]!, { seed: 1 })
    await engine.save(place, { dtype: 'bfloat16' })
    await engine.close()
  } else process.stdout.write(JSON.stringify(await measure(place, model!, how as 'all' | BaseType)))
}

async function measure(folder: string, model: string, what: 'all' | BaseType): Promise<SizeReport> {
  const begun = performance.now()
  const engine = await openOnnxEngine(
    folder,
    what === 'all' ? {} : { lora: { rank: 8 }, base: what },
  )
  const openSeconds = (performance.now() - begun) / 1000
  const draw = random(1, 'tokens')
  const weights = new Float32Array(tokens - 1).fill(1 / tokens)
  const batch = Array.from({ length: rows }, () => {
    const ids = Int32Array.from({ length: tokens }, () => below(draw, engine.info.vocabSize))
    return { ids, weights }
  })
  let [stepSeconds, used] = [0, process.cpuUsage()]
  for (let i = 0; i < 2; i++) {
    const started = performance.now()
    used = process.cpuUsage()
    await engine.accumulate(batch)
    await engine.step({ learningRate: 1e-5 })
    stepSeconds = (performance.now() - started) / 1000
    used = process.cpuUsage(used)
  }
  const { parameters } = engine.info
  await engine.close()
  return {
    model,
    learns: what === 'all' ? 'all' : 'adapter',
    base: what === 'all' ? 'float32' : what,
    parameters,
    openSeconds,
    stepSeconds,
    stepProcessorSeconds: (used.user + used.system) / 1e6,
    peakGiB: process.resourceUsage().maxRSS / 2 ** 20,
  }
}

/** The report for people. */
export function sizeLines(reports: readonly SizeReport[]): string {
  const head = 'model  learns   weights    open s  step s  processor s  peak GiB'
  const lines = reports.map(one =>
    [
      one.model.padEnd(6),
      one.learns.padEnd(8),
      one.base.padEnd(9),
      one.openSeconds.toFixed(1).padStart(7),
      one.stepSeconds.toFixed(2).padStart(7),
      one.stepProcessorSeconds.toFixed(2).padStart(12),
      one.peakGiB.toFixed(2).padStart(9),
    ].join(' '),
  )
  return [head, ...lines].join('\n')
}
