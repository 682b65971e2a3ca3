import { saidIn } from '../groups/talk.ts'
import type { Outcome, Scorer } from '../method.ts'
import { lastBox } from '../text/boxes.ts'
import type { Rollout } from '../types.ts'
import { askedVerdict } from './asked-verdict.ts'
import type { Ask } from './remote/chat.ts'

/**
 * Outcomes by the grader, and behind it a chat model that is shown the known answer: what it takes for the same is right after all
 * (Aryabhata, arXiv:2508.08665, section 3.3). It is asked of each rollout once, where the grader says wrong and the answer stands in a
 * box; null where it says nothing. Without a chat model the grader has the last word.
 */
export function lastJudge(grade: Scorer<Outcome>, ask: Ask | null, seed: number): Scorer<Outcome> {
  if (ask === null) return grade
  const asked = new Map<Rollout, Promise<number | null>>()
  const judged: Scorer<Outcome> = async (groups, signal) => {
    const graded = await grade(groups, signal)
    return Promise.all(
      groups.map(async ({ problem, rollouts }, p) => {
        const { question = problem.prompt, answer: reference } = problem
        const again = (rollout: Rollout): Promise<number | null> | number => {
          const answer = lastBox(saidIn(rollout))?.trim()
          if (!answer || reference === null) return 0
          const claim = { question: question.trim(), reference, answer }
          const found =
            asked.get(rollout) ??
            askedVerdict(ask, claim, { seed, ...(signal && { signal }) }).then(same =>
              same === null ? null : Number(same),
            )
          asked.set(rollout, found)
          return found
        }
        const outcomes = graded[p]!.outcome_G.map((outcome, g) =>
          outcome === 0 ? again(rollouts[g]!) : outcome,
        )
        return { outcome_G: await Promise.all(outcomes) }
      }),
    )
  }
  return Object.assign(judged, { begin: grade.begin })
}
