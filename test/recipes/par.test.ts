import { expect, test } from 'vitest'
import { part } from '../../src/credit/part.ts'
import { below, random } from '../../src/numbers/random.ts'
import { preferred, shapings } from '../../src/rewards/preferred.ts'
import type { Group } from '../../src/types.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

test('a score of 1.5 beside references of 0, 1 and 2 (arXiv:2502.18770, eq. 6)', () => {
  expect(shapings.sigmoid(1.5, [0, 1, 2], 1)).toBeCloseTo(0.6059, 4)
})

test('in (0, 1), monotone, 0.5 at a single reference, and not moved by what all scores share', () => {
  const draw = random(8)
  for (let round = 0; round < 100; round++) {
    const references = Array.from({ length: 1 + below(draw, 5) }, () => 4 * draw() - 2)
    const [score, shift, steep] = [4 * draw() - 2, 10 * draw() - 5, 5 * draw()]
    const value = shapings.sigmoid(score, references, steep)
    expect(value).toBeGreaterThan(0)
    expect(value).toBeLessThan(1)
    expect(shapings.sigmoid(score + 0.1, references, steep)).toBeGreaterThanOrEqual(value)
    expect(shapings.sigmoid(score, [score], steep)).toBe(0.5)
    const moved = references.map(reference => reference + shift)
    for (const shape of Object.values(shapings))
      expect(shape(score + shift, moved, steep)).toBeCloseTo(shape(score, references, steep), 9)
  }
})

test('references are sampled for each problem, judged with the rest, and left out where nothing is known', async () => {
  const groups = [exampleGroup([1], [1, 1]), exampleGroup([1])]
  const beside: Group[] = [exampleGroup([2], [2]), exampleGroup([2])]
  const judge = async (all: readonly Group[]) =>
    all.map(group => ({
      steps_G_S: group.rollouts.map(({ steps }, g) => {
        if (group === beside[0]) return g === 0 ? f32(0.5) : null
        if (group === beside[1]) return null
        return g === 0 ? f32(0.5) : Float32Array.from(steps, (_, s) => s)
      }),
    }))
  const asked: unknown[] = []
  const answers = async (problems: readonly unknown[], seed: number) => {
    asked.push([problems.length, seed])
    return beside
  }
  const found = await preferred(judge, { answers, seed: 3 })(groups)
  expect(asked).toEqual([[2, 3]])
  expect(found.map(({ parts_G }) => parts_G.preferred)).toEqual([[0.5, 0.5], [null]])
  expect(found[0]!.steps_G_S).toEqual([f32(0.5), f32(0, 1)])
  expect(part('preferred')(groups[0]!, found[0]!)).toEqual([f32(0.5), f32(0.5, 0.5)])
  expect(part('preferred')(groups[1]!, found[1]!)).toEqual([null])
})
