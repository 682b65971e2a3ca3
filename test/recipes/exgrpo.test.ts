import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { iterate } from '../../src/iterate.ts'
import type { Now } from '../../src/method.ts'
import { resolve } from '../../src/recipe.ts'
import exgrpo from '../../src/recipes/exgrpo.ts'
import {
  bucketWeight,
  type ReplayPool,
  remembering,
  replaysOf,
} from '../../src/rollouts/replay-pool.ts'
import { keptRollouts, recallFrom } from '../../src/runs/recall.ts'
import { rolloutRows } from '../../src/runs/rollout-table.ts'
import { createRun } from '../../src/runs/writer.ts'
import type { Group, Json, Rollout } from '../../src/types.ts'
import { mixedPolicy } from '../../src/update/mixed-policy.ts'
import { exampleGroup } from '../example-groups.ts'
import { problems, toyNeeds, toyPolicy } from '../toy.ts'
import { input, numericSlope } from '../update/example-batch.ts'

const at = (iteration: number, memory: unknown = null): Now => ({
  ...{ iteration, iterations: 9, seed: 1 },
  memory: memory as Json,
})

/** A batch of one problem, whose rollouts have these outcomes and texts of their own. */
function batchOf(
  id: string,
  outcome_G: readonly (number | null)[],
  change: Partial<Rollout>[] = [],
) {
  const plain = exampleGroup(...outcome_G.map(() => [1]))
  const rollouts = plain.rollouts.map((one, g) => ({ ...one, text: `${g}`, ...change[g] }))
  const group: Group = { problem: { ...plain.problem, id }, rollouts }
  return { groups_P: [group], rewards_P: [{ outcome_G }] }
}

test('buckets of 1 to 7 of 8 right are drawn as a normal around 4 says (arXiv:2510.02245)', () => {
  const weights = [1, 2, 3, 4, 5, 6, 7].map(right => bucketWeight(right, 8))
  const sum = weights.reduce((a, b) => a + b)
  const shares = weights.map(weight => weight / sum)
  for (const [i, share] of [0.0044, 0.054, 0.242, 0.399, 0.242, 0.054, 0.0044].entries())
    expect(shares[i]).toBeCloseTo(share, 3)
  const kept = [1, 4, 4, 6].map((right, i) => {
    return { problem: { ...problems[0]!, id: `${i}` }, right, places: [[1, 0, 0]] as const }
  })
  const pool = { open: true, retired: [], kept }
  const counts = [0, 0, 0, 0]
  for (let i = 0; i < 4000; i++)
    for (const { problem } of replaysOf(at(i, pool), { share: 0.5, groupSize: 8 })(2))
      counts[Number(problem.id)]!++
  const all = [1, 4, 6].map(right => bucketWeight(right, 8)).reduce((a, b) => a + b)
  const expected = [1, 4, 4, 6].map(
    (r, i) => (bucketWeight(r, 8) / all) * ([1, 2].includes(i) ? 0.5 : 1),
  )
  for (const [i, share] of expected.entries()) expect(counts[i]! / 4000).toBeCloseTo(share, 1)
  const every = replaysOf(at(3, pool), { share: 1, groupSize: 8 })(9)
  expect(new Set(every.map(({ problem }) => problem.id))).toEqual(new Set(['0', '1', '2', '3']))
})

describe('the pool', () => {
  const then = (pool: unknown, iteration: number, batch: ReturnType<typeof batchOf>) =>
    remembering(at(iteration, pool), 0.35)(batch)

  test('opens after a batch that is right often enough, and keeps what comes then', () => {
    const poor = then(null, 1, batchOf('a', [0, 0, 1]))
    expect(poor).toEqual({ open: false, retired: [], kept: [] })
    const good = then(poor, 2, batchOf('a', [0, null, 1]))
    expect(good).toEqual({ open: true, retired: [], kept: [] })
    const { kept } = then(good, 3, batchOf('a', [0, 1, 1, null, 1], [{}, {}, { text: '1' }]))
    expect(kept).toMatchObject([
      {
        right: 3,
        places: [
          [3, 0, 1],
          [3, 0, 4],
        ],
      },
    ]) // the third says the same again
  })

  test('a replayed rollout counts as right and is not kept again; one is not forgotten for a bad day', () => {
    const first = then({ open: true, retired: [], kept: [] }, 3, batchOf('a', [0, 1, 0]))
    const second = then(first, 4, batchOf('a', [1, 1, 0], [{ origin: 'replay' }]))
    expect(second.kept).toMatchObject([
      {
        right: 2,
        places: [
          [3, 0, 1],
          [4, 0, 1],
        ],
      },
    ])
    expect(then(second, 5, batchOf('a', [0, 0, 0]))).toEqual(second)
  })

  test('a problem that is always solved is never replayed again', () => {
    const first = then({ open: true, retired: [], kept: [] }, 3, batchOf('a', [0, 1, 0]))
    const retired = then(first, 4, batchOf('a', [1, 1, 1]))
    expect(retired).toEqual({ open: true, retired: ['a'], kept: [] })
    const later: ReplayPool = then(retired, 5, batchOf('a', [0, 1, 0]))
    expect(replaysOf(at(6, later), { share: 1, groupSize: 3 })(4)).toEqual([])
  })
})

