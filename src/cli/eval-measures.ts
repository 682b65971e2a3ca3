// What `minform eval` measures of samples beside whether they are right, where it is asked to: how likely another model finds them, what
// their tokens were drawn from, and how soon an answer could have been given.

import type { Engine } from '../engine/engine.ts'
import { ConfigError } from '../errors.ts'
import type { Accuracy } from '../eval/accuracy.ts'
import type { Attempts } from '../eval/attempts.ts'
import { answersInTime, type RegretReport, regretsOf } from '../eval/in-time.ts'
import { type LikelihoodReport, ownLogprob, readBy } from '../eval/likelihood.ts'
import { type JudgedSound, judgedSound } from '../eval/reasoned.ts'
import { mean } from '../numbers/numeric.ts'
import { soundVotes } from '../prm/score/sound-votes.ts'
import type { Solution } from '../prm/solution.ts'
import { type Grader, isRight } from '../rewards/grader.ts'
import type { Ask } from '../rewards/remote/chat.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import { openAsked } from './asked-chat.ts'
import type { EvalRequest } from './eval-request.ts'
import { openModel } from './model.ts'

/** What came of it over all problems; absent what nobody asked for. */
export interface Measured {
  readonly likelihood?: LikelihoodReport
  readonly regret?: RegretReport
}

type Found = Pick<Attempts, 'entropy' | 'likelihood' | 'regrets' | 'judged'>
type Asked = Pick<EvalRequest, 'entropy' | 'under' | 'inTime' | 'place' | 'reasoning' | 'seed'>

/** What measures samples, each problem for itself. */
export interface Measures {
  of(
    sampled: Accuracy,
    by: { readonly seed: number; readonly signal?: AbortSignal },
  ): Promise<readonly Found[]>
  close(): Promise<void>
}

/** Opens what an evaluation measures by; a model of another vocabulary than the policy's is a ConfigError. */
export async function openMeasures(
  { entropy, under, inTime, place, reasoning, seed: own }: Asked,
  sampler: Sampler,
  grader: Grader,
): Promise<Measures> {
  const { device, threads } = place
  const other = under === null ? null : await openModel(under, { device, threads })
  if (other !== null && !sameTokens(sampler.tokenizer, await other.tokenizer())) {
    await other.engine.close()
    throw new ConfigError(
      `--under ${under}: its vocabulary is not that of the policy; expected a model of the same tokens, such as the base that it was trained from`,
    )
  }
  const by = reasoning && { server: reasoning.server }
  const judge = by && (await openAsked(by, { ...place }, own))
  return {
    of: async (sampled, { seed, signal }) => {
      const likelihood_P = other && (await likelihoods(other.engine, sampled, signal))
      const entropy_P = entropy ? await entropies(sampler, sampled, signal) : null
      const asked = inTime && { ...inTime, grader, seed, ...(signal && { signal }) }
      const inTime_P = asked && (await answersInTime(sampler, sampled.groups, asked))
      const judged_P =
        judge && (await judgedIn(judge.ask, sampled, reasoning!.votes, { seed, signal }))
      return sampled.groups.map((_, p) => ({
        ...(judged_P && { judged: judged_P[p]! }),
        ...(likelihood_P && { likelihood: likelihood_P[p]! }),
        ...(entropy_P && { entropy: entropy_P[p]! }),
        ...(inTime_P && {
          regrets: inTime_P[p]!.flatMap(one =>
            one === null ? [] : [regretsOf(one, asked!.budget)],
          ),
        }),
      }))
    },
    close: async () => other?.engine.close(),
  }
}

/** What a chat model says of the steps of right samples. */
function judgedIn(
  ask: Ask,
  { groups, rewards_P_G }: Accuracy,
  votes: number,
  { seed, signal }: { readonly seed: number; readonly signal?: AbortSignal | undefined },
): Promise<readonly JudgedSound[]> {
  return Promise.all(
    groups.map(async ({ problem, rollouts }, p) => {
      const right = rollouts.filter((_, g) => isRight(rewards_P_G[p]![g] ?? 0))
      const solutions = right.map(({ steps }, g): Solution => {
        const texts = steps.filter(({ state }) => state !== 'empty').map(({ text }) => text)
        return { id: `${problem.id}/${g}`, problem, steps: texts }
      })
      return judgedSound(await soundVotes(ask, solutions, { votes, seed }, signal))
    }),
  )
}

async function likelihoods(
  engine: Engine,
  { groups, rewards_P_G }: Accuracy,
  signal?: AbortSignal,
) {
  const read = await readBy(
    engine,
    groups.flatMap(({ rollouts }) => rollouts),
    signal,
  )
  const next = read.values()
  return groups.map(({ rollouts }, p) =>
    rollouts.map((rollout, g) => {
      const reward = rewards_P_G[p]![g]!
      const other = next.next().value!.logprob
      return { own: ownLogprob(rollout), other, right: reward === null ? null : isRight(reward) }
    }),
  )
}

async function entropies({ engine }: Sampler, { groups }: Accuracy, signal?: AbortSignal) {
  const read = await readBy(
    engine,
    groups.flatMap(({ rollouts }) => rollouts),
    signal,
  )
  const next = read.values()
  return groups.map(({ rollouts }) => {
    const known = rollouts.map(() => next.next().value!.entropy).filter(one => one !== null)
    return known.length === 0 ? null : mean(known)
  })
}

/** Whether two vocabularies spell the same: as many tokens, and every one of a thousand the same. */
function sameTokens(a: Sampler['tokenizer'], b: Sampler['tokenizer']): boolean {
  if (a.vocabSize !== b.vocabSize) return false
  const ids = Int32Array.from({ length: Math.min(1000, a.vocabSize) }, (_, i) => {
    return Math.floor((i * a.vocabSize) / Math.min(1000, a.vocabSize))
  })
  const [one, other] = [a.pieces(ids), b.pieces(ids)]
  return one.every((piece, i) => piece === other[i])
}
