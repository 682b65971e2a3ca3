import { describe, expect, test } from 'vitest'
import { iterate } from '../../src/iterate.ts'
import type { LossInput } from '../../src/method.ts'
import { kMeans } from '../../src/numbers/k-means.ts'
import { below, normal, random } from '../../src/numbers/random.ts'
import { once, resolve } from '../../src/recipe.ts'
import rehearsal from '../../src/recipes/rehearsal.ts'
import { rehearsed } from '../../src/rewards/rehearsed.ts'
import { clipped } from '../../src/update/clipped.ts'
import { reinforce } from '../../src/update/reinforce.ts'
import { exampleGroup, f32 } from '../example-groups.ts'
import { problems, toyNeeds, toyPolicy } from '../toy.ts'

describe('clusters', () => {
  test('points that lie apart are told apart, whatever the draw', () => {
    const draw = random(3)
    for (let round = 0; round < 100; round++) {
      const k = 1 + below(draw, 4)
      const points = Array.from({ length: 5 * k }, (_, i) => [
        100 * (i % k) + normal(draw),
        normal(draw),
      ])
      const found = kMeans(points, k, draw)
      for (const [i, c] of found.entries()) expect(c).toBe(found[i % k])
      expect(new Set(found).size).toBe(k)
    }
  })

  test('equal points are one cluster, and of nothing there is none', () => {
    expect(kMeans([[1], [1], [1]], 3, random(1))).toEqual([0, 0, 0])
    expect(kMeans([], 3, random(1))).toEqual([])
  })
})

/** Hidden states by what the last token is: an even number or an odd one. */
const policy = {
  hidden: async (sequences: readonly Int32Array[]) =>
    sequences.map(ids => {
      const states = new Float32Array(2 * ids.length)
      states.set(ids.at(-1)! % 2 === 0 ? [0, 9] : [9, 0], 2 * (ids.length - 1))
      return states
    }),
}

describe('rehearsal (arXiv:2309.10202, section 3.2)', () => {
  const groups = [exampleGroup([1], [2], [3], [4]), exampleGroup([1], [2])] // last tokens 0 1 2 3, 0 1
  const scored = (...quality_P: (number | null)[][]) =>
    rehearsed(async () => quality_P.map(quality => ({ parts_G: { quality } })), policy, {
      ...{ clusters: 2, keep: 1, seed: 1 },
    })(groups)

  test('of each kind the one that is furthest above its group, whatever the groups are worth', async () => {
    const low = await scored([0, 1, 5, 0.5], [0, 4])
    expect(low.map(({ parts_G }) => parts_G.rehearsed)).toEqual([
      [0, 0, 1, 0],
      [0, 1],
    ])
    const shifted = await scored([100, 101, 105, 100.5], [-50, -46])
    expect(shifted.map(({ parts_G }) => parts_G.rehearsed)).toEqual(
      low.map(({ parts_G }) => parts_G.rehearsed),
    )
  })

  test('nothing of even groups; what nobody judged is not known', async () => {
    const [even, unknown] = await scored([1, 1, 1, 1], [null, 3])
    expect(even!.parts_G.rehearsed).toEqual([0, 0, 0, 0])
    expect(unknown!.parts_G.rehearsed).toEqual([null, 0])
  })
})

test('an advantage more is imitation more, on what was just sampled: slopes of the sum of both losses', () => {
  const draw = random(4)
  for (let round = 0; round < 50; round++) {
    const one = (): LossInput => {
      const logprobs_T = Float32Array.from({ length: 3 }, () => -draw())
      return {
        ...{ group: 0, outcome: null, logprobs_T, sampled_T: logprobs_T, drawn_T: logprobs_T },
        ...{ proximal_T: null, reference_T: null, replayed_T: null },
        ...{ advantages_T: f32(...new Array<number>(3).fill(normal(draw))) },
        trained_T: Uint8Array.of(1, 1, 1),
      }
    }
    const batch = [one(), one()]
    const added = batch.map(input => ({
      ...input,
      advantages_T: input.advantages_T.map(a => a + 0.5),
    }))
    const ones = batch.map(input => ({ ...input, advantages_T: f32(0.5, 0.5, 0.5) }))
    const [apart, imitation] = [clipped().of(batch), reinforce().of(ones)]
    const together = clipped().of(added)
    for (const [g, slopes_T] of together.dlogprobs_G_T.entries())
      for (const [t, slope] of slopes_T.entries())
        expect(slope).toBeCloseTo(apart.dlogprobs_G_T[g]![t]! + imitation.dlogprobs_G_T[g]![t]!, 5)
  }
})

test('the recipe makes steps better that the judge likes', async () => {
  const policy = toyPolicy(3)
  const learner = { policy, reference: null, learningRate: 0.1 }
  const bad: number[] = []
  for (let i = 0; i < 30; i++) {
    const method = rehearsal.build(resolve(rehearsal), toyNeeds(policy), once)
    const { groups_P } = await iterate(method, problems, learner, i)
    const steps = groups_P.flatMap(({ rollouts }) => rollouts.flatMap(one => one.steps))
    bad.push(steps.filter(({ text }) => text.includes('bad')).length / steps.length)
  }
  const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length
  expect(mean(bad.slice(-8))).toBeLessThan(mean(bad.slice(0, 8)) - 0.1)
})
