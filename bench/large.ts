// Whether a model of half a billion parameters fits: the shape of Qwen2.5-0.5B with random weights, saved and opened as a
// user would, sampled, trained for one step through an adapter on one long sequence, and for an iteration of 4 problems.

import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshConfig } from '../src/engine/hf/config.ts'
import { type OnnxEngine, openFreshEngine, openOnnxEngine } from '../src/engine/onnx/open.ts'
import { below, random } from '../src/numbers/random.ts'

const tokens = 512
const newTokens = 32
const iteration = { problems: 4, rollouts: 8, prompt: 100, completion: 200 }

const config = freshConfig({
  architecture: 'qwen2',
  vocabSize: 151_936,
  hiddenSize: 896,
  intermediateSize: 4864,
  layers: 24,
  heads: 14,
  kvHeads: 2,
  maxPositions: 32_768,
  rope: { kind: 'default', theta: 1_000_000 },
  eosIds: [151_645],
})

export interface LargeReport {
  readonly parameters: number
  readonly openSeconds: number
  readonly firstTokenSeconds: number // graphs compiled, prompt of 512 tokens read, first token chosen
  readonly tokensPerSecond: number // one sequence after that
  readonly stepSeconds: number // LoRA of rank 8 on every projection: forward, backward, AdamW, graph compiled
  readonly iterationSeconds: number // 4 problems, 8 rollouts of 200 tokens each: sampled, learned, one step
  readonly gradNorm: number
  readonly peakMemoryGiB: number // of the process that opened, sampled and learned
}

/** Makes the checkpoint in one process and measures it in another. */
export async function largeInProcesses(): Promise<LargeReport> {
  const folder = await mkdtemp(join(tmpdir(), 'minform-large-'))
  try {
    inProcess('make', folder)
    return JSON.parse(inProcess('measure', folder))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What one of those processes does; the measurements go to standard output. */
export async function largePart([what, folder]: readonly string[]): Promise<void> {
  if (what === 'make') await makeLarge(folder!)
  else process.stdout.write(JSON.stringify(await measureLarge(folder!)))
}

function inProcess(what: 'make' | 'measure', folder: string): string {
  const args = [...process.execArgv, process.argv[1]!, 'large-part', what, folder]
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  return execFileSync(process.execPath, args, { encoding: 'utf8', stdio: [...stdio] })
}

/** The report for people. */
export function tableOfLarge(report: LargeReport): string {
  const line = ([name, value]: [string, number]): string =>
    `${name.padEnd(20)}${value >= 1e6 ? String(value) : value.toPrecision(3)}`
  return Object.entries(report).map(line).join('\n')
}

/** The checkpoint, about 1 GB on disk. */
async function makeLarge(folder: string): Promise<void> {
  const engine = await openFreshEngine(config, { seed: 1 })
  await engine.save(folder, { dtype: 'bfloat16' })
  await engine.close()
}

/** Opens, samples and learns, and what that took of this process's memory. */
async function measureLarge(folder: string): Promise<LargeReport> {
  const seconds = stopwatch()
  const engine = await openOnnxEngine(folder, { lora: { rank: 8 } })
  const openSeconds = seconds()
  const draw = random(1, 'tokens')
  const ids = Int32Array.from({ length: tokens }, () => below(draw, config.vocabSize))
  const options = { stopIds: [], temperature: 1 }
  seconds()
  await engine.sample([{ ids, n: 1, seed: 1 }], { ...options, maxTokens: 1 })
  const firstTokenSeconds = seconds()
  await engine.sample([{ ids: ids.slice(0, 8), n: 1, seed: 1 }], { ...options, maxTokens: 2 })
  seconds()
  await engine.sample([{ ids: ids.slice(0, 8), n: 1, seed: 1 }], {
    ...options,
    maxTokens: newTokens,
  })
  const tokensPerSecond = newTokens / seconds()
  await engine.accumulate([{ ids, weights: new Float32Array(tokens - 1).fill(1 / tokens) }])
  const { gradNorm } = await engine.step({ learningRate: 1e-4 })
  const stepSeconds = seconds()
  await iterate(engine, length => Int32Array.from({ length }, () => below(draw, config.vocabSize)))
  const iterationSeconds = seconds()
  const { parameters } = engine.info
  await engine.close()
  const peakMemoryGiB = process.resourceUsage().maxRSS / 2 ** 20
  return {
    parameters,
    openSeconds,
    firstTokenSeconds,
    tokensPerSecond,
    stepSeconds,
    iterationSeconds,
    gradNorm,
    peakMemoryGiB,
  }
}

/** Samples the rollouts of some problems, and learns from all of their tokens, of either sign. */
async function iterate(engine: OnnxEngine, prompt: (length: number) => Int32Array): Promise<void> {
  const requests = Array.from({ length: iteration.problems }, (_, seed) => ({
    ids: prompt(iteration.prompt),
    n: iteration.rollouts,
    seed,
  }))
  const options = { maxTokens: iteration.completion, stopIds: [], temperature: 1 }
  const found = await engine.sample(requests, options)
  const learned = found.flatMap((completions, p) =>
    completions.map((completion, g) => {
      const ids = Int32Array.of(...requests[p]!.ids, ...completion.ids)
      const weights = new Float32Array(ids.length - 1)
      return { ids, weights: weights.fill(g % 2 === 0 ? 1e-3 : -1e-3, iteration.prompt - 1) }
    }),
  )
  await engine.accumulate(learned)
  await engine.step({ learningRate: 1e-4 })
}

/** Seconds since it was last asked. */
function stopwatch(): () => number {
  let last = performance.now()
  return () => {
    const now = performance.now()
    const passed = (now - last) / 1000
    last = now
    return passed
  }
}
