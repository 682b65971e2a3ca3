// Rollouts of one problem share its prompt: what reading it once for the group saves in learning and in scoring, beside the
// same sequences with prompts that differ in their first token. In turns; with a Python that has transformers beside PyTorch.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshConfig, type ModelConfig } from '../src/engine/hf/config.ts'
import { type OnnxEngine, openFreshEngine, openOnnxEngine } from '../src/engine/onnx/open.ts'
import { below, random } from '../src/numbers/random.ts'
import { type Measure, median, threads, timed } from './measure.ts'
import { Peer } from './peer.ts'

const rounds = 5
const size = 8 // rollouts of a problem

interface Case {
  readonly name: string
  readonly config: ModelConfig
  readonly rank: number | null // of an adapter
  readonly problems: number
  readonly prompt: number
  readonly completion: number // on average; the shortest has 0.6 of it, the longest 1.4
}

/** 4.9 M parameters. */
export const small = freshConfig({
  ...{ architecture: 'qwen2', vocabSize: 512, hiddenSize: 256, intermediateSize: 672 },
  ...{ layers: 6, heads: 8, maxPositions: 512, tied: false, eosIds: [] },
})
/** The shape of SmolLM2-135M. */
export const medium = freshConfig({
  ...{ architecture: 'llama', vocabSize: 49_152, hiddenSize: 576, intermediateSize: 1536 },
  ...{ layers: 30, heads: 9, kvHeads: 3, maxPositions: 2048, eosIds: [2] },
})

const cases: readonly Case[] = [
  { name: '4.9 M', config: small, rank: null, problems: 4, prompt: 128, completion: 128 },
  { name: '4.9 M', config: small, rank: null, problems: 4, prompt: 32, completion: 128 },
  { name: '135 M, adapter', config: medium, rank: 8, problems: 1, prompt: 128, completion: 64 },
]

export interface GroupsReport {
  readonly name: string
  readonly prompt: number
  readonly completion: number
  readonly tokens: number // of all sequences
  readonly distinctTokens: number
  readonly learnSeconds: number
  readonly learnApartSeconds: number
  readonly scoreSeconds: number
  readonly scoreApartSeconds: number
  readonly peerLearnSeconds: number | null // PyTorch, forward and backward of all weights
}

/** Every case; `python` is a program that has torch and transformers. */
export async function measureGroups(python: string | null): Promise<GroupsReport[]> {
  const reports: GroupsReport[] = []
  const peer = python === null ? null : new Peer(python)
  for (const one of cases) reports.push(await measureCase(one, peer))
  peer?.close()
  return reports
}

async function measureCase(one: Case, peer: Peer | null): Promise<GroupsReport> {
  const { name, config, rank, prompt, completion } = one
  const engine =
    rank === null ? await openFreshEngine(config, { threads }) : await openAdapted(config, rank)
  const [together, apart] = [true, false].map(shared => sequencesOf(one, shared)) as [
    Int32Array[],
    Int32Array[],
  ]
  const learns = (ids_B: readonly Int32Array[]): Measure => learning(engine, ids_B, prompt)
  const scores = (ids_B: readonly Int32Array[]): Measure => timed(() => engine.score(ids_B))
  const measures = [learns(together), learns(apart), scores(together), scores(apart)]
  const lengths = apart.map(ids => ids.length)
  if (peer !== null && rank === null) measures.push(() => peer.ms('step', config, { lengths }))
  const times = measures.map((): number[] => [])
  for (const measure of measures) await measure()
  for (let round = 0; round < rounds; round++)
    for (const [i, measure] of measures.entries()) times[i]!.push(await measure())
  await engine.close()
  const seconds = (i: number): number => Math.round(median(times[i]!)) / 1000
  const tokens = together.reduce((sum, ids) => sum + ids.length, 0)
  return {
    ...{ name, prompt, completion, tokens },
    distinctTokens: tokens - (size - 1) * prompt * one.problems,
    ...{ learnSeconds: seconds(0), learnApartSeconds: seconds(1) },
    ...{ scoreSeconds: seconds(2), scoreApartSeconds: seconds(3) },
    peerLearnSeconds: measures.length > 4 ? seconds(4) : null,
  }
}

/** A fresh model as a folder holds it, with an adapter that learns. */
export async function openAdapted(config: ModelConfig, rank: number): Promise<OnnxEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'minform-bench-'))
  try {
    const whole = await openFreshEngine(config, { threads })
    await whole.save(folder, { dtype: 'bfloat16' })
    await whole.close()
    return await openOnnxEngine(folder, { threads, lora: { rank } })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The sequences of the groups of a case, which begin alike or differ in their first token. */
export function sequencesOf(
  { config, problems, prompt, completion }: Omit<Case, 'name' | 'rank'>,
  shared: boolean,
): Int32Array[] {
  const draw = random(1, 'groups')
  const some = (length: number): number[] =>
    Array.from({ length }, () => below(draw, config.vocabSize))
  return Array.from({ length: problems }, (_, p) => {
    const common = some(prompt)
    return Array.from({ length: size }, (_, i) => {
      const length = Math.round(completion * (0.6 + (0.8 * i) / (size - 1)))
      const first = shared ? common[0]! : p * size + i
      return Int32Array.from([first, ...common.slice(1), ...some(length)])
    })
  }).flat()
}

/** Forward and backward of what follows the prompts. */
export function learning(
  engine: OnnxEngine,
  ids_B: readonly Int32Array[],
  prompt: number,
): Measure {
  const learn = ids_B.map(ids => {
    const weights = new Float32Array(ids.length - 1)
    return { ids, weights: weights.fill(1e-3, prompt - 1) }
  })
  return async () => {
    const ms = await timed(() => engine.accumulate(learn))()
    await engine.clear()
    return ms
  }
}

/** The report for people. */
export function groupLines(reports: readonly GroupsReport[]): string {
  return reports
    .map(r => {
      const ratio = (a: number, b: number): string => `${a} s, ${(b / a).toFixed(2)} times as fast`
      const beside = r.peerLearnSeconds
      return [
        `${r.name}: groups of ${size}, prompts of ${r.prompt}, completions of ${r.completion}`,
        `  tokens, distinct       ${r.tokens}, ${r.distinctTokens}`,
        `  learning, than apart   ${ratio(r.learnSeconds, r.learnApartSeconds)}`,
        `  scoring, than apart    ${ratio(r.scoreSeconds, r.scoreApartSeconds)}`,
        ...(beside === null ? [] : [`  learning, than PyTorch ${ratio(r.learnSeconds, beside)}`]),
      ].join('\n')
    })
    .join('\n')
}
