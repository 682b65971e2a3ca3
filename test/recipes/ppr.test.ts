import { expect, test } from 'vitest'
import { lambdaSteps } from '../../src/credit/lambda-steps.ts'
import { random } from '../../src/numbers/random.ts'
import { renormed } from '../../src/rewards/renormed.ts'
import { exampleGroup, f32 } from '../example-groups.ts'

/** What a step of quality p earns beside an outcome. */
async function earned(p: number, outcome: number | null): Promise<number | null> {
  const scorer = renormed(
    async () => [{ outcome_G: [outcome] }],
    async () => [{ steps_G_S: [f32(2 * p - 1)] }],
  )
  const [found] = await scorer([exampleGroup([1])])
  return found!.steps_G_S[0]?.[0] ?? null
}

test('what judge and outcome agree on counts 1 or -1, what they do not 0 (arXiv:2509.25598)', async () => {
  const pairs = [
    [1, 1, 1],
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, -1],
  ] as const
  for (const [p, outcome, reward] of pairs) expect(await earned(p, outcome)).toBe(reward)
})

test('it is quality + outcome - 1, which nothing gains by on average, and padding of failures never', async () => {
  const draw = random(5)
  let sum = 0
  for (const p of [0, 1]) for (const outcome of [0, 1]) sum += (await earned(p, outcome))!
  expect(sum).toBe(0)
  for (let round = 0; round < 50; round++) {
    const p = draw()
    expect(await earned(p, 0)).toBeCloseTo(p - 1, 6)
    expect(await earned(p, 1)).toBeCloseTo(p, 6)
  }
})

test('with lambda 1 a token is worth the rewards of its step and those to come', async () => {
  const group = exampleGroup([1, 2], [1])
  const scorer = renormed(
    async () => [{ outcome_G: [1, null] }],
    async () => [{ steps_G_S: [f32(0.5, -1), f32(1)] }],
  )
  const [found] = await scorer([group])
  expect(found!.steps_G_S).toEqual([f32(0.75, 0), null])
  const values_G_T = group.rollouts.map(({ ids }) => new Float32Array(ids.length))
  const rewards = { ...found!, values_G_T, logRatios_G_T: [null, null] }
  expect(lambdaSteps({ lambda: 1 })(group, rewards)).toEqual([f32(0.75, 0, 0), null])
})
