import { toRollout } from './independent.ts'
import type { Sampler } from './sampler.ts'

/** How texts are sampled, where it is not as the sampler does. */
export interface TextOptions {
  readonly temperature?: number | undefined // 0: greedy
  readonly maxTokens?: number | undefined
}

interface Waiting {
  readonly ids: Int32Array
  readonly seed: number
  readonly resolve: (text: string) => void
  readonly reject: (error: unknown) => void
}

/** The text that follows a prompt, which the seed decides; what is asked for at once is sampled side by side. */
export function texts(
  { engine, tokenizer, stopIds, ...usual }: Sampler,
  { temperature = usual.temperature ?? 1, maxTokens = usual.maxTokens }: TextOptions = {},
): (ids: Int32Array, seed: number) => Promise<string> {
  let waiting: Waiting[] = []
  const flush = async (): Promise<void> => {
    const all = waiting
    waiting = []
    const greedy = temperature === 0 || (usual.greedy ?? false)
    const options = { maxTokens, temperature: temperature || 1, greedy, stopIds }
    try {
      const requests = all.map(({ ids, seed }) => ({ ids, n: 1, seed }))
      const found = await engine.sample(requests, options)
      for (const [i, one] of all.entries())
        one.resolve(toRollout(found[i]![0]!, one.ids, tokenizer).text)
    } catch (error) {
      for (const one of all) one.reject(error)
    }
  }
  return (ids, seed) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush)
      waiting.push({ ids, seed, resolve, reject })
    })
}
