import type { Advantages, Outcome, Parts, Rewarded } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { followed } from './followed.ts'

type Names = 'rank' | 'rankVelocity' | 'rankAcceleration'
type Usual = Readonly<Record<Names, number>>
type Read = Outcome & Parts<Names>

export interface BonusOptions {
  readonly usual: Usual | null // running means; null: those of the batch
  readonly kappa: number // a bonus is at most 1 / kappa of the advantage
}

/**
 * Advantages A of whole rollouts, each + min(max(bonus, 0), |A| / kappa): the bonus is for a rank above the usual (exploring) or one that
 * grows faster (exploiting), weighted by the acceleration (arXiv:2509.23808, section 4). It never changes a sign where kappa > 1.
 */
export function boundedBonus<K extends string>(
  advantages: Advantages<K>,
  { usual, kappa }: BonusOptions,
): Advantages<K, Read> {
  return batch => {
    const before = advantages(batch)
    const { advantages_P_G_T, metrics } = before
    const means = usual ?? meansOf(batch.rewards_P)
    const raised_P_G_T = advantages_P_G_T.map((of_G, p) =>
      of_G.map((advantages_T, g) => {
        const bonus = means === null ? 0 : bonusOf(batch.rewards_P[p]!, g, means)
        return advantages_T.map(a => a + Math.min(Math.max(bonus, 0), Math.abs(a) / kappa))
      }),
    )
    return {
      metrics,
      ...followed(
        before,
        {
          name: 'bonus for ranks',
          formula: `A + min(max(bonus, 0), |A| / ${kappa})`,
          source: 'arXiv:2509.23808, section 4',
        },
        raised_P_G_T,
      ),
    }
  }
}
boundedBonus.trial = { not: 'it adds to advantages by ranks that earlier iterations had' }

function bonusOf({ parts_G }: Read, g: number, usual: Usual): number {
  const [rank, velocity, acceleration] = (
    ['rank', 'rankVelocity', 'rankAcceleration'] as const
  ).map(name => departure(parts_G[name][g] ?? usual[name], usual[name]))
  const explore = 1 / (1 + Math.exp(-1.5 * acceleration!))
  return explore * Math.tanh(rank!) + (1 - explore) * Math.tanh(velocity!)
}

/** How far x is from the usual, in units of that, kept in [-5, 5]. */
export function departure(x: number, usual: number): number {
  return Math.min(Math.max((x - usual) / (Math.abs(usual) + 1e-8), -5), 5)
}

/** Moves the usual ranks 0.3 of the way to those of a batch. */
export function usualRanks(usual: Usual | null): (batch: Rewarded<Read>) => Usual | null {
  return ({ rewards_P }) => {
    const now = meansOf(rewards_P)
    if (now === null || usual === null) return now ?? usual
    const moved = (name: Names): number => 0.7 * usual[name] + 0.3 * now[name]
    return {
      rank: moved('rank'),
      rankVelocity: moved('rankVelocity'),
      rankAcceleration: moved('rankAcceleration'),
    }
  }
}

function meansOf(rewards_P: readonly Read[]): Usual | null {
  const of = (name: Names): number =>
    mean(rewards_P.flatMap(({ parts_G }) => parts_G[name].filter(x => x !== null)))
  const means = {
    rank: of('rank'),
    rankVelocity: of('rankVelocity'),
    rankAcceleration: of('rankAcceleration'),
  }
  return Object.values(means).every(Number.isFinite) ? means : null
}
