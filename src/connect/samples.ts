// What a server says of what it samples, and what it samples from once the model has learned on.

import type { Carrier } from '../engine/tinker/dialect.ts'
import type { Model } from '../engine/tinker/operations.ts'
import { type Finding, farthest, finding, shortly } from './finding.ts'
import { signed } from './gradients.ts'
import { descent, type Trial } from './trial.ts'

const sameNumbers = 2e-3 // of log-probabilities; more is another distribution
const temperature = 0.5
const maxTokens = 8

export interface Samples {
  readonly findings: readonly Finding[]
  readonly exactSeeds: boolean
  /** Whether log-probabilities of samples are the model's own, at temperature 1 over all tokens. */
  readonly own: boolean
}

/** Log-probabilities under a temperature, seeds, greedy samples, stop tokens and prompts. */
export async function trySamples(trial: Trial, model: Model, ids: Int32Array): Promise<Samples> {
  const sampler = await trial.publish(model)
  const draw = async (sampling: Parameters<Trial['sample']>[2]) =>
    (await trial.sample(sampler, ids, { maxTokens, ...sampling })).completions
  const shaped = (await draw({ temperature, n: 2, seed: 40 })) as [Drawn, Drawn]
  const again = (await draw({ temperature, n: 2, seed: 40 })) as [Drawn, Drawn]
  const next = (await draw({ temperature, n: 2, seed: 41 })) as [Drawn, Drawn]
  const exactSeeds = shaped.every((one, i) => String(one.ids) === String(again[i]!.ids))
  const shifted = String(shaped[1].ids) === String(next[0].ids)
  const scored = await trial.score(model, ...shaped.map(one => joined(ids, one.ids)))
  const apart = Math.max(
    ...shaped.map((one, i) => farthest(one.logprobs, scored[i]!.slice(ids.length - 1))),
  )
  const own = apart < sameNumbers
  const [greedy] = (await draw({ temperature: 0 })) as [Drawn]
  const [other] = (await draw({ temperature: 0, seed: 77 })) as [Drawn]
  const likeliest = String(greedy.ids) === String(other.ids)
  const findings = [
    finding(
      "a sample's log-probabilities",
      own ? 'model' : 'other',
      own ? "are the model's, at temperature 1" : "are not the model's at temperature 1",
      `at temperature ${temperature} they are ${shortly(apart)} from what score says`,
    ),
    finding(
      'one seed gives the same tokens',
      exactSeeds,
      exactSeeds ? 'yes' : 'no',
      `2 x ${maxTokens} tokens, twice; sample 1 of seed 40 ${shifted ? 'is' : 'is not'} sample 0 of seed 41`,
    ),
    finding(
      'temperature 0 takes the likeliest',
      likeliest,
      likeliest ? 'yes' : 'no',
      `two seeds, ${likeliest ? 'the same' : 'other'} ${greedy.ids.length} tokens`,
    ),
    await stops(draw, greedy),
    await prompted(trial, model, ids),
  ]
  return { findings, exactSeeds, own }
}

type Drawn = Awaited<ReturnType<Trial['sample']>>['completions'][number]

async function stops(
  draw: (sampling: Parameters<Trial['sample']>[2]) => Promise<readonly Drawn[]>,
  greedy: Drawn,
): Promise<Finding> {
  const id = greedy.ids[Math.min(2, greedy.ids.length - 1)]!
  const [ended] = (await draw({ temperature: 0, stopIds: [id] })) as [Drawn]
  const expected = greedy.ids.slice(0, greedy.ids.indexOf(id) + 1)
  const right = String(ended.ids) === String(expected) && ended.stop === 'stop'
  const measured = `asked to stop at token ${expected.length}: ${ended.ids.length} tokens, '${ended.stop}'`
  return finding('a stop token ends a sample, kept', right, right ? 'yes' : 'no', measured)
}

/** Log-probabilities of a prompt by the frozen base model, which a model that is fresh equals. */
async function prompted(trial: Trial, model: Model, ids: Int32Array): Promise<Finding> {
  const about = 'the frozen base model scores'
  if (trial.operations.dialect.baseSampler === null)
    return finding(about, false, 'no', 'the dialect has no words for it')
  const base = await trial.base()
  const { promptLogprobs } = await trial.sample(base, ids, { maxTokens: 1, promptLogprobs: true })
  const [now] = await trial.score(model, ids)
  const apart = farthest(promptLogprobs!, now!)
  return finding(
    about,
    true,
    'yes, by prompt log-probabilities',
    `${promptLogprobs!.length} of ${ids.length} tokens, ${shortly(apart)} from the fresh adapter's`,
  )
}

/**
 * Whether a publication stays as it is while the model learns on: it is sampled, the model steps, it is sampled again; and
 * whether sampling an old one undoes steps. A likeliest token tells by its log-probability.
 */
export async function tryPublications(
  trial: Trial,
  model: Model,
  ids: Int32Array,
  carrier: Carrier,
): Promise<{ readonly finding: Finding; readonly snapshots: boolean }> {
  const read = async (sampler: string) =>
    (await trial.sample(sampler, ids, { maxTokens, temperature: 0 })).completions[0]!
  const sampler = await trial.publish(model)
  const before = await read(sampler)
  const whole = joined(ids, before.ids)
  await push(trial, model, whole, carrier)
  const [stepped] = await trial.score(model, whole)
  const after = await read(sampler)
  const [later] = await trial.score(model, whole)
  const apart = likeness(before, after)
  const undone = farthest(stepped!, later!)
  const snapshots = apart < sameNumbers && undone < sameNumbers
  const moved = farthest(stepped!.slice(ids.length - 1), before.logprobs)
  const found = snapshots
    ? 'stays as it was'
    : undone >= sameNumbers
      ? 'sampling an old one undoes steps'
      : 'samples the weights of now'
  const measured = `a step moved log-probabilities by ${shortly(moved)}, the publication's by ${shortly(apart)}; reading it moved the model by ${shortly(undone)}`
  return { snapshots, finding: finding('an old publication', snapshots, found, measured) }
}

/** A step that is felt: the likeliest continuation becomes less likely. */
async function push(trial: Trial, model: Model, ids: Int32Array, carrier: Carrier) {
  const [logprobs] = await trial.score(model, ids)
  const sequence = { ids, weights: signed(ids), logprobs: logprobs! }
  const norm = (await trial.norm(model, [[sequence]], carrier))!
  await trial.learn(model, [sequence], carrier)
  await trial.step(model, descent(0.5 / norm ** 2))
}

/** How far the log-probabilities of two greedy samples are apart, as far as they took the same tokens. */
function likeness(a: Drawn, b: Drawn): number {
  const same = a.ids.findIndex((id, t) => id !== b.ids[t])
  const shared = same < 0 ? a.ids.length : same
  if (shared === 0) return Number.POSITIVE_INFINITY
  return farthest(a.logprobs.slice(0, shared), b.logprobs.slice(0, shared))
}

function joined(...parts: readonly Int32Array[]): Int32Array {
  return Int32Array.from(parts.flatMap(part => [...part]))
}
