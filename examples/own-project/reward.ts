// A right answer is worth 1, but half of it goes where the way there takes more than six steps.

import { grade, type Problem, type Rollout } from 'minform'

export default function reward(rollout: Rollout, problem: Problem): number | null {
  const { correct } = grade({ gold: problem.answer, pred: rollout.text })
  if (correct === null) return null // nobody knows: no reward, not a bad one
  return correct ? (rollout.steps.length > 6 ? 0.5 : 1) : 0
}
