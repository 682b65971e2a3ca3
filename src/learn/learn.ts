// The update of an iteration: an optimizer step of the policy for each minibatch, and of the models that learn beside it. A
// number that is not finite is never learned from.

import { pick } from '../groups/subset.ts'
import type { Method } from '../method.ts'
import { random } from '../numbers/random.ts'
import { minibatches } from '../update/minibatches.ts'
import type { Batch } from './batch.ts'
import { type Learned, together } from './learned.ts'
import { examplesOf, type Learner, type Lesson, policyStep } from './policy.ts'
import { pupilSteps } from './pupils.ts'

/**
 * The update of an iteration: an optimizer step for each minibatch, then the pupils'. A minibatch with a number that is not
 * finite moves nothing; where that is all of them, no model has changed.
 */
export async function learn(
  method: Method,
  batch: Batch,
  learner: Learner,
  seed: number,
): Promise<Learned> {
  const lessons = lessonsOf(batch)
  if (lessons.length === 0) return { dropped: 'no group carried a signal', metrics: {} }
  const { loss, also = [] } = method
  const { policy, reference } = learner
  const asked = { policy, reference: method.reference ?? reference }
  const examples = await examplesOf(lessons, asked, loss)
  const sizes_P = batch.groups_P.map(group => group.rollouts.length)
  const parts = stepsOf(sizes_P, method, seed)
  const { version } = learner.policy
  const steps: Learned[] = []
  for (const part of parts)
    steps.push(await policyStep(pick(examples, part), loss, learner, version))
  const { dropped, metrics } = together(steps)
  if (dropped !== null) return { dropped, metrics }
  const beside: Learned[] = []
  for (const pupil of also) beside.push(await pupilSteps(pupil, { batch, lessons, parts }))
  return { dropped, metrics: Object.assign({}, metrics, ...beside.map(one => one.metrics)) }
}

function lessonsOf({ groups_P, rewards_P, advantages_P_G_T }: Batch): Lesson[] {
  return groups_P.flatMap(({ rollouts }, group) =>
    rollouts.map((rollout, g) => ({
      rollout,
      group,
      outcome: rewards_P[group]!.outcome_G[g]!,
      advantages_T: advantages_P_G_T[group]![g]!,
    })),
  )
}

/**
 * The rollouts of each optimizer step of an iteration of that seed, by their place among all that are learned from, of which groups
 * have `sizes_P`; whole groups where the loss asks for them.
 */
export function stepsOf(
  sizes_P: readonly number[],
  { loss, passes = { epochs: 1, minibatches: 1 } }: Pick<Method, 'loss' | 'passes'>,
  seed: number,
): readonly (readonly number[])[] {
  const order = random(seed, 'minibatches')
  const places = sizes_P.flatMap((size, p) => Array<number>(size).fill(p))
  if (!loss.wholeGroups) return minibatches(places.length, passes, order)
  const places_P = sizes_P.map((_, p) => places.flatMap((of, g) => (of === p ? [g] : [])))
  return minibatches(sizes_P.length, passes, order).map(part => pick(places_P, part).flat())
}
