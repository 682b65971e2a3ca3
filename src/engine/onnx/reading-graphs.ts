// The graphs that read whole sequences: to score chosen tokens, to learn from them, and to start a cache. Logits over a
// large vocabulary are computed in slices of tokens, so that no more than one slice is in memory.

import { importanceLimit } from '../../numbers/importance.ts'
import type { Graph, Seed, Value } from './graph.ts'
import { classLikelihood } from './ops/class-likelihood.ts'
import { gatherRows } from './ops/gather-rows.ts'
import { split } from './ops/pieces.ts'
import { tokenLogprobs } from './ops/token-logprobs.ts'
import { type Reading, readSequences } from './read-sequences.ts'
import { type Blueprint, embedding, Transformer } from './transformer.ts'

/** How a graph learns from chosen tokens. */
export interface Learning extends Reading {
  readonly slices: number
  readonly entropy: boolean // slopes for entropies too
  readonly drawn?: boolean // slopes count by importance; default false
}

/** Log-probabilities and entropies of chosen tokens, and means over the vocabulary, or their logits over the classes of a head. */
export function scoreGraph(
  blueprint: Blueprint,
  { slices, means, ...how }: Reading & { readonly slices: number; readonly means: boolean },
): Uint8Array {
  const t = new Transformer(blueprint)
  const rows = chosenRows(t, how)
  if (t.config.head === 'token-classification') return t.g.build({ logits: t.logits(rows) })
  const read = readTokens(t, rows, new Slicer(t.g, slices))
  return t.g.build({
    logprobs: below(t.g, read.logprobs),
    entropies: below(t.g, read.entropies),
    ...(means && { means: below(t.g, read.means) }),
  })
}

/** Hidden states of chosen tokens: after the last norm [N, D], or behind some of the layers [N, behind * D], the first being 1. */
export function hiddenGraph(
  blueprint: Blueprint,
  { behind, ...how }: Reading & { readonly behind: readonly number[] },
): Uint8Array {
  const t = new Transformer(blueprint)
  if (behind.length === 0) return t.g.build({ hidden: chosenRows(t, how) })
  const { layers } = readSequences(t, how)
  const rows = t.g.input('rows', 'int64', ['N'])
  const states = behind.map(l => gatherRows(t.g, layers[l - 1]!, rows))
  const shape = ['N', behind.length * t.config.hiddenSize]
  return t.g.build({ hidden: t.g.node('Concat', states, shape, { attributes: { axis: 1 } }) })
}

/** The output with the gradient of the embedded tokens [T, D]. */
export const embeddedGradient = 'd:embedded'

/**
 * The gradient, for every learned weight under the name `d:<weight>`, of the sum over chosen tokens of slope *
 * log-probability (+ entropy slope * entropy); with `drawn`, a slope counts by importance (numbers/importance.ts). For a class head log-probability is the likelihood of its targets. What
 * reaches the embedding through its tokens is `embeddedGradient`, and not in `d:<weight>`.
 */
export function learnGraph(
  blueprint: Blueprint,
  { slices, entropy, drawn, ...how }: Learning,
): Uint8Array {
  const t = new Transformer(blueprint, { learns: true })
  const { g } = t
  const cut = new Slicer(g, slices)
  const rows = chosenRows(t, how)
  const outputs: Record<string, Value> = {}
  const seeds: Seed[] = []
  const slopes = cut.rows(g.input('slopes', 'float32', ['N', 1]))
  if (t.config.head === 'token-classification') {
    const targets = g.input('targets', 'float32', ['N', t.config.classes])
    outputs.logprobs = classLikelihood(g, t.logits(rows), targets)
    seeds.push({ of: outputs.logprobs, gradient: slopes[0]! })
  } else {
    const { logprobs, entropies } = readTokens(t, rows, cut)
    const counts = drawn ? drawnInputs(g, cut) : null
    seeds.push(
      ...logprobs.map((of, i) => ({ of, gradient: counts?.(slopes[i]!, of, i) ?? slopes[i]! })),
    )
    if (entropy) {
      const pulls = cut.rows(g.input('entropySlopes', 'float32', ['N', 1]))
      seeds.push(...entropies.map((of, i) => ({ of, gradient: pulls[i]! })))
    }
    outputs.logprobs = below(g, logprobs)
    outputs.entropies = below(g, entropies)
  }
  return g.build({ ...outputs, ...learnedGradients(t, blueprint, seeds) })
}