describe('the loss', () => {
  const replayed = (ratio: number) => {
    const one = input([Math.log(ratio)], [0], [1])
    return { ...one, replayed_T: one.trained_T }
  }
  test.each([
    [0.01, 0.0909],
    [1, 0.909],
    [10, 0.99],
  ])('a replayed token of ratio %d counts %d', (ratio, counts) => {
    expect(-mixedPolicy().of([replayed(ratio)]).loss).toBeCloseTo(counts, 3)
    expect(-mixedPolicy().of([input([Math.log(ratio)], [0], [1])]).loss).toBeCloseTo(ratio, 5)
  })

  test('its slope is that of finite differences; tokens of others and empty rollouts have none', () => {
    const mixed = input([-1, -0.5, -2], [-1.2, -1, -1], [1, -1, 1], [1, 1, 0])
    const batch = [
      { ...mixed, replayed_T: mixed.trained_T },
      input([-0.3, -2], [-0.7, -1.2], [-2, 0.5]),
      input([], [], []),
    ]
    for (const reduction of ['token-mean', { maxTokens: 5 }] as const) {
      const loss = mixedPolicy({ reduction })
      const { dlogprobs_G_T, metrics } = loss.of(batch)
      for (const [g, slope_T] of numericSlope(loss, batch).entries())
        for (const [t, slope] of slope_T.entries())
          expect(dlogprobs_G_T[g]![t]).toBeCloseTo(slope, 3)
      expect(metrics['update/replayed']).toBe(0.5)
    }
    expect(() => mixedPolicy({ damping: 0 })).toThrow('damping must be above 0, got 0')
  })
})

test('rollouts are recalled from the table of a run, or from what was kept, to the last bit', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'minform-recall-'))
  const run = createRun(folder, {})
  const groups_P = await toyNeeds(toyPolicy(3)).sample(3)(problems, 1)
  const computed = { rewards: null, streams: null, advantages_G_T: null, learned_G: null }
  run.rollouts(4, rolloutRows(groups_P.map(group => ({ group, ...computed }))))
  run.close()
  const kept = keptRollouts()
  kept.keep(4, groups_P)
  for (const recall of [recallFrom(folder), kept.recall]) {
    const found = await recall([
      [4, 2, 1],
      [4, 0, 0],
    ])
    const expected = [groups_P[2]!.rollouts[1]!, groups_P[0]!.rollouts[0]!]
    expect(found).toEqual(expected.map(one => ({ ...one, origin: 'replay' })))
    expect(await recall([])).toEqual([])
    await expect(recall([[4, 9, 0]])).rejects.toThrow('no rollout 0 of group 9 of iteration 4')
  }
  rmSync(folder, { recursive: true })
})

test('half of an iteration is of the pool: the surest rollout beside new ones, learned by what it was sampled with', async () => {
  const policy = toyPolicy(3)
  const kept = keptRollouts()
  const needs = toyNeeds(policy, undefined, { recall: kept.recall })
  const options = resolve(exgrpo, { groupSize: '6', beginAt: '0' })
  const learner = { policy, reference: null, learningRate: 0.1 }
  let memory: Json = null
  const shares: number[] = []
  for (let i = 1; i <= 12; i++) {
    const method = exgrpo.build(options, needs, at(i, memory))
    const next = problems.values()
    const asked = method.problems!(() => next.next().value!, problems.length)
    expect(asked).toHaveLength(problems.length)
    const found = await iterate(method, asked, learner, i)
    const replayed = found.groups_P.flatMap(({ rollouts }) =>
      rollouts.filter(r => r.origin === 'replay'),
    )
    for (const { problem, rollouts } of found.groups_P) {
      expect(rollouts).toHaveLength(6)
      if (rollouts[0]!.origin === 'replay')
        expect(rollouts[0]!.text).toContain(`{${problem.answer}}`)
    }
    shares.push(replayed.length)
    for (const one of replayed) {
      const { kept: pool } = memory as unknown as ReplayPool
      const places = pool.flatMap(({ places }) => places)
      const all = await kept.recall(places)
      expect(all.some(other => other.ids === one.ids && other.logprobs_T === one.logprobs_T)).toBe(
        true,
      )
      expect(one.weightVersion).toBeLessThan(policy.version)
    }
    if (replayed.length > 0) expect(found.metrics['update/replayed']).toBeGreaterThan(0)
    kept.keep(i, found.groups_P)
    memory = found.memory
  }
  expect(shares.slice(0, 2)).toEqual([0, 0]) // one batch opens the pool, and what comes then fills it
  expect(Math.max(...shares)).toBe(2)
})
