// Models that a request names, by paths or by names on the Hub.

import type { ScorerSpec } from '../prm/score/spec.ts'
import { isRemote } from './engine.ts'
import type { Settings } from './request/request.ts'

/** Finds a model by its name; `weights`: all of it, else its configuration and tokenizer. */
export type Find = (named: string, weights: boolean) => Promise<string>

/** A scorer whose models go by what `find` makes of their names. */
export async function scorerNamed(spec: ScorerSpec, find: Find): Promise<ScorerSpec> {
  if (spec.kind !== 'model') return spec
  const { folder, reference } = spec
  const here = spec.served === undefined
  const base = reference === undefined ? {} : { reference: await find(reference, here) }
  return { ...spec, folder: await find(folder, here), ...base }
}

/** Settings whose models go by what `find` makes of their names. */
export async function modelsNamed<S extends Pick<Settings, 'engine' | 'model' | 'prm' | 'scorer'>>(
  settings: S,
  find: Find,
): Promise<S> {
  const { model, prm, scorer } = settings
  const here = scorer?.kind !== 'model' || scorer.served === undefined
  return {
    ...settings,
    model: model === null ? null : await find(model, !isRemote(settings)),
    prm: prm === null ? null : await find(prm, here),
    scorer: scorer === null ? null : await scorerNamed(scorer, find),
  }
}
