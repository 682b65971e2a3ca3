// docs/speed.md: what minform takes for the work of training, beside PyTorch, transformers and TRL where a Python has them.
// Everything is measured in turns, so that what else runs disturbs all alike; the first turn compiles, and is dropped.

import { cpus } from 'node:os'
import type { ModelConfig } from '../src/engine/hf/config.ts'
import { type OnnxEngine, openFreshEngine } from '../src/engine/onnx/open.ts'
import { below, random } from '../src/numbers/random.ts'
import purePrm from '../src/recipes/pure-prm.ts'
import pureVr from '../src/recipes/pure-vr.ts'
import { learning, medium, openAdapted, sequencesOf, small } from './groups.ts'
import { newTokens, openSetting, problems, samples, shape } from './iteration.ts'
import {
  ceilingGflops,
  type Measure,
  median,
  openChains,
  rounded,
  threads,
  timed,
} from './measure.ts'
import { Peer } from './peer.ts'

const rounds = 5
const before = 'Write every step on a line of its own, and box the answer at the end. '.repeat(5)

/** One kind of work: by this engine, and by what else knows it. */
interface Work {
  readonly what: string
  readonly tokens: number | null // that come out of it: then tokens a second are told
  readonly flops: number | null // products of matrices alone: then the share of the ceiling is told
  readonly ours: Measure
  readonly peers: Readonly<Record<string, Measure>>
}

/** Milliseconds of each round. */
export interface SpeedRow {
  readonly what: string
  readonly tokens: number | null
  readonly flops: number | null
  readonly ours: readonly number[]
  readonly peers: Readonly<Record<string, readonly number[]>>
}
export interface SpeedReport {
  readonly processor: string
  readonly node: string
  readonly peers: string | null // their versions
  readonly ceilingGflops: number
  readonly rows: readonly SpeedRow[]
}

/** Every kind of work in turns: about ten minutes, half of them the peers'; `python` has torch, transformers and trl. */
export async function measureSpeed(python: string | null): Promise<SpeedReport> {
  const peer = python === null ? null : new Peer(python)
  const chains = await openChains()
  const atCeiling = chains.map((): number[] => [])
  const rows: SpeedRow[] = []
  for (const open of [smallWork, iterations, mediumWork]) {
    const { works, close } = await open(peer)
    const found = works.map(work => ({ ...work, ours: [] as number[], peers: emptied(work.peers) }))
    for (let round = -1; round < rounds; round++) {
      for (const [i, chain] of chains.entries()) atCeiling[i]!.push(await chain())
      for (const [i, work] of works.entries()) {
        console.error(`round ${round + 1} of ${rounds}: ${work.what}`)
        const ms = await work.ours()
        if (round >= 0) found[i]!.ours.push(ms)
        for (const [name, measure] of Object.entries(work.peers)) {
          const theirs = await measure()
          if (round >= 0) found[i]!.peers[name]!.push(theirs)
        }
      }
    }
    rows.push(...found)
    await close()
  }
  const versions = (await peer?.versions()) ?? null
  peer?.close()
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    node: process.version,
    peers: versions,
    ceilingGflops: rounded(ceilingGflops(atCeiling.map(median))),
    rows,
  }
}

/** The report as a document. */
export function speedDocument({ rows, ...about }: SpeedReport): string {
  const { processor, node, peers, ceilingGflops: ceiling } = about
  return `# Speed

    npm run bench -- speed --peer PYTHON --docs docs

measures all of it in turns and writes this page; a PYTHON with \`torch\`, \`transformers\` and \`trl\` does the same work beside it, float32
like all here. Each number is the middle of ${rounds} rounds after one that compiles, with the lowest and the highest.

${processor}, ${threads} threads, Node ${node.slice(1)}${peers === null ? '' : `; ${peers}`}. The machine's best product of matrices reaches ${ceiling} GFLOPS.

| | minform | beside it | times as fast | of the ceiling |
|---|---|---|---|---|
${rows.map(row => rowOf(row, ceiling)).join('\n')}

4.9 M: a Qwen2 model, 6 layers of width 256, 8 heads, ${small.vocabSize} tokens of vocabulary; iterations are of the same with ${shape.vocabSize.toLocaleString('en')}, ${problems} problems x
${samples} rollouts x ${newTokens} tokens, sampled, judged by chance, learned with AdamW and written down; TRL's with its sampling by transformers and without a
reference model, as here. 135 M: the shape of SmolLM2, 30 layers of width 576, 9 heads on 3 key heads, 49,152 tokens of vocabulary.
What a row shares of the ceiling counts its products of matrices alone.
`
}

