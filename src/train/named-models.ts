// Models that a request names, by paths or by names on the Hub.

import type { ScorerSpec } from '../prm/score/spec.ts'
import type { Settings } from './request/request.ts'

/** A scorer whose models go by what `find` makes of their names. */
export async function scorerNamed(
  spec: ScorerSpec,
  find: (named: string) => Promise<string>,
): Promise<ScorerSpec> {
  if (spec.kind !== 'model') return spec
  const { folder, reference } = spec
  const base = reference === undefined ? {} : { reference: await find(reference) }
  return { ...spec, folder: await find(folder), ...base }
}

/** Settings whose models go by what `find` makes of their names. */
export async function modelsNamed<S extends Pick<Settings, 'model' | 'prm' | 'scorer'>>(
  settings: S,
  find: (named: string) => Promise<string>,
): Promise<S> {
  const { model, prm, scorer } = settings
  return {
    ...settings,
    model: model === null ? null : await find(model),
    prm: prm === null ? null : await find(prm),
    scorer: scorer === null ? null : await scorerNamed(scorer, find),
  }
}
