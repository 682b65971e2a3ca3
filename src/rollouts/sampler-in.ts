import type { Engine, Precision } from '../engine/engine.ts'
import type { Sampler } from './sampler.ts'

/** What recipes ask of the engine of a sampler. */
type Asked = Pick<
  Engine,
  'info' | 'abilities' | 'version' | 'sample' | 'score' | 'spell' | 'hidden' | 'weights'
>

/** The same sampler, which draws in that precision where a call does not say. */
export function samplerIn<S extends Sampler & { readonly engine: Asked }>(
  sampler: S,
  precision: Precision,
): Omit<S, 'engine'> & { readonly engine: Asked } {
  if (precision === 'float32') return sampler
  const { engine } = sampler
  const own: Asked = {
    info: engine.info,
    abilities: engine.abilities,
    get version() {
      return engine.version
    },
    sample: (requests, options) => engine.sample(requests, { precision, ...options }),
    score: (...args) => engine.score(...args),
    spell: tokens => engine.spell(tokens),
    hidden: (...args) => engine.hidden(...args),
    weights: () => engine.weights(),
  }
  return { ...sampler, engine: own }
}
