import { written } from '../groups/written.ts'
import type { Advantages, Outcome } from '../method.ts'
import { type Counts, effect, fisher, informationGain } from '../numbers/contingency.ts'
import type { Group, Rollout } from '../types.ts'
import { followed } from './followed.ts'

export interface KeyTokenOptions {
  readonly except: readonly number[] // token ids without a value: those that end a rollout
  readonly frequency?: boolean // whether it counts how often a token is used, too; default true
  readonly strength?: number // of the largest value; default 1
}

/**
 * Advantages, and to each token of a labelled rollout what its id tells of outcomes in the group: above 0 where right rollouts
 * use it, the same in right and in wrong ones (KTAE, arXiv:2505.16826). 0 in a group whose outcomes are equal.
 */
export function keyTokens<K extends string>(
  advantages: Advantages<K>,
  options: KeyTokenOptions,
): Advantages<K, Outcome> {
  return batch => {
    const before = advantages(batch)
    const { advantages_P_G_T, metrics } = before
    let [size, tokens] = [0, 0]
    const sums_P_G_T = batch.groups_P.map((group, p) => {
      const { outcome_G } = batch.rewards_P[p]!
      const values = keyValues(group, outcome_G, options)
      return group.rollouts.map((rollout, g) => {
        const written_T = written(rollout)
        return advantages_P_G_T[p]![g]!.map((a, t) => {
          if (outcome_G[g] === null || written_T[t] === 0) return a
          const value = values.get(rollout.ids[t]!) ?? 0
          size += Math.abs(value)
          tokens++
          return a + value
        })
      })
    })
    const mean = size / Math.max(tokens, 1)
    return {
      ...followed(
        before,
        {
          name: 'key tokens',
          formula: 'A + what the token tells of outcomes in the group',
          source: 'arXiv:2505.16826',
        },
        sums_P_G_T,
      ),
      metrics: { ...metrics, 'advantages/key_size': mean },
    }
  }
}
keyTokens.trial = { not: 'it changes advantages by the ids of tokens' }

/** The value of each token id that the policy wrote in a group. */
export function keyValues(
  { rollouts }: Group,
  outcome_G: readonly (number | null)[],
  { except, frequency = true, strength = 1 }: KeyTokenOptions,
): ReadonlyMap<number, number> {
  const known = rollouts.filter((_, g) => outcome_G[g] !== null)
  const isRight = outcome_G.filter(outcome => outcome !== null).map(outcome => outcome > 0.5)
  const [right, wrong] = [true, false].map(r => poolOf(known.filter((_, i) => isRight[i] === r)))
  if (right!.size === 0 || wrong!.size === 0) return new Map()
  const used = new Set([...right!.uses.keys(), ...wrong!.uses.keys()])
  const average = (right!.tokens + wrong!.tokens) / 2
  const values = [...used].map((id): [number, number] => {
    const [a, b] = [right!.having.get(id) ?? 0, wrong!.having.get(id) ?? 0]
    const [x, y] = [termFrequency(right!, id, average), termFrequency(wrong!, id, average)]
    const ratios = frequency ? x / (y + 1e-5) - y / (x + 1e-5) : 0
    return [id, strength * keyValue({ a, b, c: right!.size - a, d: wrong!.size - b }, ratios)]
  })
  return new Map(values.filter(([id]) => !except.includes(id)))
}

/** 2 sigmoid(k) - 1 with k = (exp(-2 p) + gain) / 2 * (effect + ratios), p that of Fisher's test, 1 counting as infinite. */
export function keyValue(counts: Counts, ratios = 0): number {
  const p = fisher(counts)
  const strength = (p > 1 - 1e-9 ? 0 : Math.exp(-2 * p)) + informationGain(counts)
  return Math.tanh((strength * (effect(counts) + ratios)) / 4)
}

/** Some rollouts, and of each token id in how many it is and how often. */
interface Pool {
  readonly size: number
  readonly tokens: number
  readonly having: ReadonlyMap<number, number>
  readonly uses: ReadonlyMap<number, number>
}

function poolOf(rollouts: readonly Rollout[]): Pool {
  const [having, uses] = [new Map<number, number>(), new Map<number, number>()]
  let tokens = 0
  for (const rollout of rollouts) {
    const ids = rollout.ids.filter((_, t) => written(rollout)[t] === 1)
    for (const id of ids) uses.set(id, (uses.get(id) ?? 0) + 1)
    for (const id of new Set(ids)) having.set(id, (having.get(id) ?? 0) + 1)
    tokens += ids.length
  }
  return { size: rollouts.length, tokens, having, uses }
}

/** BM25's weight of a term with k1 = 2, b = 0.5, the rollouts of a pool being one text. */
function termFrequency({ tokens, uses }: Pool, id: number, average: number): number {
  const frequency = (uses.get(id) ?? 0) / Math.max(tokens, 1)
  return (3 * frequency) / (frequency + 2 * (0.5 + (0.5 * tokens) / average))
}
