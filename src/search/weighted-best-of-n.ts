import { type BestOfNOptions, bestOfN } from './best-of-n.ts'
import type { Search } from './search.ts'

/**
 * n answers, each judged; the one whose solutions have the highest sum of scores (arXiv:2206.02336, section 3.2; "best-of-N
 * weighted" of arXiv:2408.03314, section 5.1).
 */
export function weightedBestOfN(options: Omit<BestOfNOptions, 'choice'>): Search {
  return bestOfN({ ...options, choice: 'weighted' })
}
