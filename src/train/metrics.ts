import type { Evaluation } from '../eval/accuracy.ts'
import { hasFailed, saidIn, sampledTokens } from '../groups/talk.ts'
import { written } from '../groups/written.ts'
import type { Iteration } from '../iterate.ts'
import type { Rewards } from '../method.ts'
import { deviation, mean } from '../numbers/numeric.ts'
import { judgeScores } from '../prm/evaluate/judge-scores.ts'
import { labelByOracle, type StepOracle } from '../prm/label/labelled.ts'
import { rewardedOf } from '../rewards/gated.ts'
import { boxedGrader, type Grader, isRight } from '../rewards/grader.ts'
import { outcome } from '../rewards/outcome.ts'
import { type PatternLimits, patternNames, shows } from '../rewards/patterns.ts'
import { repetitionOf } from '../rewards/repetition.ts'
import type { StepLabels } from '../runs/rollout-table.ts'
import type { Rollout } from '../types.ts'

/** Numbers of one iteration by name; what there was nothing to count for is left out. */
export type Metrics = Readonly<Record<string, number>>

/** Where metrics have the accuracy on validation problems. */
export const validationKey = 'eval/validation_accuracy'

/** A rollout, whether it is right as far as that can be told, and what its steps were rewarded with. */
interface Seen {
  readonly rollout: Rollout
  readonly right: boolean | null
  readonly scores_S: Float32Array | null
}

/**
 * What an iteration showed, beside what its stages reported. Answers are graded where they can be, also those whose labels
 * the method does not see; `right` and `wrong` in a name mean that. A mean of nothing is left out; a number that is not
 * finite comes from one that a stage computed, and the iteration was dropped for it. Rollouts that are replayed, hinted or of
 * another model say nothing of the policy, and are left out of what counts rollouts; so are those whose environment failed.
 */
export async function iterationMetrics(
  { groups_P, rewards_P, metrics, dropped }: Iteration,
  labels_P: readonly StepLabels[] | null,
  limits: PatternLimits,
  grader: Grader = boxedGrader(),
): Promise<Metrics> {
  const grades_P = (await outcome(undefined, grader)(groups_P)).map(({ outcome_G }) => outcome_G)
  const all = groups_P.flatMap(({ rollouts }, p) =>
    rollouts.map((rollout, g): Seen => {
      const grade = grades_P[p]![g]!
      const scores_S = rewards_P[p]!.steps_G_S?.[g] ?? null
      return { rollout, right: grade === null ? null : isRight(grade), scores_S }
    }),
  )
  const own = (_: unknown, i: number): boolean =>
    all[i]!.rollout.origin === undefined && !hasFailed(all[i]!.rollout)
  const seen = all.filter(own)
  const rewarded = groups_P.flatMap((group, p) => rewardedOf(group, rewards_P[p]!)).filter(own)
  const labels = rewarded.flatMap(one => one.outcome ?? [])
  return known({
    ...rolloutMetrics(seen),
    ...talkMetrics(all),
    ...originMetrics(all),
    ...Object.fromEntries(
      patternNames.map(name => [
        `guards/${name.replaceAll('-', '_')}`,
        meanOf(rewarded.map(one => Number(shows(name, one, limits)))),
      ]),
    ),
    'rewards/outcome_mean': meanOf(labels),
    'rewards/outcome_spread': labels.length > 0 ? deviation(labels) : undefined,
    'rewards/outcome_labelled': labels.length / Math.max(1, rewarded.length),
    ...namedMetrics(rewards_P),
    ...tokenMetrics({ groups_P, rewards_P }),
    ...processMetrics(seen),
    'rewards/process_labelled': meanOf(
      rewards_P.flatMap(r => r.steps_G_S ?? []).map(scores_S => Number(scores_S !== null)),
    ),
    ...(labels_P === null ? {} : oracleMetrics(rewards_P, labels_P)),
    ...metrics,
    'update/dropped': Number(dropped !== null),
  })
}

/** Shares of the rollouts that the policy of now did not sample after their prompt, by where they come from. */
function originMetrics(all: readonly Seen[]): Found {
  const origins = all.flatMap(({ rollout: { origin } }) => origin ?? [])
  const share = (one: string): number => origins.filter(of => of === one).length / all.length
  return Object.fromEntries([...new Set(origins)].map(one => [`rollouts/${one}_share`, share(one)]))
}

/** The numbers of an evaluation on validation problems; without those of which there were none to count. */
export function validationMetrics({
  sampled,
  greedy,
  passAtN,
  samples,
  reward,
}: Evaluation): Metrics {
  const all = {
    [validationKey]: sampled,
    'eval/validation_reward': reward,
    'eval/validation_greedy': greedy,
    [`eval/validation_pass_at_${samples}`]: passAtN,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => Number.isFinite(value)))
}

/** Means of what rollouts were rewarded with under a name. */
function namedMetrics(rewards_P: Iteration['rewards_P']): Found {
  const names = new Set(rewards_P.flatMap(({ parts_G }) => Object.keys(parts_G ?? {})))
  const parts = [...names].map(name => {
    const all = rewards_P.flatMap(({ parts_G }) => parts_G?.[name] ?? [])
    return [`rewards/${name}_mean`, meanOf(all.filter(x => x !== null))] as const
  })
  return Object.fromEntries(parts)
}

