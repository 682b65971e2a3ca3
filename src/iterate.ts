import { written } from './advantages/written.ts'
import { concat } from './numeric.ts'
import type {
  Engine,
  Group,
  LossInput,
  Method,
  Problem,
  Rewards,
  Rollout,
  Slope,
  Streams,
} from './types.ts'

/** What an iteration works on beside its method. */
export interface Learner {
  readonly policy: Engine
  readonly reference: Engine | null // frozen; needed where the loss asks for it
  readonly learningRate: number
}

/** Everything that one iteration computed. `dropped` says why nothing was learned; null where something was. */
export interface Iteration {
  readonly groups_P: readonly Group[]
  readonly rewards_P: readonly Rewards[]
  readonly kept: readonly number[] // indices of the groups that were credited
  readonly streams_P: readonly Streams[] // of the kept ones, as are the advantages
  readonly advantages_P_G_T: readonly (readonly Float32Array[])[]
  readonly dropped: string | null
  readonly metrics: Readonly<Record<string, number>>
}

/** One training iteration: problems -> rollouts -> rewards -> credit -> advantages -> update. */
export async function iterate(
  method: Method,
  problems: readonly Problem[],
  learner: Learner,
  seed: number,
  signal?: AbortSignal,
): Promise<Iteration> {
  const groups_P = await method.rollouts(problems, seed, signal)
  const rewards_P = await method.rewards(groups_P, signal)
  const kept = indices(groups_P, p => method.keep?.(groups_P[p]!, rewards_P[p]!) ?? true)
  const groups = kept.map(p => groups_P[p]!)
  const streams_P = kept.map(p => method.credit(groups_P[p]!, rewards_P[p]!))
  const { advantages_P_G_T, metrics } = method.advantages(groups, streams_P)
  const rollouts = groups.flatMap(group => group.rollouts)
  const { dropped, ...learned } = await learn(method, rollouts, advantages_P_G_T.flat(), learner)
  const found = { groups_P, rewards_P, kept, streams_P, advantages_P_G_T, dropped }
  return { ...found, metrics: { ...metrics, ...learned.metrics } }
}

/** One update of the policy; a number that is not finite anywhere leaves it untouched. */
async function learn(
  { loss }: Method,
  rollouts: readonly Rollout[],
  advantages_G_T: readonly Float32Array[],
  { policy, reference, learningRate }: Learner,
): Promise<{ dropped: string | null; metrics: Record<string, number> }> {
  if (rollouts.length === 0) return { dropped: 'no group carried a signal', metrics: {} }
  const inputs = await lossInputs(
    rollouts,
    advantages_G_T,
    policy,
    loss.needsReference ? reference : null,
  )
  const slope = loss.of(inputs)
  const metrics: Record<string, number> = { ...slope.metrics, 'update/loss': slope.loss }
  const bad = notFinite(slope, advantages_G_T)
  if (bad !== null) return { dropped: bad, metrics }

  const sequences = rollouts.map(({ promptIds, ids }, g) => {
    const weights = new Float32Array(promptIds.length + ids.length - 1)
    slope.dlogprobs_G_T[g]!.forEach((d, t) => {
      weights[promptIds.length - 1 + t] = -d // the engine descends -sum weights * logprob
    })
    return { ids: concat(promptIds, ids), weights }
  })
  const scores = await policy.accumulate(sequences)
  const { gradNorm, applied } = await policy.step({ learningRate })
  metrics['update/grad_norm'] = gradNorm
  metrics['update/entropy'] = entropyOf(scores, rollouts)
  return { dropped: applied ? null : `gradient norm is ${gradNorm}`, metrics }
}

/** What the loss sees. A rollout that the policy of this very version sampled needs no second reading. */
async function lossInputs(
  rollouts: readonly Rollout[],
  advantages_G_T: readonly Float32Array[],
  policy: Engine,
  reference: Engine | null,
): Promise<LossInput[]> {
  const stale = rollouts.filter(r => r.weightVersion !== policy.version)
  const current = new Map(stale.map((r, i) => [r, i]))
  const rescored = stale.length > 0 ? await logprobsOf(policy, stale) : []
  const reference_G_T = reference && (await logprobsOf(reference, rollouts))
  return rollouts.map((rollout, g) => {
    const again = current.get(rollout)
    return {
      logprobs_T: again === undefined ? rollout.logprobs_T : rescored[again]!,
      sampled_T: rollout.logprobs_T,
      reference_T: reference_G_T?.[g] ?? null,
      advantages_T: advantages_G_T[g]!,
      trained_T: written(rollout),
    }
  })
}

/** Log-probability of each sampled token under a model. */
async function logprobsOf(engine: Engine, rollouts: readonly Rollout[]): Promise<Float32Array[]> {
  const scores = await engine.score(rollouts.map(r => concat(r.promptIds, r.ids)))
  return scores.map(({ logprobs }, g) => logprobs.subarray(rollouts[g]!.promptIds.length - 1))
}

function notFinite(slope: Slope, advantages_G_T: readonly Float32Array[]): string | null {
  const bad = (arrays: readonly Float32Array[]): boolean =>
    !arrays.every(x => x.every(Number.isFinite))
  if (bad(advantages_G_T)) return 'an advantage is not finite'
  if (!Number.isFinite(slope.loss)) return `the loss is ${slope.loss}`
  return bad(slope.dlogprobs_G_T) ? 'a slope of the loss is not finite' : null
}

function entropyOf(
  scores: readonly { readonly entropies: Float32Array }[],
  rollouts: readonly Rollout[],
): number {
  let [sum, count] = [0, 0]
  scores.forEach(({ entropies }, g) => {
    for (let t = rollouts[g]!.promptIds.length - 1; t < entropies.length; t++) {
      if (Number.isNaN(entropies[t])) continue
      sum += entropies[t]!
      count++
    }
  })
  return sum / count
}

function indices<T>(items: readonly T[], keep: (index: number) => boolean): number[] {
  return items.map((_, i) => i).filter(keep)
}
