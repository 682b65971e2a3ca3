import { expect, test } from 'vitest'
import { accuracyFor, passForTokens, plainSamples, searchPoint } from '../../src/eval/searches.ts'
import { boxedGrader } from '../../src/rewards/grader.ts'
import { bestOfN } from '../../src/search/best-of-n.ts'
import type { PathJudge } from '../../src/search/judging.ts'
import { problems, toyPolicy, toySampler } from '../toy.ts'

const sampler = toySampler(toyPolicy(3))
const grader = boxedGrader()

/** It knows the answers: a path with the right one is worth 1. */
const knowing: PathJudge = {
  name: 'knowing',
  scores: async asked =>
    asked.map(({ path, problem, known }) => {
      const right = path.text.includes(`\\boxed{${problem.id.slice(1)}}`)
      return path.steps.slice(known.length).map(() => Number(right))
    }),
}

test('a point: how many chosen answers are right, and what was spent; batches do not matter', async () => {
  const by = { services: { sampler, judge: knowing }, grader, seed: 3 }
  const point = await searchPoint(bestOfN({ n: 16 }), problems, by)
  expect(await searchPoint(bestOfN({ n: 16 }), problems, { ...by, atOnce: 1 })).toEqual(point)
  expect(point.graded).toBe(problems.length)
  const one = await searchPoint(bestOfN({ n: 1 }), problems, by)
  expect(point.right).toBeGreaterThanOrEqual(one.right)
  expect(point.tokens).toBeGreaterThan(8 * one.tokens)
  expect(point.judged).toBeGreaterThan(0)
})

test('plain samples for as many tokens', async () => {
  const plain = await plainSamples(sampler, problems, 32, { grader, seed: 1 })
  expect(plain.samples).toBe(32)
  expect(passForTokens(plain, 4.2 * plain.tokens)!.k).toBe(4)
  expect(passForTokens(plain, 0.1 * plain.tokens)!.k).toBe(1)
  expect(passForTokens(plain, 40 * plain.tokens)).toBeNull()
  const passes = [1, 8, 32].map(k => passForTokens(plain, k * plain.tokens)!.pass)
  expect(passes).toEqual(passes.toSorted((a, b) => a - b))
})

test('accuracy between two sizes goes by the logarithm of their tokens', () => {
  const points = [
    { tokens: 400, accuracy: 0.8 },
    { tokens: 100, accuracy: 0.4 },
  ]
  expect(accuracyFor(points, 200)).toBeCloseTo(0.6, 12)
  expect(accuracyFor(points, 400)).toBe(0.8)
  expect(accuracyFor(points, 100)).toBe(0.4)
  expect([accuracyFor(points, 99), accuracyFor(points, 401)]).toEqual([null, null])
})
