import type { Outcome, Rewarded, Select, StepRewards } from '../method.ts'
import { mean } from '../numbers/numeric.ts'

/** What a self-taught policy samples at, and the score above which it learns what it sampled. */
export type Balance = { readonly temperature: number; readonly threshold: number }

export interface BalanceOptions {
  readonly wanted: number // different right answers of a problem that are enough
}

type Read = Outcome & StepRewards
type Batch = Rewarded<Read>

/** Temperatures beside the one that was best: a tenth below, itself and a tenth above, in [0.5, 1.2]. */
export function around(temperature: number): readonly [number, number, number] {
  const kept = (x: number): number => Math.round(10 * Math.min(Math.max(x, 0.5), 1.2)) / 10
  return [kept(temperature - 0.1), kept(temperature), kept(temperature + 0.1)]
}

/** min(n' / wanted, 1) * n' / n for n selected answers of which n' are right and different (B-STaR, arXiv:2412.17256, eq. 3); 0 of none. */
export function balanceScore(right: number, selected: number, wanted: number): number {
  return selected === 0 ? 0 : Math.min(right / wanted, 1) * (right / selected)
}

/** Of each group the rollouts of different texts that score above the threshold. */
export function above(threshold: number): Select<Read> {
  return batch => batch.groups_P.map((_, p) => selected(batch, p, threshold))
}

/** The temperature, of those that problems were sampled at in turn, and the threshold in [-1, 1) whose mean balance is best. */
export function rebalanced(now: Balance, { wanted }: BalanceOptions): (batch: Batch) => Balance {
  const temperatures = around(now.temperature)
  return batch => {
    const scoreOf = (threshold: number, among: (p: number) => boolean): number => {
      const scores = batch.groups_P.flatMap((_, p) => {
        if (!among(p)) return []
        const chosen = selected(batch, p, threshold)
        const right = chosen.filter(g => (batch.rewards_P[p]!.outcome_G[g] ?? 0) > 0.5)
        return [balanceScore(right.length, chosen.length, wanted)]
      })
      return scores.length === 0 ? 0 : mean(scores)
    }
    const thresholds = Array.from({ length: 20 }, (_, i) => (i - 10) / 10)
    const threshold = best(thresholds, now.threshold, x => scoreOf(x, () => true))
    const temperature = best(temperatures, temperatures[1], x =>
      scoreOf(threshold, p => temperatures[p % 3] === x),
    )
    return { temperature, threshold }
  }
}

/** The one of the highest score; what is used now where no other is better. */
function best(values: readonly number[], now: number, scoreOf: (x: number) => number): number {
  return values.reduce((found, x) => (scoreOf(x) > scoreOf(found) ? x : found), now)
}

function selected({ groups_P, rewards_P }: Batch, p: number, threshold: number): number[] {
  const { rollouts } = groups_P[p]!
  const { outcome_G, steps_G_S } = rewards_P[p]!
  const texts = new Set<string>()
  return rollouts.flatMap(({ text }, g) => {
    const [outcome, steps_S] = [outcome_G[g], steps_G_S[g]]
    if (outcome == null || steps_S == null || steps_S.length === 0) return []
    const score = Math.min(...steps_S) / 5 + outcome
    if (!(score > threshold) || texts.has(text)) return []
    texts.add(text)
    return [g]
  })
}
