import type { Engine } from '../engine/engine.ts'
import { saidIn } from '../groups/talk.ts'
import type { Method, Now, Parts, Scorer } from '../method.ts'
import { hashSeed } from '../numbers/random.ts'
import { lastBox } from '../text/boxes.ts'
import type { Group } from '../types.ts'

export interface PeerOptions {
  /** Rollouts of the other view, one group for each of those given, in order. */
  readonly peers: Method['rollouts']
  readonly now: Pick<Now, 'seed' | 'iteration'>
  /** Asks the question in other words, the `rewrite` of its row, as the policy is asked; null: as it stands. */
  readonly render: ((question: string) => string) | null
}

/**
 * `agrees`: 1 where an answer is the one that most rollouts of another view of the problem give, else 0 (Co-Reward,
 * arXiv:2508.00410, eq. 4 and 5). Null where there is no other view, 0 for all where that view has no answer.
 */
export function peerVote({ peers, now, render }: PeerOptions): Scorer<Parts<'agrees'>> {
  return async (groups, signal) => {
    const prompts_P = groups.map(({ problem: { prompt, meta } }) => {
      if (render === null) return prompt
      return typeof meta.rewrite === 'string' ? render(meta.rewrite) : null
    })
    const asked = groups.flatMap(({ problem }, p) =>
      prompts_P[p] === null ? [] : [{ ...problem, prompt: prompts_P[p]! }],
    )
    const found = (await peers(asked, hashSeed(now.seed, 'peers', now.iteration), signal)).values()
    return groups.map((group, p) => {
      if (prompts_P[p] === null) return { parts_G: { agrees: group.rollouts.map(() => null) } }
      const label = mostFrequent(answersOf(found.next().value!))
      const agrees = answersOf(group).map(answer => Number(label !== null && answer === label))
      return { parts_G: { agrees } }
    })
  }
}

/** The rollouts of a copy of the policy that follows it slowly: it keeps a share of itself, and takes the rest from the policy. */
export function slowTeacher(
  others: Method['rollouts'], // of the teacher
  teacher: {
    readonly engine: Pick<Engine, 'blend'>
    readonly policy: Pick<Engine, 'weights'>
    readonly keeps: number // share of itself, at the start
  },
  now: Pick<Now, 'iteration' | 'iterations'>,
): Method['rollouts'] {
  return async (problems, seed, signal) => {
    await teacher.engine.blend(await teacher.policy.weights(), teacherKeeps(teacher.keeps, now))
    return others(problems, seed, signal)
  }
}

/** What a teacher keeps of itself in an iteration: `keeps` at first, and 1 at the end, by half a cosine. */
export function teacherKeeps(
  keeps: number,
  { iteration, iterations }: Pick<Now, 'iteration' | 'iterations'>,
): number {
  return 1 - ((1 - keeps) * (1 + Math.cos((Math.PI * (iteration - 1)) / iterations))) / 2
}

/** The answer that stands most often, the first of equally frequent ones; null of no answer. */
export function mostFrequent(answers: readonly (string | null)[]): string | null {
  const votes = new Map<string, number>()
  for (const answer of answers)
    if (answer !== null && answer !== '') votes.set(answer, (votes.get(answer) ?? 0) + 1)
  const most = Math.max(0, ...votes.values())
  return [...votes].find(([, n]) => n === most)?.[0] ?? null
}

function answersOf({ rollouts }: Group): (string | null)[] {
  return rollouts.map(rollout => lastBox(saidIn(rollout)))
}
