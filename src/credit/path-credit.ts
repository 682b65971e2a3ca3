import { saidIn } from '../groups/talk.ts'
import type { Outcome } from '../method.ts'
import { type Rule, told } from './streams.ts'

/**
 * What is earned along a known path of steps, the last of which is the answer, in [0, 1]: 1 where the answer is there, else the sum, over
 * the others that are, of discount^d, d being their distance from the end, at most 1 (ExCyTIn-Bench, arXiv:2507.14201, section 3.4).
 */
export function pathScore(there: readonly boolean[], discount = 0.4): number {
  const last = there.length - 1
  if (there[last]) return 1
  const parts = there.map((found, s) => (found ? discount ** (last - s) : 0))
  return Math.min(
    1,
    parts.reduce((a, b) => a + b, 0),
  )
}

/**
 * Every token is credited with the path score of its rollout along the problem's worked solution: a step is there where the text
 * holds it, but for its spaces, and the answer where the outcome is right. Null where that is not known; without a solution the outcome alone.
 */
export function pathCredit({ discount = 0.4 } = {}): Rule<Outcome> {
  return told(
    ({ problem: { solution }, rollouts }, { outcome_G }) =>
      rollouts.map((rollout, g) => {
        const outcome = outcome_G[g]
        if (outcome == null) return null
        const said = bare(saidIn(rollout))
        const there = (solution ?? []).slice(0, -1).map(step => said.includes(bare(step)))
        const score = Number.isNaN(outcome)
          ? outcome
          : pathScore([...there, outcome > 0.5], discount)
        return new Float32Array(rollout.ids.length).fill(score)
      }),
    {
      name: 'along a known path',
      formula: `G[t] = 1 of a right answer, else sum over known steps that are there of ${discount}^distance from the end`,
      source: 'arXiv:2507.14201, section 3.4',
      options: { discount },
    },
  )
}
pathCredit.trial = { not: 'it reads the worked solution, which a run does not record' }

function bare(text: string): string {
  return text.replaceAll(/\s+/g, '')
}
