import type { Iteration } from '../iterate.ts'
import { deviation, mean } from '../numeric.ts'
import { judgeScores } from '../prm/evaluate.ts'
import { labelByOracle, type StepOracle } from '../prm/labelled.ts'
import { outcome } from '../rewards/outcome.ts'

/**
 * What an iteration showed, beside what its stages reported. `rollouts/accuracy` grades every answer that can be graded,
 * also those whose labels the method does not see.
 */
export async function iterationMetrics(
  { groups_P, rewards_P, metrics, dropped }: Iteration,
  oracle: StepOracle | null,
): Promise<Record<string, number>> {
  const rollouts = groups_P.flatMap(group => group.rollouts)
  const graded = (await outcome()(groups_P)).flatMap(r => r.outcome_G).filter(x => x !== null)
  const seen = rewards_P.flatMap(r => r.outcome_G).filter(x => x !== null)
  const steps = rewards_P.flatMap(r => r.steps_G_S ?? []).flatMap(s => [...s])
  const share = (of: (r: (typeof rollouts)[number]) => boolean): number =>
    mean(rollouts.map(r => Number(of(r))))
  return {
    'rollouts/accuracy': mean(graded),
    'rollouts/tokens_mean': mean(rollouts.map(r => r.ids.length)),
    'rollouts/steps_mean': mean(rollouts.map(r => r.steps.length)),
    'rollouts/truncated': share(r => r.stop === 'length'),
    'rollouts/no_box': share(r => !r.text.includes('\\boxed{')),
    'rollouts/empty_step': share(r => r.steps.some(step => step.state === 'empty')),
    'rewards/outcome_mean': mean(seen),
    'rewards/outcome_labelled': seen.length / Math.max(1, rollouts.length),
    ...(steps.length > 0 ? processMetrics({ groups_P, rewards_P }, steps, oracle) : {}),
    ...metrics,
    'update/dropped': Number(dropped !== null),
  }
}

function processMetrics(
  { groups_P, rewards_P }: Pick<Iteration, 'groups_P' | 'rewards_P'>,
  steps: readonly number[],
  oracle: StepOracle | null,
): Record<string, number> {
  const lowest = rewards_P.flatMap(r => r.steps_G_S ?? []).map(s => Math.min(...s))
  const found = {
    'rewards/process_mean': mean(steps),
    'rewards/process_spread': deviation(steps),
    'rewards/process_min_mean': mean(lowest.filter(Number.isFinite)),
  }
  if (oracle === null) return found
  const quality = judgeScores(
    groups_P.flatMap(({ problem, rollouts }, p) =>
      rollouts.map((rollout, g) => ({
        labels_S: labelByOracle(problem, rollout, oracle).labels_S,
        scores_S: rewards_P[p]!.steps_G_S![g]!,
      })),
    ),
  )
  return {
    ...found,
    'rewards/process_oracle_correlation': quality.correlation,
    'rewards/process_wrong_found': quality.wrongFound,
    'rewards/process_right_kept': quality.rightKept,
  }
}
