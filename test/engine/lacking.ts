import { allAbilities } from '../../src/engine/abilities.ts'
import type { Abilities, Engine, TokenScores } from '../../src/engine/engine.ts'
import { EngineError } from '../../src/errors.ts'

/** An engine that can no more than a server: what it lacks is refused, or not there. */
export function lacking<E extends Engine>(engine: E, without: Partial<Abilities>): E {
  const abilities = { ...allAbilities, ...without }
  const bare = (scores: readonly TokenScores[]): TokenScores[] =>
    abilities.entropies ? [...scores] : scores.map(one => ({ ...one, entropies: null }))
  const verbs: Partial<Engine> = {
    abilities,
    score: async (...args) => bare(await engine.score(...args)),
    accumulate: async (sequences, signal) => {
      if (!abilities.entropies && sequences.some(one => one.entropyWeights !== undefined))
        throw new EngineError('accumulate: weights of entropies')
      return bare(await engine.accumulate(sequences, signal))
    },
    step: async options => {
      if (!abilities.clipNorm && options.clipNorm !== null)
        throw new EngineError(`step: clipNorm ${options.clipNorm}; expected null`)
      return engine.step(options)
    },
    sample: async (requests, options) => {
      if (!abilities.minTokens && (options.minTokens ?? 0) > 0)
        throw new EngineError('sample: minTokens')
      const all = await engine.sample(requests, options)
      const plain = (options.temperature ?? 1) === 1 && !options.topK && !options.topP
      if (abilities.shapedLogprobs || plain || options.greedy) return all
      const unknown = (values: Float32Array): Float32Array => values.map(() => Number.NaN)
      return all.map(completions =>
        completions.map(one => ({ ...one, sampledLogprobs_T: unknown(one.logprobs_T) })),
      )
    },
  }
  return new Proxy(engine, {
    get(target, name) {
      if (name in verbs) return verbs[name as keyof typeof verbs]
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
