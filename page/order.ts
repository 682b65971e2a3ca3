// Which rollout of a group, or which group of an iteration, is looked at next.

import type { GroupBrief, RolloutBrief } from '../src/view/api.ts'

/** How far judge and grader are apart: a right rollout with a bad worst step, or a wrong one whose steps all look good. */
export function dispute({ outcome, worst }: RolloutBrief): number | null {
  if (outcome === null || worst === null) return null
  return outcome > 0.5 ? -worst : worst
}

/** How sure the judge is of what the grader, or the oracle at some step, sees otherwise; below 0 where none does. */
export function largestDispute(rollout: RolloutBrief): number | null {
  const [whole, step] = [dispute(rollout), rollout.disputed]
  if (step === null) return whole
  return Math.max(whole ?? -1, Math.abs(step.score))
}

/** The rollouts that the grader and the judge see differently: the judge's worst step on the other side of 0. */
export function disputed(rollout: RolloutBrief): boolean {
  return (dispute(rollout) ?? -1) > 0
}

/** The rollout with the most of something; among equals the first; null where none has it. */
export function most(
  rollouts: readonly RolloutBrief[],
  of: (rollout: RolloutBrief) => number | null,
): number | null {
  let [best, found] = [-Infinity, null as number | null]
  for (const rollout of rollouts) {
    const value = of(rollout)
    if (value === null || !(value > best)) continue
    ;[best, found] = [value, rollout.rollout]
  }
  return found
}

export const choices: Readonly<Record<string, (rollout: RolloutBrief) => number | null>> = {
  best: ({ advantage }) => advantage,
  worst: ({ advantage }) => (advantage === null ? null : -advantage),
  disputed: largestDispute,
}

/** How many right of those that were graded, and the largest dispute of a group. */
export function summaryOf({ rollouts }: GroupBrief) {
  const graded = rollouts.filter(({ outcome }) => outcome !== null)
  const right = graded.filter(({ outcome }) => outcome! > 0.5).length
  const worst = rollouts.flatMap(one => one.worst ?? [])
  return {
    ...{ right, graded: graded.length },
    worst: worst.length === 0 ? null : worst.reduce((a, b) => a + b) / worst.length,
    tokens: rollouts.reduce((sum, { tokens }) => sum + tokens, 0) / Math.max(rollouts.length, 1),
    learned: rollouts.filter(({ learned }) => learned).length,
    disputes: rollouts.filter(one => disputed(one) || one.disputed !== null).length,
  }
}
