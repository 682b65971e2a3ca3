import type { Credit, Formula, Returns, Streams } from '../method.ts'
import type { Group } from '../types.ts'

/** Credits one stream of a group: one return per token, null for a rollout without a label. */
export interface Rule<R> {
  (group: Group, rewards: R): Returns
  readonly formula?: Formula
}

/** A rule that tells its formula. */
export function told<R>(rule: Rule<R>, formula: Formula): Rule<R> {
  return Object.assign(rule, { formula })
}

/** Rewards that every rule of a table can read. */
type RewardsOf<S> = S[keyof S] extends (group: Group, rewards: infer R) => Returns ? R : never

/** Credits several streams side by side; their names are those that the advantages must know. */
export function streams<S extends Readonly<Record<string, Rule<never>>>>(
  rules: S,
): Credit<RewardsOf<S>, keyof S & string> {
  const entries = Object.entries<Rule<never>>(rules)
  // `never` because a rule's own rewards are checked above, where the table is typed.
  const credited: Credit<RewardsOf<S>, keyof S & string> = (group, rewards) =>
    Object.fromEntries(
      entries.map(([name, rule]) => [name, rule(group, rewards as never)]),
    ) as Streams<keyof S & string>
  const formulas = Object.fromEntries(entries.map(([name, { formula }]) => [name, formula]))
  return Object.assign(credited, { formulas })
}
