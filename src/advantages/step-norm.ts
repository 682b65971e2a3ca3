import type { Baseline } from '../method.ts'
import { deviation, mean } from '../numbers/numeric.ts'
import type { Step } from '../types.ts'
import { count, labelled, type Member, told } from './siblings.ts'

export interface StepNormOptions {
  readonly toCome?: boolean // a step is credited with itself and all after it; default false, with itself alone
  readonly last?: boolean // whether the last step of a rollout is one of them; default true
  readonly epsilon?: number // default 1e-6
}

/**
 * What single steps earned, each in units of the spread of all steps of all rollouts of the group: (r - mean) / (deviation + epsilon),
 * the same on every token of a step (arXiv:2509.19199, eq. 9; arXiv:2510.14967, eq. 5). Zeros where no two steps are labelled.
 */
export function stepNorm({
  toCome = false,
  last = true,
  epsilon = 1e-6,
}: StepNormOptions = {}): Baseline {
  return told(
    (group, returns_G) => {
      const members_G = labelled('stepNorm', group, returns_G)
      const steps_G = members_G.map(m => (m === null ? [] : ownSteps(m, last)))
      const earned_G = members_G.map((m, g) => steps_G[g]!.map(({ start }) => m!.returns_T[start]!))
      const pool = earned_G.flat()
      const [centre, spread] = [mean(pool), deviation(pool) + epsilon]
      return members_G.map((member, g) => {
        const advantages_T = new Float32Array(group.rollouts[g]!.ids.length)
        if (member === null || pool.length < 2) return advantages_T
        let after = 0
        for (const [s, { start, end }] of [...steps_G[g]!.entries()].reverse()) {
          const own = (earned_G[g]![s]! - centre) / spread
          after = toCome ? own + after : own
          for (let t = start; t < end; t++) if (member.written_T[t] === 1) advantages_T[t] = after
        }
        return advantages_T
      })
    },
    {
      name: 'normal among steps',
      formula: `A[s] = ${toCome ? 'sum over steps j >= s of ' : ''}(G[${toCome ? 'j' : 's'}] - mean over all steps of the group) / (their deviation + ${epsilon})`,
      source: 'arXiv:2509.19199, eq. 9',
      options: { toCome, last, epsilon },
    },
  )
}
stepNorm.trial = {}

/** The steps of a rollout in which the policy wrote something. */
function ownSteps({ rollout: { steps }, written_T }: Member, last: boolean): readonly Step[] {
  const counted = last ? steps : steps.slice(0, -1)
  return counted.filter(({ start, end }) => count(written_T, start, end) > 0)
}
