// Which runs have curves, and in what colours.

import type { RunBrief } from '../src/view/api.ts'

const first = 8 // runs whose curves are seen until others are chosen, and colours

/** The runs whose curves are seen: those that were chosen, else the first ones. */
export function shownRuns(runs: readonly RunBrief[], chosen: readonly string[] | null): string[] {
  const known = runs.filter(({ wrong }) => wrong === null).map(({ id }) => id)
  return chosen === null ? known.slice(0, first) : chosen.filter(id => known.includes(id))
}

/** The class that gives the colour of the run at a place among all. */
export function colourOf(place: number): string {
  return `run-${Math.max(place, 0) % first}`
}

/** Metrics that are looked at first, where a run has them. */
const usual = [
  'rollouts/accuracy',
  'rewards/process_mean',
  'rewards/process_min_mean',
  'rollouts/tokens_mean',
  'update/kl',
  'update/entropy',
]

/** The metrics that are seen: those that were chosen, else the usual ones. */
export function shownMetrics(known: readonly string[], chosen: readonly string[] | null): string[] {
  return (chosen ?? usual).filter(name => known.includes(name))
}
