import type { Outcome, Parts } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { type Rule, told } from './streams.ts'

export const diversityMeasures = ['equations', 'texts', 'both'] as const
export type DiversityMeasure = (typeof diversityMeasures)[number]

export interface DiverseOptions {
  readonly measure?: DiversityMeasure // default 'equations'
  readonly equationWeight?: number // default 1
  readonly textWeight?: number // default 1
}

/**
 * Outcomes, and to right ones a bonus for what differs from the group (DIVER, arXiv:2509.26209, and the caps of its code): with e
 * and d the parts `equations` and `texts`, 'equations' adds weight * min(e, 0.68) * accuracy of the group, 'both' adds weight *
 * min(d, 0.91) + weight * min(e, 0.42), and 'texts' adds weight * d in groups that are all right. Null where the outcome is not known.
 */
export function diverseRight({
  measure = 'equations',
  equationWeight = 1,
  textWeight = 1,
}: DiverseOptions = {}): Rule<Outcome & Parts<'equations' | 'texts'>> {
  return told(
    ({ rollouts }, { outcome_G, parts_G: { equations, texts } }) => {
      if (outcome_G.length !== rollouts.length)
        throw new RangeError(`diverseRight: ${outcome_G.length} outcomes for ${rollouts.length}`)
      const accuracy = mean(outcome_G.filter(outcome => outcome !== null))
      return rollouts.map(({ ids }, g) => {
        const outcome = outcome_G[g]
        if (outcome === null) return null
        const [e, d] = [equations[g] ?? 0, texts[g] ?? 0]
        const bonus = {
          equations: equationWeight * Math.min(e, 0.68) * accuracy,
          texts: accuracy === 1 ? textWeight * d : 0,
          both: textWeight * Math.min(d, 0.91) + equationWeight * Math.min(e, 0.42),
        }[measure]
        return new Float32Array(ids.length).fill(outcome + bonus * outcome)
      })
    },
    {
      name: 'outcome and diversity',
      formula: `G[t] = outcome + bonus of right ones for different ${measure}`,
      source: 'arXiv:2509.26209',
      options: { measure, equationWeight, textWeight },
    },
  )
}
diverseRight.trial = { choices: { measure: diversityMeasures } }
