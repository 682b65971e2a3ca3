// The advantages of a group, had a stage been another: by the stages that train, on what a run recorded. The other groups of
// the batch are as they were, so that only their part of the whitening is asked of them.

import { combine } from '../advantages/combine.ts'
import {
  centreOf,
  type Masked,
  moveBy,
  pooled,
  type Spread,
  spreadOf,
  unmoved,
  type Whitening,
} from '../advantages/whiten.ts'
import { written } from '../groups/written.ts'
import type { AdvantageTrace, Baseline, Returns, Rewards, Streams } from '../method.ts'
import type { Group } from '../types.ts'
import { baselineBy, type Choice, choiceOf, creditBy } from './rules.ts'
import type { Explained } from './token.ts'

/** How the streams of a group become advantages; a choice that is null is as the run had it. */
export interface Setup {
  readonly streams: Readonly<Record<string, StreamSetup>>
  readonly maskClosing: boolean
  readonly whiten: Whitening
}
export interface StreamSetup {
  readonly credit: Choice | null
  readonly baseline: Choice | null
  readonly weight: number
}

/** What the rest of a batch says of its whitening, by the form of it. */
export type Others = Readonly<Record<'verl' | 'openrlhf', Spread>>

/** A group as a run recorded it, and its arithmetic. */
export interface Recorded extends Explained {
  readonly group: Group
  readonly rewards: Rewards
  readonly others: Others | null // null: there are none
}

/** A group with other advantages, explained as those of the run are. */
export type Changed = Explained & { readonly trace: AdvantageTrace }

/**
 * The setup that the run had, as far as it is made of rules that are known here: a rule that gives other numbers than the
 * recorded ones stays null. null where a stage does not tell how it sums, or another one follows the whitening.
 */
export function recordedSetup(one: Recorded): Setup | null {
  const { trace } = one
  if (trace === undefined || (trace.after ?? []).length > 0) return null
  const streams = Object.entries(trace.parts).map(([name, part]): [string, StreamSetup] => {
    const credit = choiceOf(one.formulas[name])
    const baseline = choiceOf(part.formula)
    const returns_G = one.streams_P[0]![name]!
    const isCredit = sameAs(() => creditBy(credit!)(one.group, one.rewards as never), returns_G)
    const isBaseline = sameAs(
      () => baselineBy(baseline!)(one.group, returns_G),
      part.advantages_P_G_T[0]!,
    )
    return [
      name,
      {
        credit: isCredit ? credit : null,
        baseline: isBaseline ? baseline : null,
        weight: part.weight,
      },
    ]
  })
  return {
    streams: Object.fromEntries(streams),
    maskClosing: trace.masked_P_G_T[0]!.some(masked_T => masked_T.includes(1)),
    whiten: trace.whitening.form as Whitening,
  }
}

/**
 * The group by a setup, and with the rewards that are given. Where the sums before the whitening are those of the run it is
 * whitened by what the run recorded; else by these and what the rest of the batch says. Throws RangeError for options that a
 * rule refuses.
 */
export function whatIf(one: Recorded, setup: Setup, rewards: Rewards = one.rewards): Changed {
  const { group } = one
  const names = Object.keys(setup.streams)
  const credits = names.map(name => creditOf(one, name, setup.streams[name]!, rewards))
  const streams: Streams = Object.fromEntries(names.map((name, i) => [name, credits[i]!.returns_G]))
  const parts = names.map(name => [
    name,
    { baseline: baselineOf(one, name, setup.streams[name]!), weight: setup.streams[name]!.weight },
  ])
  const batch = { groups_P: [group], rewards_P: [rewards], streams_P: [streams] }
  const summed = combine(Object.fromEntries(parts), { maskClosing: setup.maskClosing })(batch)
  const trace = summed.trace!
  const kept_G_T = trace.kept_P_G_T[0]!
  const masks_G = group.rollouts.map((rollout, g) => ({
    written_T: written(rollout),
    masked_T: trace.masked_P_G_T[0]![g]!,
  }))
  const by = whiteningOf(one, setup.whiten, masks_G, kept_G_T)
  return {
    ...{ groups_P: [group], streams_P: [streams], loss: one.loss },
    rows_P: [one.rows_P[0]!.map((row, g) => ({ ...row, ...rewardsOf(rewards, g) }))],
    formulas: Object.fromEntries(names.map((name, i) => [name, credits[i]!.formula])),
    advantages_P_G_T: [moveBy(setup.whiten, masks_G, kept_G_T, by)],
    trace: { ...trace, whitening: { form: setup.whiten, ...by } },
  }
}

function rewardsOf({ outcome_G, steps_G_S }: Rewards, g: number) {
  return { outcome: outcome_G[g]!, stepRewards_S: steps_G_S?.[g] ?? null }
}

function creditOf(one: Recorded, name: string, { credit }: StreamSetup, rewards: Rewards) {
  if (credit === null) return { returns_G: one.streams_P[0]![name]!, formula: one.formulas[name] }
  const rule = creditBy(credit)
  // A rule is offered where the rewards have what it reads.
  return { returns_G: rule(one.group, rewards as Required<Rewards>), formula: rule.formula }
}

function baselineOf(one: Recorded, name: string, { baseline }: StreamSetup): Baseline {
  if (baseline !== null) return baselineBy(baseline)
  const { formula, advantages_P_G_T } = one.trace!.parts[name]!
  const recorded: Baseline = () => advantages_P_G_T[0]!
  return formula === undefined ? recorded : Object.assign(recorded, { formula })
}

function whiteningOf(
  one: Recorded,
  form: Whitening,
  masks_G: readonly Pick<Masked, 'written_T' | 'masked_T'>[],
  kept_G_T: readonly Float32Array[],
) {
  if (form === 'none') return unmoved
  const { whitening, kept_P_G_T } = one.trace!
  if (form === whitening.form && isSame(kept_G_T, kept_P_G_T[0]!)) return whitening
  const own = spreadOf(form, masks_G, kept_G_T)
  return centreOf(form, one.others === null ? own : pooled(own, one.others[form]))
}

function sameAs(make: () => Returns, then: Returns): boolean {
  try {
    return isSame(make(), then)
  } catch {
    return false // it was not this rule, or there is none
  }
}

/** Whether numbers are the same to the last bit. */
function isSame(now: Returns, then: Returns): boolean {
  return now.every((now_T, g) => {
    const then_T = then[g]!
    if (now_T === null || then_T === null) return now_T === then_T
    return (
      now_T.length === then_T.length &&
      now_T.every((x, t) => x === then_T[t] || (Number.isNaN(x) && Number.isNaN(then_T[t])))
    )
  })
}
