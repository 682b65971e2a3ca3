import type { Scorer, StepRewards } from '../../method.ts'
import type { StepScorer } from './step-scorer.ts'

interface Judge {
  readonly rewards: Scorer<StepRewards>
  readonly scorer: StepScorer
}

/** The same judge, and how many solutions it was asked about since that was last taken. */
export function counted<J extends Judge>(judge: J): { readonly judge: J; take(): number } {
  let asked = 0
  const { rewards, scorer } = judge
  const count: Judge['rewards'] = (groups, signal) => {
    asked += groups.reduce((sum, { rollouts }) => sum + rollouts.length, 0)
    return rewards(groups, signal)
  }
  const score: StepScorer['score'] = (solutions, signal) => {
    asked += solutions.length
    return scorer.score(solutions, signal)
  }
  return {
    judge: {
      ...judge,
      rewards: Object.assign(count, rewards.begin && { begin: rewards.begin }),
      scorer: { ...scorer, score },
    },
    take: () => {
      const taken = asked
      asked = 0
      return taken
    },
  }
}
