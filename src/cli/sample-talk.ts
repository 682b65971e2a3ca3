// `minform sample --environment`: what a model writes while something talks back.

import type { SampleRequest } from '../engine/engine.ts'
import { ConfigError, DataError } from '../errors.ts'
import { hashSeed } from '../numbers/random.ts'
import type { Environment } from '../rollouts/environment.ts'
import { independent } from '../rollouts/independent.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import type { Json, Rollout } from '../types.ts'

/** A prompt of a file, and its text where it was given as one. */
export interface AskedPrompt {
  readonly request: SampleRequest
  readonly text: string | null
  readonly where: string
}

/** A rollout as it is written out; tokens of the environment have no log-probability. */
export interface TalkedText {
  readonly ids: readonly number[]
  readonly text: string
  readonly logprobs: readonly (number | null)[]
  readonly stop: Rollout['stop']
  readonly spans: Rollout['spans']
  readonly talk: Json
}

/** Rollouts of prompts in an environment, n of each, in order; the seed and the first row decide them. */
export async function talkedTexts(
  sampler: Sampler & { readonly environment: Environment },
  prompts: readonly AskedPrompt[],
  { n, seed, first }: { readonly n: number; readonly seed: number; readonly first: number },
): Promise<TalkedText[]> {
  const problems = prompts.map(({ text, where }, i) => {
    if (text === null)
      throw new DataError(
        `${where}: ids; an environment is told texts, give a prompt or a question`,
      )
    return { id: `${first + i + 1}`, prompt: text, answer: null, solution: null, meta: {} }
  })
  const groups = await independent(sampler, n)(problems, hashSeed(seed, 'sample', first))
  return groups.flatMap(({ rollouts }) => rollouts.map(talkedText))
}

function talkedText({ ids, text, logprobs_T, stop, spans, talk }: Rollout): TalkedText {
  const logprobs = Array.from(logprobs_T, x => (Number.isNaN(x) ? null : x))
  return { ids: [...ids], text, logprobs, stop, spans, talk: talk as unknown as Json }
}

/** Refuses settings that rollouts in an environment do not have. */
export function requireTalkable(given: Readonly<Record<string, boolean>>): void {
  const stray = Object.keys(given).filter(flag => given[flag])
  if (stray.length > 0)
    throw new ConfigError(`${stray.join(', ')} does not go with --environment; leave it out`)
}
