// Labels that a judge gives: what a chat model or another reward model says of steps, for a judge that learns to say the same.

import { ConfigError } from '../../errors.ts'
import type { StepScorer } from '../score/step-scorer.ts'
import { ask, type Labeler, withLabels } from './labeler.ts'

/**
 * Each step's score, laid out on [0, 1] from the judge's range; null where it gave none. Throws ConfigError for a judge whose scores have no
 * bounds.
 */
export function judged({ name, range: [low, high] }: Pick<StepScorer, 'name' | 'range'>): Labeler {
  if (!Number.isFinite(high - low))
    throw new ConfigError(
      `judged: scores of ${name} lie in [${low}, ${high}]; expected a judge whose scores have bounds`,
    )
  return {
    name: 'judged',
    *label({ solutions }) {
      const asked = solutions.map(({ solution }) => solution)
      const [rows] = yield* ask<'scores'>([{ kind: 'scores', solutions: asked }])
      return solutions.map((one, i) => {
        const labels_S = rows![i]!.map(score =>
          score === null ? null : (score - low) / (high - low),
        )
        const said = labels_S.some(label => label !== null)
        const labels = { labels_S, ...(!said && { missing: 'not-judged' }) }
        return withLabels(one, { name: 'judged', meaning: 'rightness', ...labels })
      })
    },
  }
}
