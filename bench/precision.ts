// What --sampling int8 brings: rollouts drawn with weights of 8 bits beside float32, in turns; how far what they were drawn with
// is from what the policy itself says; and whole iterations, corrected while they are learned or read first.

import type { Completion, Precision } from '../src/engine/engine.ts'
import type { ModelConfig } from '../src/engine/hf/config.ts'
import { type OnnxEngine, openFreshEngine } from '../src/engine/onnx/open.ts'
import type { Method } from '../src/method.ts'
import { below, random } from '../src/numbers/random.ts'
import pureVr from '../src/recipes/pure-vr.ts'
import { correctedMethod } from '../src/train/precision.ts'
import { truncated } from '../src/update/truncated.ts'
import { medium, openAdapted, small } from './groups.ts'
import { newTokens, openSetting, samples } from './iteration.ts'
import { median, threads } from './measure.ts'
import { Peer } from './peer.ts'

/** One model, some rollouts. */
interface Case {
  readonly name: string
  readonly config: ModelConfig
  readonly open: () => Promise<OnnxEngine>
  readonly rows: number
  readonly prompt: number // tokens
  readonly rounds: number
  readonly peer: boolean // whether transformers does the same beside it
}

const openSmall = () => openFreshEngine(small, { threads })
const openMedium = () => openAdapted(medium, 8)
const ofSmall = { name: '4.9 M', config: small, open: openSmall, rounds: 7, peer: true }
const ofMedium = {
  name: '135 M, adapter',
  config: medium,
  open: openMedium,
  rounds: 3,
  peer: false,
}

const cases: readonly Case[] = [
  { ...ofSmall, rows: 64, prompt: 128 },
  { ...ofSmall, rows: 64, prompt: 17 },
  { ...ofSmall, rows: 8, prompt: 17 },
  { ...ofMedium, rows: 64, prompt: 128 },
]

/** Tokens a second, by the middle of the rounds. */
interface CaseReport extends Pick<Case, 'name' | 'rows' | 'prompt'> {
  readonly float32: number
  readonly int8: number
  readonly gain: number // the middle of the rounds' ratios
  readonly staticCache: number | null // of transformers
  readonly gainOverStatic: number | null // of int8, likewise
  readonly apart: number // mean |log p - log p drawn|
  readonly worst: number
}
/** An iteration, by the middle of the rounds; the gain is the middle of the ratios of the processor's seconds to float32. */
interface IterationReport {
  readonly how: string
  readonly prompt: number
  readonly seconds: number
  readonly processorSeconds: number // of all threads: what else runs disturbs it less
  readonly gain: number
}
export interface PrecisionReport {
  readonly sampling: readonly CaseReport[]
  readonly iterations: readonly IterationReport[]
}

/** Every case, then iterations of the 4.9 M model: about ten minutes, most of them of 135 M. */
export async function measurePrecision(python: string | null): Promise<PrecisionReport> {
  const peer = python === null ? null : new Peer(python)
  const sampling: CaseReport[] = []
  for (const one of cases) sampling.push(await measureCase(one, one.peer ? peer : null))
  peer?.close()
  return { sampling, iterations: await measureIterations() }
}

async function measureCase(
  { name, config, open, rows, prompt, rounds }: Case,
  peer: Peer | null,
): Promise<CaseReport> {
  const engine = await open()
  const draw = random(1, 'precision')
  const requests = Array.from({ length: rows / Math.min(rows, samples) }, (_, seed) => ({
    ids: Int32Array.from({ length: prompt }, () => below(draw, config.vocabSize)),
    n: Math.min(rows, samples),
    seed,
  }))
  const ms: Record<Precision | 'static', number[]> = { float32: [], int8: [], static: [] }
  let drawn: readonly (readonly Completion[])[] = []
  for (let round = -1; round < rounds; round++) {
    for (const precision of ['float32', 'int8'] as const) {
      const started = performance.now()
      drawn = await engine.sample(requests, { maxTokens: newTokens, stopIds: [], precision })
      if (round >= 0) ms[precision].push(performance.now() - started)
    }
    const question = { rows, prompt, tokens: newTokens, cache: 'static' }
    const theirs = await peer?.ms('generate', small, question)
    if (theirs !== undefined && round >= 0) ms.static.push(theirs)
  }
  const distance = await apartOf(engine, requests, drawn)
  await engine.close()
  const speed = (times: readonly number[]): number =>
    Math.round((1000 * rows * newTokens) / median(times))
  const ratio = (to: readonly number[]): number => median(to.map((time, i) => time / ms.int8[i]!))
  const beside = ms.static.length > 0
  return {
    ...{ name, rows, prompt, float32: speed(ms.float32), int8: speed(ms.int8) },
    gain: ratio(ms.float32),
    staticCache: beside ? speed(ms.static) : null,
    gainOverStatic: beside ? ratio(ms.static) : null,
    ...distance,
  }
}

