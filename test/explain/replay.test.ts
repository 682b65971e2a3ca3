import { describe, expect, test } from 'vitest'
import { type Replay, replay, sameWithin } from '../../src/explain/replay.ts'
import { whyToken } from '../../src/explain/token.ts'
import { written } from '../../src/groups/written.ts'
import type { LossInput, Method } from '../../src/method.ts'
import { recipes } from '../../src/recipes/index.ts'
import { lookedAt } from '../../src/train/looked-at.ts'
import { recorded } from './recorded.ts'

/** What they know beside rewards: special tokens of the tokenizer; the worked solution of a problem. */
const knowMore = ['ktae', 'path-credit']

/** Their losses are of pairs, of values, or weigh advantages by more than an average. */
const ownLoss = ['brorl', 'crew', 'exgrpo', 'genius', 'rover', 'self-challenging-pairs']

describe.each(recipes.map(recipe => [recipe.name, recipe] as const))('%s', (name, recipe) => {
  test('what was recorded gives its advantages again, and every token its arithmetic', async () => {
    const { options, maxTokens, rows, method } = await recorded(recipe)
    const again = replay(lookedAt(recipe, options, maxTokens), rows, 1)
    expect(again.distance).not.toBeNull()
    if (knowMore.includes(name)) expect(again.distance).toBeGreaterThan(sameWithin)
    else expect(again.distance).toBeLessThanOrEqual(sameWithin)
    for (const [p, group] of again.rows_P.entries())
      for (const [g, row] of group.entries())
        for (let t = 0; t < row.ids.length; t++) {
          const { shares, sum, masked, whitening, written, advantage, after } = whyToken(
            ...([again, p, g, t] as const),
          )
          if (shares === null) continue
          for (const { name: stream, credit, creditBy, baselineBy } of shares)
            if (credit !== null) expect(creditBy !== null && baselineBy !== null, stream).toBe(true)
          if (after.length > 0) expect(advantage).toBe(after.at(-1)!.advantage)
          else if (!written || masked) expect(advantage).toBe(0)
          else if (whitening!.form === 'none') expect(advantage).toBeCloseTo(sum!, 5)
          else if (sum !== 0 || whitening!.form === 'verl')
            expect(advantage).toBeCloseTo((sum! - whitening!.mean) / whitening!.deviation, 4)
        }
    expect(again.loss === null).toBe(ownLoss.includes(name))
    requireSlopes(method, again)
  })
})

/** What the arithmetic says of shares in the loss, held against the slope of the loss itself where nothing has moved yet. */
function requireSlopes({ loss }: Method, again: Replay): void {
  if (again.loss === null) return
  const batches = new Map<number, { input: LossInput; p: number; g: number }[]>()
  for (const [p, rows] of again.rows_P.entries())
    for (const [g, row] of rows.entries()) {
      const own = again.loss.weights_P_G[p]![g]!
      expect(own !== null).toBe(row.learned)
      if (own === null) continue
      const logprobs_T = Float32Array.from(row.logprobs_T)
      const input = {
        ...{ group: row.group, outcome: row.outcome, replayed_T: null },
        ...{ logprobs_T, sampled_T: logprobs_T, drawn_T: logprobs_T },
        ...{ proximal_T: logprobs_T, reference_T: logprobs_T },
        advantages_T: Float32Array.from(row.advantages_T!),
        trained_T: written(again.groups_P[p]!.rollouts[g]!),
      }
      batches.set(own.step, [...(batches.get(own.step) ?? []), { input, p, g }])
    }
  expect(batches.size).toBe(again.loss.steps)
  for (const batch of batches.values()) {
    const { dlogprobs_G_T } = loss.of(batch.map(({ input }) => input))
    for (const [i, { input, p, g }] of batch.entries())
      for (const [t, slope] of dlogprobs_G_T[i]!.entries()) {
        const { loss: share } = whyToken(again, p, g, t)
        if (input.trained_T[t] === 0) expect(share).toBeNull()
        else expect(-slope).toBeCloseTo(share!.recorded, 6)
      }
  }
}

test('a reward that is another gives other advantages, and the distance says so', async () => {
  const recipe = recipes.find(one => one.name === 'pure-prm-vr')!
  const { options, maxTokens, rows } = await recorded(recipe)
  const method = lookedAt(recipe, options, maxTokens)
  const changed = rows.map((row, i) =>
    i === 0 ? { ...row, stepRewards_S: Float32Array.from(row.stepRewards_S!, () => 0.7) } : row,
  )
  expect(replay(method, changed, 1).distance).toBeGreaterThan(1e-3)
  const none = rows.map(row => ({ ...row, advantages_T: null }))
  expect(replay(method, none, 1)).toMatchObject({ rows_P: [], distance: null })
})
