// The server's model against its folder on this machine: whether tokens mean the same there, and numbers are the same.

import { readConfig } from '../engine/hf/config-file.ts'
import { parameterCount } from '../engine/hf/parameters.ts'
import { listTensors } from '../engine/hf/safetensors.ts'
import { openEngine } from '../engine/open.ts'
import type { Model } from '../engine/tinker/operations.ts'
import { loadTokenizer } from '../tokenizer/load.ts'
import { type Finding, farthest, finding, shortly } from './finding.ts'
import type { Trial } from './trial.ts'

/** A folder with the config.json and the tokenizer of the model, and its weights where they are at hand. */
export interface Here {
  readonly folder: string
}

const length = 24
const mostParameters = 2e9 // of a model that is opened here to compare
const sameWeights = 1e-3
const otherPrecision = 0.3 // of a log-probability; more is another model
const text = 'Compute 3+4. The sum of 3 and 4 is 7, so the answer is 7.\n\n'

export interface Compared {
  readonly findings: readonly Finding[]
  readonly ids: readonly [Int32Array, Int32Array] // of ordinary text, where there is a tokenizer
  readonly same: boolean | null // the model is the one here; null where that is not known
}

/** Scores two sequences: log-probabilities have to be numbers, and those of the folder's model. */
export async function tryHere(trial: Trial, model: Model, here: Here | null): Promise<Compared> {
  const ids = here === null ? plainIds() : await textIds(here.folder)
  const together = await trial.score(model, ...ids)
  const [alone] = await trial.score(model, ids[0])
  const apart = farthest(together[0]!, alone!)
  const alike = apart < sameWeights
  const scores = finding(
    'a sequence scores the same alone',
    alike,
    alike ? 'yes' : 'no',
    `${together[0]!.length} tokens, alone and beside another: ${shortly(apart)} apart`,
  )
  if (here === null) return { findings: [scores], ids, same: null }
  const mean = together[0]!.reduce((sum, x) => sum + x, 0) / together[0]!.length
  const one = await compared(here.folder, ids, together, mean)
  return { findings: [scores, one], ids, same: one.value as boolean | null }
}

async function compared(
  folder: string,
  ids: readonly Int32Array[],
  found: readonly Float32Array[],
  mean: number,
): Promise<Finding> {
  const about = 'its model is the one here'
  const config = await readConfig(folder)
  const chance = -Math.log(config.vocabSize)
  const weights = await listTensors(folder).catch(() => null)
  if (weights === null || parameterCount(config) > mostParameters) {
    const likely = mean > chance / 2
    const measured = `ordinary text has ${shortly(mean)} nats a token there, by chance ${shortly(chance)}`
    return finding(about, null, likely ? 'likely' : 'not told by its text', measured)
  }
  const engine = await openEngine({ kind: 'onnx', folder, threads: 2 })
  const local = await engine.score(ids)
  await engine.close()
  const apart = Math.max(...local.map(({ logprobs }, i) => farthest(logprobs, found[i]!)))
  const words =
    apart < sameWeights ? 'yes' : apart < otherPrecision ? 'yes, in other precision' : 'no'
  const measured = `log-probabilities of ${ids.length} sequences: ${shortly(apart)} apart`
  return finding(about, apart < otherPrecision, words, measured)
}

function plainIds(): [Int32Array, Int32Array] {
  const from = (first: number) => Int32Array.from({ length }, (_, t) => 3 + ((first + 5 * t) % 60))
  return [from(0), from(7)]
}

async function textIds(folder: string): Promise<[Int32Array, Int32Array]> {
  const tokenizer = await loadTokenizer(folder)
  let ids = tokenizer.encode(text)
  while (ids.length < 2 * length) ids = Int32Array.of(...ids, ...ids)
  return [ids.slice(0, length), ids.slice(length, 2 * length)]
}
