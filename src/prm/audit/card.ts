// What should be known of a reward before something learns from it (arXiv:2310.13595, section 5): where it comes from, what it was
// taught, how it is read, and what it was tried on.

import type { StepScorer } from '../score/step-scorer.ts'

/** A reward's card; null of what nobody has written down. */
export interface RewardCard {
  readonly name: string
  readonly data: string | null // what it learned from
  readonly objective: string | null // the loss that it learned by
  readonly aggregation: string // how several scores become one
  readonly range: readonly [number, number] // infinite where there is no bound
  readonly threshold: number // above it a step counts as right
  readonly tried: string // the set that it was tried on
}

type Read = Pick<StepScorer, 'name' | 'range' | 'threshold' | 'aggregation'>

/** The card of a scorer; `training` is the config.json of the training that made it, null where it is not there. */
export function rewardCard(
  { name, range, threshold, aggregation }: Read,
  training: unknown,
  tried: string,
): RewardCard {
  const { source, loss } = (training ?? {}) as { source?: Record<string, unknown>; loss?: unknown }
  const told = Object.entries(source ?? {}).filter(([, value]) => typeof value !== 'object')
  return {
    name,
    data: told.length === 0 ? null : told.map(([key, value]) => `${key} ${value}`).join(', '),
    objective: typeof loss === 'string' ? loss : null,
    ...{ aggregation, range, threshold, tried },
  }
}

/** The card, a line a field. */
export function cardText({ range: [low, high], ...card }: RewardCard): string {
  const unknown = 'nobody has written it down'
  const rows = [
    ['learned from', card.data ?? unknown],
    ['learned by', card.objective ?? unknown],
    ['scores', `${low} to ${high}, a step is right above ${card.threshold}`],
    ['of a solution', `the ${card.aggregation} of its steps`],
    ['tried on', card.tried],
  ] as const
  return [`reward ${card.name}`, ...rows.map(([a, b]) => `  ${a.padEnd(14)}${b}`), ''].join('\n')
}