/** How far the log-probabilities of completions are from what the model says, of up to 16 of them. */
async function apartOf(
  engine: OnnxEngine,
  requests: readonly { readonly ids: Int32Array }[],
  drawn: readonly (readonly Completion[])[],
): Promise<{ readonly apart: number; readonly worst: number }> {
  const read = drawn.flatMap((of, p) => of.map(one => ({ ...one, prompt: requests[p]!.ids })))
  const some = read.slice(0, 16)
  const scores = await engine.score(some.map(({ prompt, ids }) => Int32Array.of(...prompt, ...ids)))
  const distances = some.flatMap(({ prompt, logprobs_T }, i) =>
    Array.from(logprobs_T, (logprob, t) =>
      Math.abs(logprob - scores[i]!.logprobs[prompt.length - 1 + t]!),
    ),
  )
  const apart = distances.reduce((a, b) => a + b, 0) / distances.length
  return { apart, worst: Math.max(...distances) }
}

/** Iterations of the 4.9 M model. */
export async function measureIterations(): Promise<IterationReport[]> {
  const setting = await openSetting()
  const ways: readonly [string, Precision, (method: Method) => Method][] = [
    ['float32', 'float32', method => method],
    ['int8', 'int8', method => correctedMethod(method, 'int8')],
    [
      'int8, read first',
      'int8',
      method => ({ ...method, loss: truncated(method.loss, { of: 'weights' }) }),
    ],
  ]
  const methods = ways.map(([how, precision, change]) => {
    const { method } = setting.methodOf(pureVr, precision)
    const times = { seconds: [] as number[], processor: [] as number[] }
    return { how, precision, method: change(method), ...times }
  })
  for (let round = -1; round < ofSmall.rounds; round++)
    for (const { method, precision, seconds, processor } of methods) {
      const before = process.cpuUsage()
      const { whole } = await setting.iteration(method, round + 2, precision)
      const { user, system } = process.cpuUsage(before)
      if (round < 0) continue
      seconds.push(whole)
      processor.push((user + system) / 1e6)
    }
  await setting.close()
  const plain = methods[0]!.processor
  return methods.map(({ how, seconds, processor }) => ({
    ...{ how, prompt: setting.prompt, seconds: median(seconds) },
    processorSeconds: median(processor),
    gain: median(plain.map((time, i) => time / processor[i]!)),
  }))
}

/** The report as a table for people. */
export function precisionLines({ sampling, iterations }: PrecisionReport): string {
  const told = (one: number | null): string => (one === null ? '' : one.toFixed(2))
  return [
    '| parameters | rollouts, prompt | float32 tok/s | int8 tok/s | gain | static cache tok/s | int8 by it | log p apart, mean | worst |',
    '|---|---|---|---|---|---|---|---|---|',
    ...sampling.map(one => {
      const speeds = [one.float32, one.int8, told(one.gain), one.staticCache ?? '']
      const distances = [one.apart, one.worst].map(x => x.toExponential(1))
      const cells = [one.name, `${one.rows}, ${one.prompt}`, ...speeds, told(one.gainOverStatic)]
      return `| ${[...cells, ...distances].join(' | ')} |`
    }),
    '',
    ...iterations.map(
      ({ how, prompt, seconds, processorSeconds, gain }) =>
        `iteration, pure-vr, prompts of ${prompt} tokens, ${how}: ${seconds.toFixed(2)} s, of the processor ${processorSeconds.toFixed(2)} s, float32 takes ${told(gain)} times that`,
    ),
  ].join('\n')
}
