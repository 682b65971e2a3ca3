// Why a token got its advantage: the arithmetic from rewards on, stream by stream.

import { written } from '../groups/written.ts'
import type { BatchAdvantages, Credited, Formula } from '../method.ts'
import type { LossWeight, LossWeights } from './loss.ts'

/** What a token is explained by: a replay, or as much of it as a page is told. */
export interface Explained
  extends Pick<Credited, 'groups_P' | 'streams_P'>,
    Pick<BatchAdvantages, 'advantages_P_G_T' | 'trace'> {
  readonly formulas: Readonly<Record<string, Formula | undefined>> // of each stream's credit
  readonly rows_P: readonly (readonly ExplainedRow[])[] // of each group, those that were credited
  readonly loss: LossWeights | null // null: the loss does not say what tokens count
}

/** What a run recorded of a rollout beside its tokens. */
export interface ExplainedRow {
  readonly outcome: number | null
  readonly stepRewards_S: ArrayLike<number> | null
  readonly parts: Readonly<Record<string, number | null>>
  readonly advantages_T: ArrayLike<number> | null
  readonly learned: boolean
}

/** One stream's way into an advantage. */
export interface StreamShare {
  readonly name: string
  readonly credit: number | null // G[t]; null without a label
  readonly creditBy: Formula | null
  readonly part: number // after the baseline
  readonly baseline: number | null // G[t] - part: what the baseline took; null without a label
  readonly baselineBy: Formula | null
  readonly weight: number
  readonly share: number // weight * part
}

/** What one token's advantage is made of; every number as the replay has it. */
export interface TokenWhy {
  readonly token: number
  readonly step: number | null // the index of its step
  readonly rewards: {
    readonly outcome: number | null
    readonly step: number | null // the score of its step
    readonly steps: readonly number[] | null // of all steps
    readonly others: Readonly<Record<string, number | null>> // named numbers of the rollout
  }
  readonly written: boolean // by the policy
  readonly shares: readonly StreamShare[] | null // null: the stage does not tell how it sums
  readonly sum: number | null
  readonly masked: boolean | null
  readonly whitening: {
    readonly form: string
    readonly mean: number
    readonly deviation: number
  } | null
  readonly whitened: number | null // what the whitening made of the sum, or the mask; null where nothing is told
  readonly after: readonly { readonly formula: Formula; readonly advantage: number }[] // by later stages
  readonly advantage: number // by the replay
  readonly recorded: number
  readonly learned: boolean
  readonly loss: LossShare | null // null: it was not learned from, or the loss does not say what tokens count
}

/** A token's share in the loss of the update: what the loss moves its log-probability by, at the start. */
export interface LossShare extends LossWeight {
  readonly formula: Formula
  readonly steps: number // of the optimizer in one pass
  readonly passes: number
  readonly share: number // weight * advantage
  readonly recorded: number // weight * the recorded advantage
}

/** Explains token t of a rollout: group p and rollout g count among those that were credited. */
export function whyToken(replay: Explained, p: number, g: number, t: number): TokenWhy {
  const row = replay.rows_P[p]![g]!
  const rollout = replay.groups_P[p]!.rollouts[g]!
  const step = rollout.steps.findIndex(({ start, end }) => start <= t && t < end)
  const scores = row.stepRewards_S === null ? null : Array.from(row.stepRewards_S)
  const { trace } = replay
  const isWritten = written(rollout)[t] === 1
  const advantage = replay.advantages_P_G_T[p]![g]![t]!
  const recorded = row.advantages_T![t]!
  const shares = trace === undefined ? null : sharesOf(replay, p, g, t)
  return {
    token: t,
    step: step < 0 ? null : step,
    rewards: {
      outcome: row.outcome,
      step: scores?.[step] ?? null,
      steps: scores,
      others: row.parts,
    },
    written: isWritten,
    shares,
    sum: shares?.reduce((sum, { share }) => Math.fround(sum + share), 0) ?? null,
    masked: trace === undefined ? null : trace.masked_P_G_T[p]![g]![t] === 1,
    whitening: trace?.whitening ?? null,
    ...whitenedAt(replay, p, g, t),
    ...{ advantage, recorded, learned: row.learned },
    loss: isWritten ? lossShare(replay.loss, p, g, { advantage, recorded }) : null,
  }
}

/** The advantage after the whitening, and after each later stage. */
function whitenedAt({ trace, advantages_P_G_T }: Explained, p: number, g: number, t: number) {
  if (trace === undefined) return { whitened: null, after: [] }
  const after = (trace.after ?? []).map(({ formula, advantages_P_G_T }) => ({
    formula,
    advantage: advantages_P_G_T[p]![g]![t]!,
  }))
  if (after.length === 0) return { whitened: advantages_P_G_T[p]![g]![t]!, after }
  const { form, mean, deviation } = trace.whitening
  const kept = trace.kept_P_G_T[p]![g]![t]!
  const still =
    form === 'none' || trace.masked_P_G_T[p]![g]![t] === 1 || (form === 'openrlhf' && kept === 0)
  return { whitened: still ? kept : (kept - mean) / deviation, after }
}

/** Of which optimizer step a share is, in words. */
export function stepOf({ step, steps, passes, rollouts, tokens }: LossShare): string {
  const which = steps === 1 ? '' : `, step ${step} of ${steps}`
  const pass = passes === 1 ? '' : ` in the first of ${passes} passes`
  return `here ${tokens} tokens of ${rollouts} rollouts${which}${pass}`
}

function lossShare(
  loss: LossWeights | null,
  p: number,
  g: number,
  { advantage, recorded }: Pick<TokenWhy, 'advantage' | 'recorded'>,
): LossShare | null {
  const own = loss?.weights_P_G[p]?.[g]
  if (loss === null || own == null) return null
  const { formula, steps, passes } = loss
  const { weight } = own
  return { ...own, formula, steps, passes, share: weight * advantage, recorded: weight * recorded }
}

function sharesOf({ trace, formulas, streams_P }: Explained, p: number, g: number, t: number) {
  return Object.entries(trace!.parts).map(([name, { weight, formula, advantages_P_G_T }]) => {
    const credit = streams_P[p]![name]![g]?.[t] ?? null
    const part = advantages_P_G_T[p]![g]![t]!
    return {
      ...{ name, credit, creditBy: formulas[name] ?? null, part },
      baseline: credit === null ? null : credit - part,
      baselineBy: formula ?? null,
      ...{ weight, share: weight * part },
    }
  })
}
