// Problems made of rollouts: is this right, which of these two is, do it anew. Their answers are known, since the rollouts were
// graded. The words are few, so that small vocabularies spell them.

import { DataError } from '../errors.ts'
import { saidIn } from '../groups/talk.ts'
import type { Method, Outcome, Rewarded } from '../method.ts'
import { pick, type Random, random, shuffled } from '../numbers/random.ts'
import type { Group, Json, Problem } from '../types.ts'
import type { Sampler } from './sampler.ts'

export const recycledKinds = ['one', 'two', 'anew'] as const
export type RecycledKind = (typeof recycledKinds)[number]

/** A problem made of rollouts, as it is remembered. */
export type Recycled = {
  readonly id: string
  readonly kind: RecycledKind
  readonly question: string
  readonly answer: string
}

/**
 * What can be asked of a group's own rollouts (SPARK, arXiv:2509.22624, section 3): of a mixed group, with chance 0.7, which of a
 * right and a wrong one is right, otherwise whether one is; where there is a wrong one, to do it anew. Nothing of unknown outcomes.
 */
export function recycledOf(group: Group, { outcome_G }: Outcome, draw: Random): Recycled[] {
  const { id, answer, prompt, question: asked = prompt } = group.problem
  const of = (right: boolean): string[] =>
    group.rollouts.flatMap((rollout, g) => {
      const outcome = outcome_G[g]
      return outcome != null && outcome > 0.5 === right && !Number.isNaN(outcome)
        ? [saidIn(rollout)]
        : []
    })
  const [right, wrong] = [of(true), of(false)]
  if (right.length + wrong.length === 0) return []
  const [question, mixed] = [asked.trim(), right.length > 0 && wrong.length > 0]
  const made = (kind: RecycledKind, told: readonly string[], known: string): Recycled => {
    return { id: `${id} ${kind}`, kind, question: [question, ...told].join('\n\n'), answer: known }
  }
  const judged = (): Recycled => {
    if (mixed && draw() < 0.7) {
      const first = draw() < 0.5
      const texts = [pick(draw, right), pick(draw, wrong)]
      const [a, b] = first ? texts : texts.reverse()
      return made('two', ['First.', a!, 'Last.', b!, whichOne], first ? '1' : '2')
    }
    const isRight = mixed ? draw() < 0.5 : right.length > 0
    return made('one', [pick(draw, isRight ? right : wrong), isItRight], isRight ? '1' : '0')
  }
  const again =
    wrong.length === 0 || answer === null
      ? null
      : made('anew', [pick(draw, wrong), doItAnew], answer)
  return again === null ? [judged()] : [judged(), again]
}

const whichOne =
  'Which is correct. Write \\boxed{1} if it is the first, \\boxed{2} if it is the last.'
const isItRight = 'Is this correct. Write \\boxed{1} if it is, \\boxed{0} if it is not.'
const doItAnew = 'This is not correct. Do it anew.'

export interface Recycling {
  readonly share: number // of an iteration's problems, at most
  readonly seed: number
  readonly render: (question: string) => string
  readonly sampler: Pick<Sampler, 'engine' | 'tokenizer' | 'maxTokens'>
}

/** An iteration's problems: the next ones, and in the place of the last of them those made of rollouts of the last iteration. */
export function withRecycled(
  items: readonly Recycled[],
  { share, render }: Recycling,
): NonNullable<Method['problems']> {
  return (draw, count) => {
    const again = items.slice(0, Math.floor(share * count)).map(({ kind, ...one }): Problem => {
      return { ...one, prompt: render(one.question), solution: null, meta: { recycled: kind } }
    })
    return [...Array.from({ length: count - again.length }, draw), ...again]
  }
}

/** What of an iteration is asked in the next one: of its own problems alone, those that the policy can read, as many as may come. */
export function recycle({ share, seed, render, sampler }: Recycling) {
  const readable = ({ question }: Recycled): boolean => {
    try {
      const { length } = sampler.tokenizer.encode(render(question))
      return length + sampler.maxTokens <= sampler.engine.info.maxPositions
    } catch (error) {
      if (error instanceof DataError) return false // a character that the vocabulary cannot spell
      throw error
    }
  }
  return ({ groups_P, rewards_P }: Rewarded<Outcome>): Json => {
    const draw = random(seed, 'recycled')
    const all = groups_P.flatMap((group, p) =>
      group.problem.meta.recycled === undefined ? recycledOf(group, rewards_P[p]!, draw) : [],
    )
    const most = Math.floor(share * groups_P.length)
    return shuffled(draw, all.filter(readable)).slice(0, most)
  }
}
