import type { Advantages } from '../method.ts'
import { followed } from './followed.ts'

/**
 * Advantages, those further than `limit` from 0 put to 0: what lies so far out moves the policy more than all the rest
 * (arXiv:2505.02835, section 3.2, over advantages in units of their deviation). What is not finite stays so.
 */
export function withoutOutliers<K extends string, R>(
  advantages: Advantages<K, R>,
  limit: number,
): Advantages<K, R> {
  return batch => {
    const before = advantages(batch)
    const { advantages_P_G_T, metrics } = before
    let [outside, tokens] = [0, 0]
    const inside_P_G_T = advantages_P_G_T.map(of_G =>
      of_G.map(of_T =>
        of_T.map(a => {
          tokens += Number(a !== 0)
          if (!(Math.abs(a) > limit)) return a
          outside++
          return 0
        }),
      ),
    )
    const share = outside / Math.max(tokens, 1)
    return {
      ...followed(
        before,
        {
          name: 'without outliers',
          formula: `A, 0 where it is further than ${limit} from 0`,
          source: 'arXiv:2505.02835, section 3.2',
        },
        inside_P_G_T,
      ),
      metrics: { ...metrics, 'advantages/outliers': share },
    }
  }
}
withoutOutliers.trial = { not: 'it changes advantages, and is no baseline of a stream' }
