// Models that learn beside the policy, on its minibatches, as far as their rollouts have a label.

import { stepOptions } from '../engine/step-options.ts'
import { pick } from '../groups/subset.ts'
import { written } from '../groups/written.ts'
import type { Pupil, TokenLesson, ValueInput, ValueLesson } from '../method.ts'
import { valuesOf } from '../rewards/values.ts'
import type { Rollout } from '../types.ts'
import type { Batch } from './batch.ts'
import { type Learned, together } from './learned.ts'
import { allFinite, examplesOf, type Lesson, policyStep, whole } from './policy.ts'

/** What a pupil learns from: the batch, its rollouts one after the other, and the minibatches of their indices. */
export interface Lessons {
  readonly batch: Batch
  readonly lessons: readonly Lesson[]
  readonly parts: readonly (readonly number[])[]
}

/** The optimizer steps of a pupil; its metrics begin with its name. */
export async function pupilSteps(pupil: Pupil, given: Lessons): Promise<Learned> {
  const { name, lesson } = pupil
  const { dropped, metrics } = await (lesson.of === 'values'
    ? valueSteps(pupil, lesson, given)
    : tokenSteps(pupil, lesson, given))
  const renamed = Object.entries(metrics).map(([key, x]) => [key.replace(/^[^/]+/, name), x])
  return { dropped, metrics: Object.fromEntries(renamed) }
}

async function valueSteps(
  { name, engine, learningRate }: Pupil,
  { loss, shown, ...names }: ValueLesson,
  { batch: { groups_P, streams_P }, lessons, parts }: Lessons,
): Promise<Learned> {
  const rollouts = lessons.map(({ rollout, group }) =>
    shown ? { ...rollout, promptIds: shown(groups_P[group]!.problem, rollout) } : rollout,
  )
  const before_G = streams_P.flatMap(streams => streams[names.values]!)
  const returns_G = streams_P.flatMap(streams => streams[names.returns]!)
  const start = engine.version
  const steps: Learned[] = []
  for (const part of parts) {
    const labelled = part.filter(g => before_G[g] !== null && returns_G[g] !== null)
    const chosen = pick(rollouts, labelled)
    if (chosen.length === 0) continue
    const values_G = engine.version === start ? null : await valuesOf(engine, chosen)
    const slope = loss.of(
      labelled.map((g, i): ValueInput => {
        const [before_T, returns_T] = [before_G[g]!, returns_G[g]!]
        const trained_T = written(rollouts[g]!)
        return { values_T: values_G?.[i] ?? before_T, before_T, returns_T, trained_T }
      }),
    )
    const metrics = { ...slope.metrics, [`${name}/loss`]: slope.loss }
    if (!Number.isFinite(slope.loss) || !allFinite(slope.dvalues_G_T)) {
      steps.push({ dropped: `the loss of ${name} is ${slope.loss}`, metrics })
      continue
    }
    const sequences = chosen.map((rollout, i) => ({
      ids: whole(rollout),
      slopes: logitSlopes(rollout, slope.dvalues_G_T[i]!),
    }))
    await engine.accumulateLogits(sequences)
    const { gradNorm, applied } = await engine.step(stepOptions(engine, { learningRate }))
    const dropped = applied ? null : `the gradient norm of ${name} is ${gradNorm}`
    steps.push({ dropped, metrics: { ...metrics, [`${name}/grad_norm`]: gradNorm } })
  }
  return together(steps)
}

/** Slopes of values, each at the token before its own, where a critic says it. */
function logitSlopes({ promptIds }: Rollout, slopes_T: Float32Array): Float32Array {
  const out = new Float32Array(promptIds.length + slopes_T.length) // nothing is expected after the last
  out.set(slopes_T, promptIds.length - 1)
  return out
}

async function tokenSteps(
  { engine, learningRate }: Pupil,
  { stream, loss, reference }: TokenLesson,
  { batch: { streams_P }, lessons, parts }: Lessons,
): Promise<Learned> {
  const targets_G = streams_P.flatMap(streams => streams[stream]!)
  const learner = { policy: engine, reference: (await reference?.()) ?? null, learningRate }
  const { version } = engine
  const steps: Learned[] = []
  for (const part of parts) {
    const labelled = part.flatMap(g => {
      const advantages_T = targets_G[g]!
      return advantages_T === null
        ? []
        : [{ ...lessons[g]!, rollout: foreign(lessons[g]!.rollout), advantages_T }]
    })
    if (labelled.length === 0) continue
    const examples = await examplesOf(labelled, learner, loss)
    steps.push(await policyStep(examples, loss, learner, version))
  }
  return together(steps)
}

/** A rollout of another model: what that one said of its tokens is not what the pupil says, whatever their versions are. */
function foreign(rollout: Rollout): Rollout {
  return { ...rollout, weightVersion: -1 }
}
