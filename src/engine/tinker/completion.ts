// What a server drew, as an engine gives it: cut where a stop string is complete, and with what is known of the distribution
// that was drawn from.

import type { SampleRules } from '../completing.ts'
import type { Completion, SampleOptions } from '../engine.ts'
import type { StopCursor } from '../stop-strings.ts'
import type { Prompted, Sampled } from './dialect.ts'

export type SamplingSettings = Pick<Prompted, 'temperature' | 'topK' | 'topP' | 'stopIds'>

/** How a call of `sample` is put to a server. Stop strings are looked for here, by their bytes. */
export function samplingSettings(options: SampleOptions): SamplingSettings {
  const { temperature = 1, topK, topP = 1, greedy = false, stopIds } = options
  return { temperature: greedy ? 0 : temperature, topK: topK ?? null, topP, stopIds }
}

/** A completion by weights of this version. */
export function completionOf(
  { ids: whole, logprobs, stop }: Sampled,
  { stopIds, stopStrings }: SampleRules,
  settings: SamplingSettings,
  version: number,
): Completion {
  const cursor: StopCursor = { state: 0, found: null }
  let length = 0
  while (length < whole.length) {
    const id = whole[length++]!
    stopStrings?.advance(cursor, id)
    if (stopIds.has(id)) cursor.found = null
    if (stopIds.has(id) || cursor.found !== null) break
  }
  const ids = whole.subarray(0, length)
  const cut = cursor.found !== null || stopIds.has(ids.at(-1)!)
  const logprobs_T = logprobs.subarray(0, length)
  return {
    ids,
    logprobs_T,
    sampledLogprobs_T: drawnFrom(logprobs_T, settings),
    stop: cut ? 'stop' : stop,
    stopString: cursor.found,
    version,
  }
}

/** Servers tell log-probabilities of the model alone: those of what was drawn from are known where it is the model, or greedy. */
function drawnFrom(
  logprobs_T: Float32Array,
  { temperature, topK, topP }: SamplingSettings,
): Float32Array {
  if (temperature === 1 && topK === null && topP === 1) return logprobs_T.slice()
  return new Float32Array(logprobs_T.length).fill(temperature === 0 ? 0 : Number.NaN)
}
