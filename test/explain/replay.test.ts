import { describe, expect, test } from 'vitest'
import { replay, sameWithin } from '../../src/explain/replay.ts'
import { whyToken } from '../../src/explain/token.ts'
import { recipes } from '../../src/recipes/index.ts'
import { lookedAt } from '../../src/train/looked-at.ts'
import { recorded } from './recorded.ts'

/** What they know beside rewards: special tokens of the tokenizer; the worked solution of a problem. */
const knowMore = ['ktae', 'path-credit']

describe.each(recipes.map(recipe => [recipe.name, recipe] as const))('%s', (name, recipe) => {
  test('what was recorded gives its advantages again, and every token its arithmetic', async () => {
    const { options, maxTokens, rows } = await recorded(recipe)
    const again = replay(lookedAt(recipe, options, maxTokens), rows)
    expect(again.distance).not.toBeNull()
    if (knowMore.includes(name)) expect(again.distance).toBeGreaterThan(sameWithin)
    else expect(again.distance).toBeLessThanOrEqual(sameWithin)
    for (const [p, group] of again.rows_P.entries())
      for (const [g, row] of group.entries())
        for (let t = 0; t < row.ids.length; t++) {
          const { shares, sum, masked, whitening, written, advantage } = whyToken(again, p, g, t)
          if (shares === null) continue
          if (!written || masked) expect(advantage).toBe(0)
          else if (whitening!.form === 'none') expect(advantage).toBeCloseTo(sum!, 5)
          else if (sum !== 0 || whitening!.form === 'verl')
            expect(advantage).toBeCloseTo((sum! - whitening!.mean) / whitening!.deviation, 4)
        }
  })
})

test('a reward that is another gives other advantages, and the distance says so', async () => {
  const recipe = recipes.find(one => one.name === 'pure-prm-vr')!
  const { options, maxTokens, rows } = await recorded(recipe)
  const method = lookedAt(recipe, options, maxTokens)
  const changed = rows.map((row, i) =>
    i === 0 ? { ...row, stepRewards_S: Float32Array.from(row.stepRewards_S!, () => 0.7) } : row,
  )
  expect(replay(method, changed).distance).toBeGreaterThan(1e-3)
  const none = rows.map(row => ({ ...row, advantages_T: null }))
  expect(replay(method, none)).toMatchObject({ rows_P: [], distance: null })
})
