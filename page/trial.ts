// A group by another setup, and how its tokens are coloured by it.

import { type Changed, type Setup, whatIf } from '../src/explain/what-if.ts'
import type { Rewards } from '../src/method.ts'
import type { ExplainedGroup } from './explained.ts'
import type { Field } from './fields.ts'

/** Other scores of steps, by `rollout/step`, the rollout's place among those that were credited. */
export type Scores = ReadonlyMap<string, number>

/** What came of a setup, or why nothing did. */
export interface Trial {
  readonly changed: Changed | null
  readonly wrong: string | null
}

export function trial(one: ExplainedGroup, setup: Setup, scores: Scores): Trial {
  try {
    return { changed: whatIf(one, setup, rescored(one.rewards, scores)), wrong: null }
  } catch (cause) {
    return { changed: null, wrong: (cause as Error).message }
  }
}

/** Rewards with other scores of some steps. */
export function rescored(rewards: Rewards, scores: Scores): Rewards {
  const { steps_G_S } = rewards
  if (scores.size === 0 || steps_G_S === undefined) return rewards
  return {
    ...rewards,
    steps_G_S: steps_G_S.map((scores_S, g) =>
      scores_S === null ? null : scores_S.map((score, s) => scores.get(`${g}/${s}`) ?? score),
    ),
  }
}

/** The advantages of a trial, and how far they are from those of the run, as numbers to colour tokens by. */
export function changedFields(
  one: ExplainedGroup,
  changed: Changed,
  fields: readonly Field[],
): Field[] {
  const recorded = fields.find(({ name }) => name === 'advantage')
  const values_G_T = one.places.map(g =>
    g === null ? null : Array.from(changed.advantages_P_G_T[0]![g]!),
  )
  const apart_G_T = values_G_T.map((values_T, i) => {
    const then_T = recorded?.values_G_T[i] ?? null
    return values_T === null || then_T === null ? null : values_T.map((x, t) => x - then_T[t]!)
  })
  return [
    { name: 'what if', scale: 'around', about: 'the advantage as it would be', values_G_T },
    {
      name: 'change',
      scale: 'around',
      about: 'what if, less what was recorded',
      values_G_T: apart_G_T,
    },
  ]
}
