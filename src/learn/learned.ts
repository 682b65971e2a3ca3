import { mean } from '../numbers/numeric.ts'

/** What a step, or several, did. `dropped` says why nothing was learned; null where something was. */
export interface Learned {
  readonly dropped: string | null
  readonly metrics: Readonly<Record<string, number>>
}

/**
 * Several steps told as one: metrics are means over them, the largest where their name ends in _max. Dropped is what none of
 * them learned from; where some did, `update/skipped` counts the others.
 */
export function together(steps: readonly Learned[]): Learned {
  const skipped = steps.filter(({ dropped }) => dropped !== null)
  const dropped = skipped.length === steps.length ? (skipped[0]?.dropped ?? null) : null
  const names = [...new Set(steps.flatMap(({ metrics }) => Object.keys(metrics)))]
  const metrics = Object.fromEntries(
    names.map(name => {
      const of = steps.flatMap(step => step.metrics[name] ?? [])
      return [name, name.endsWith('_max') ? Math.max(...of) : mean(of)]
    }),
  )
  const count = steps.length > 1 ? { 'update/skipped': skipped.length } : {}
  return { dropped, metrics: { ...metrics, ...count } }
}