function rowOf(row: SpeedRow, ceiling: number): string {
  const { what, flops, ours } = row
  const beside = Object.entries(row.peers).filter(([, ms]) => !ms.some(Number.isNaN))
  const share = flops === null ? '' : percent(flops / (median(ours) * 1e6) / ceiling)
  const cells = [
    what,
    told(row, ours),
    beside.map(([name, ms]) => `${name} ${told(row, ms)}`).join('; '),
    beside.map(([, ms]) => (median(ms) / median(ours)).toFixed(2)).join('; '),
    share,
  ]
  return `| ${cells.join(' | ')} |`
}

/** The middle of the rounds, and their bounds: tokens a second, or milliseconds. */
function told({ tokens }: SpeedRow, ms: readonly number[]): string {
  const shown = (one: number): string =>
    Math.round(tokens === null ? one : (1000 * tokens) / one).toLocaleString('en')
  const bounds = [Math.min(...ms), Math.max(...ms)].map(shown)
  const [low, high] = tokens === null ? bounds : bounds.reverse()
  return `${shown(median(ms))} ${tokens === null ? 'ms' : 'tok/s'} (${low} to ${high})`
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

function emptied(peers: Work['peers']): Record<string, number[]> {
  return Object.fromEntries(Object.keys(peers).map(name => [name, []]))
}

interface Works {
  readonly works: readonly Work[]
  close(): Promise<void>
}

/** Learning, sampling and scoring of the small model. */
async function smallWork(peer: Peer | null): Promise<Works> {
  const engine = await openFreshEngine(small, { threads })
  const asked = (verb: string, question: object): Measure | null =>
    peer && (() => peer.ms(verb, small, question))
  const [rows, length] = [32, 128]
  const plain = randomRows(small, rows, length)
  const groups = { config: small, problems: 4, prompt: 128, completion: 128 }
  const together = sequencesOf(groups, true)
  const lengths = together.map(ids => ids.length)
  const judged = { ...groups, problems: 2 }
  const [candidates, alone] = [true, false].map(shared => sequencesOf(judged, shared)) as [
    Int32Array[],
    Int32Array[],
  ]
  const works: Work[] = [
    {
      what: `training step, 4.9 M, ${rows} x ${length} tokens`,
      tokens: null,
      flops: learnFlops(small, rows, length),
      ours: learning(engine, plain, 1),
      peers: measures({
        PyTorch: asked('step', { lengths: Array(rows).fill(length) }),
        compiled: asked('step', { lengths: Array(rows).fill(length), compiled: true }),
      }),
    },
    {
      what: 'the same of 4 groups of 8, prompts of 128, completions of 128',
      tokens: null,
      flops: null,
      ours: learning(engine, together, 128),
      peers: measures({ PyTorch: asked('step', { lengths }) }),
    },
    ...[
      { n: 64, prompt: 128, name: '64 rollouts of 8 prompts of 128 tokens' },
      { n: 64, prompt: 2, name: '64 rollouts, prompts of 2 tokens' },
      { n: 1, prompt: 2, name: 'one rollout, a prompt of 2 tokens' },
    ].map(({ n, prompt, name }): Work => {
      const question = { rows: n, prompt, tokens: newTokens }
      return {
        what: `sampling, 4.9 M, ${name}, ${newTokens} new ones each`,
        tokens: n * newTokens,
        flops: null,
        ours: sampling(engine, small, n, prompt),
        peers: measures({
          'static cache': asked('generate', { ...question, cache: 'static' }),
          'dynamic cache': asked('generate', { ...question, cache: 'dynamic' }),
        }),
      }
    }),
    {
      what: 'scoring 2 groups of 8, prompts of 128, completions of 128',
      tokens: null,
      flops: null,
      ours: timed(() => engine.score(candidates)),
      peers: { 'each by itself': timed(() => engine.score(alone)) },
    },
  ]
  return { works, close: () => engine.close() }
}

/** Whole iterations, with prompts as the task has them and long ones, and with a judge of the policy's size. */
async function iterations(peer: Peer | null): Promise<Works> {
  const settings = await Promise.all([openSetting(), openSetting(before)])
  const peers = (prompt: number): Work['peers'] =>
    measures({
      'TRL GRPO':
        peer && (() => peer.ms('grpo', shape, { problems, samples, prompt, tokens: newTokens })),
    })
  const works = settings.flatMap((setting, i): Work[] =>
    (i === 0 ? [pureVr, purePrm] : [pureVr]).map(recipe => {
      const { name, method } = setting.methodOf(recipe)
      let number = 0
      return {
        what: `iteration, ${name}, prompts of ${setting.prompt} tokens`,
        tokens: problems * samples * newTokens,
        flops: null,
        ours: async () => 1000 * (await setting.iteration(method, ++number)).whole,
        peers: peers(setting.prompt),
      }
    }),
  )
  const close = async (): Promise<void> => {
    for (const setting of settings) await setting.close()
  }
  return { works, close }
}

/** An adapter of a model of the size that people begin with. */
async function mediumWork(): Promise<Works> {
  const engine = await openAdapted(medium, 8)
  const [rows, length] = [8, 256]
  const works: Work[] = [
    {
      what: `training step of an adapter of rank 8, 135 M, ${rows} x ${length} tokens`,
      tokens: null,
      flops: adapterFlops(medium, rows, length),
      ours: learning(engine, randomRows(medium, rows, length), 1),
      peers: {},
    },
    {
      what: `sampling, 135 M, 64 rollouts of 8 prompts of 128 tokens, ${newTokens} new ones each`,
      tokens: 64 * newTokens,
      flops: null,
      ours: sampling(engine, medium, 64, 128),
      peers: {},
    },
  ]
  return { works, close: () => engine.close() }
}

function sampling(engine: OnnxEngine, config: ModelConfig, n: number, prompt: number): Measure {
  const each = Math.min(n, samples)
  const requests = randomRows(config, n / each, prompt).map((ids, seed) => ({ ids, n: each, seed }))
  const options = { maxTokens: newTokens, stopIds: [] }
  return timed(() => engine.sample(requests, options))
}

function randomRows({ vocabSize }: ModelConfig, rows: number, length: number): Int32Array[] {
  const draw = random(1, 'speed')
  return Array.from({ length: rows }, () =>
    Int32Array.from({ length }, () => below(draw, vocabSize)),
  )
}

/** Two operations a number of a matrix and token, forward, and four backward; attention's two products likewise. */
function learnFlops(config: ModelConfig, rows: number, length: number): number {
  return 3 * forwardFlops(config, rows, length)
}

/** Half as many backward: frozen matrices get no gradient. The vocabulary's product too. */
function adapterFlops(config: ModelConfig, rows: number, length: number): number {
  return 2 * forwardFlops(config, rows, length) + attentionFlops(config, rows, length)
}

function forwardFlops(config: ModelConfig, rows: number, length: number): number {
  const { hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, vocabSize } = config
  const own = 2 * heads * headDim + 2 * kvHeads * headDim
  const matrices = layers * hiddenSize * (own + 3 * intermediateSize) + vocabSize * hiddenSize
  return 2 * rows * length * matrices + attentionFlops(config, rows, length)
}

function attentionFlops({ layers, heads, headDim }: ModelConfig, rows: number, length: number) {
  return 4 * layers * rows * heads * headDim * ((length * (length + 1)) / 2)
}

function measures(all: Readonly<Record<string, Measure | null>>): Record<string, Measure> {
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, measure]) => (measure === null ? [] : [[name, measure]])),
  )
}