/** A slope times min(exp(logprob - drawn), importanceLimit) where `corrected` is 1, as it is where that is 0. */
function drawnInputs(g: Graph, cut: Slicer): (slope: Value, logprob: Value, part: number) => Value {
  const [drawn, corrected] = ['drawn', 'corrected'].map(name =>
    cut.rows(g.input(name, 'float32', ['N', 1])),
  ) as [Value[], Value[]]
  return (slope, logprob, i) => {
    const { shape } = logprob
    const ratio = g.node('Sub', [logprob, drawn[i]!], shape)
    const cutOff = g.node('Min', [ratio, g.scalar(Math.log(importanceLimit))], shape)
    const chosen = g.node('Mul', [cutOff, corrected[i]!], shape)
    return g.node('Mul', [slope, g.node('Exp', [chosen], shape)], shape)
  }
}

/** The gradient, under the names that learnGraph gives it, of sum slopes * logits at chosen tokens of a classifier. */
export function logitsGraph(blueprint: Blueprint, how: Reading): Uint8Array {
  const t = new Transformer(blueprint, { learns: true })
  const of = t.logits(chosenRows(t, how))
  const gradient = t.g.input('slopes', 'float32', ['N', t.config.classes])
  return t.g.build(learnedGradients(t, blueprint, [{ of, gradient }]))
}

function learnedGradients(
  t: Transformer,
  { learned }: Blueprint,
  seeds: readonly Seed[],
): Record<string, Value> {
  const { head, tied } = t.config
  const isOutput = head === 'language-model' && tied
  const weights = learned.filter(({ name }) => name !== embedding || isOutput)
  const roots = weights.map(({ name }) => [`d:${name}`, t.weight(name)] as const)
  if (learned.some(({ name }) => name === embedding)) roots.push([embeddedGradient, t.embedded!])
  const gradients = t.g.gradients(
    seeds,
    roots.map(([, root]) => root),
  )
  return Object.fromEntries(roots.map(([name], i) => [name, gradients[i]!]))
}

/** Logits of chosen tokens of prompts, and every layer's keys and values to start a cache. */
export function promptGraph(blueprint: Blueprint): Uint8Array {
  const t = new Transformer(blueprint)
  const { hidden, cache } = readSequences(t, { rows: t.g.input('rows', 'int64', ['N']) })
  const logits = t.logits(hidden)
  const named = cache.flatMap(([k, v], l) => [[`k${l}`, k] as const, [`v${l}`, v] as const])
  return t.g.build({ logits, ...Object.fromEntries(named) })
}

/** Hidden states of the chosen tokens [N, D]. */
function chosenRows(t: Transformer, how: Reading): Value {
  return readSequences(t, { ...how, rows: t.g.input('rows', 'int64', ['N']) }).hidden
}

/** What each slice of rows [N, D] says of its targets. */
function readTokens(
  t: Transformer,
  rows: Value,
  cut: Slicer,
): { logprobs: Value[]; entropies: Value[]; means: Value[] } {
  const targets = cut.rows(t.g.input('targets', 'int64', ['N', 1]))
  const read = cut.rows(rows).map((hidden, i) => tokenLogprobs(t.g, t.logits(hidden), targets[i]!))
  return {
    logprobs: read.map(r => r.logprobs),
    entropies: read.map(r => r.entropies),
    means: read.map(r => r.means),
  }
}

/** Cuts everything that belongs to the chosen tokens in the same way: at `sizes`, which is fed where there are slices. */
class Slicer {
  private readonly g: Graph
  private readonly sizes: Value | null
  private readonly parts: number

  constructor(g: Graph, parts: number) {
    this.g = g
    this.parts = parts
    this.sizes = parts === 1 ? null : g.input('sizes', 'int64', [parts])
  }

  rows(x: Value): Value[] {
    const names = Array.from({ length: this.parts }, (_, i) => `N${i}`)
    return this.sizes === null ? [x] : split(this.g, x, this.sizes, { names })
  }
}

/** Columns [N0, 1], [N1, 1] ... one below the other. */
function below(g: Graph, parts: readonly Value[]): Value {
  return parts.length === 1
    ? parts[0]!
    : g.node('Concat', parts, ['N', 1], { attributes: { axis: 0 } })
}