/** Means over the tokens that the policy wrote, those of a parent's branches once. */
function tokenMetrics({ groups_P, rewards_P }: Pick<Iteration, 'groups_P' | 'rewards_P'>): Found {
  const over = (of: (rewards: Rewards) => readonly (Float32Array | null)[] | undefined) => {
    const xs_G_T = groups_P.flatMap(({ rollouts }, p) =>
      (of(rewards_P[p]!) ?? []).map((xs_T, g) => {
        if (xs_T === null) return []
        const written_T = written(rollouts[g]!)
        return [...xs_T.filter((_, t) => written_T[t] === 1)]
      }),
    )
    return meanOf(xs_G_T.flat())
  }
  return {
    'rewards/kl_mean': over(rewards => rewards.logRatios_G_T),
    'rewards/token_mean': over(rewards => rewards.tokens_G_T),
    'rewards/entropy_mean': over(rewards => rewards.entropies_G_T),
    'rewards/value_mean': over(rewards => rewards.values_G_T),
  }
}

function rolloutMetrics(seen: readonly Seen[]): Found {
  const right = seen.filter(one => one.right === true)
  const wrong = seen.filter(one => one.right === false)
  const of = (some: readonly Seen[], what: (rollout: Rollout) => number | boolean) =>
    meanOf(some.map(one => Number(what(one.rollout))))
  const tokens = (r: Rollout): number => r.ids.length
  const truncated = (r: Rollout): boolean => r.stop === 'length'
  const repeats = (some: readonly Seen[]) => meanOf(some.map(one => repetitionOf(one.rollout)))
  const steps = seen.flatMap(one => one.rollout.steps)
  return {
    'rollouts/accuracy': meanOf([...right.map(() => 1), ...wrong.map(() => 0)]),
    'rollouts/graded': right.length + wrong.length,
    'rollouts/tokens_mean': of(seen, tokens),
    'rollouts/tokens_right_mean': of(right, tokens),
    'rollouts/tokens_wrong_mean': of(wrong, tokens),
    'rollouts/steps_mean': of(seen, r => r.steps.length),
    'rollouts/tokens_per_step': meanOf(steps.map(({ start, end }) => end - start)),
    'rollouts/truncated': of(seen, truncated),
    'rollouts/truncated_right': of(right, truncated),
    'rollouts/truncated_wrong': of(wrong, truncated),
    'rollouts/no_box': of(seen, r => !saidIn(r).includes('\\boxed{')),
    'rollouts/empty_step': of(seen, r => r.steps.some(step => step.state === 'empty')),
    'rollouts/repetition_mean': repeats(seen),
    'rollouts/repetition_right_mean': repeats(right),
    'rollouts/repetition_wrong_mean': repeats(wrong),
  }
}

/** Of what environments did; nothing where there are none. */
function talkMetrics(all: readonly Seen[]): Found {
  const rollouts = all.flatMap(({ rollout }) => (rollout.talk ? [rollout] : []))
  if (rollouts.length === 0) return {}
  const failed = rollouts.filter(hasFailed)
  const whole = rollouts.filter(one => !hasFailed(one))
  return {
    'rollouts/environment_failed': failed.length,
    'rollouts/replies_mean': meanOf(whole.map(({ talk }) => talk!.replies)),
    'rollouts/replied': meanOf(whole.map(({ talk }) => Number(talk!.replies > 0))),
    'rollouts/tool_tokens_mean': meanOf(whole.map(one => one.ids.length - sampledTokens(one))),
  }
}

/** Of the scores that a judge gave steps; nothing where there is no judge. */
function processMetrics(seen: readonly Seen[]): Found {
  const scored = seen.filter(one => one.scores_S !== null && one.scores_S.length > 0)
  const all = scored.flatMap(one => [...one.scores_S!])
  if (all.length === 0) return {}
  const worst = (one: Seen): number => Math.min(...one.scores_S!)
  const graded = scored.filter(one => one.right !== null)
  return {
    'rewards/process_mean': mean(all),
    'rewards/process_spread': deviation(all),
    'rewards/process_min_mean': mean(scored.map(worst)),
    'rewards/process_sum_mean': mean(scored.map(one => one.scores_S!.reduce((a, b) => a + b, 0))),
    'rewards/process_outcome_agreement': meanOf(
      graded.map(one => Number(worst(one) > 0 === one.right)),
    ),
  }
}

/** What an oracle says of the steps that a judge scored; null where there is none. */
export function stepLabels(
  { groups_P, rewards_P }: Pick<Iteration, 'groups_P' | 'rewards_P'>,
  oracle: StepOracle | null,
): readonly StepLabels[] | null {
  if (oracle === null) return null
  return groups_P.map(({ problem, rollouts }, p) =>
    rollouts.map((rollout, g) =>
      rewards_P[p]!.steps_G_S?.[g] ? labelByOracle(problem, rollout, oracle).labels_S : null,
    ),
  )
}

/** How the scores of a judge compare with what an oracle says of the same steps. */
function oracleMetrics(rewards_P: Iteration['rewards_P'], labels_P: readonly StepLabels[]): Found {
  const pairs = labels_P.flatMap((labels_G, p) =>
    labels_G.flatMap((labels_S, g) =>
      labels_S === null ? [] : [{ labels_S, scores_S: rewards_P[p]!.steps_G_S![g]! }],
    ),
  )
  if (pairs.length === 0) return {}
  const quality = judgeScores(pairs)
  const finite = (x: number): number | undefined => (Number.isFinite(x) ? x : undefined)
  return {
    'rewards/process_oracle_correlation': finite(quality.correlation),
    'rewards/process_wrong_found': finite(quality.wrongFound),
    'rewards/process_right_kept': finite(quality.rightKept),
  }
}

type Found = Readonly<Record<string, number | undefined>>

function known(found: Found): Metrics {
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, number] => entry[1] !== undefined),
  )
}

/** The mean; undefined of nothing. */
function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : mean(values)
}
