import { expect, test } from 'vitest'
import { none } from '../../src/advantages/none.ts'
import { sum } from '../../src/credit/sum.ts'
import { below, random } from '../../src/numbers/random.ts'
import { chances, share } from '../../src/rewards/chances.ts'
import { progress } from '../../src/rewards/progress.ts'
import { goingOn } from '../../src/rollouts/go-on.ts'
import type { Group, Rollout } from '../../src/types.ts'
import { exampleGroup, exampleRollout, expectClose, f32 } from '../example-groups.ts'
import { problems, tokenizer, toyPolicy, toySampler } from '../toy.ts'

/** Rewards of steps along which one in `of` attempts is right so many times. */
const gained = async (values_S: readonly number[]) => {
  const potentials_G_S = [f32(...values_S)]
  const [found] = await progress(async () => [{ outcome_G: [1], potentials_G_S }])([
    exampleGroup([1]),
  ])
  return found!.steps_G_S[0]!
}

/** Ends of rollouts of which, in order, so many of ten are right: the text of an end is its outcome. */
const ending = (rights: readonly number[]) => {
  const next = rights.values()
  return async (cuts: readonly { readonly rollout: Rollout }[]) =>
    cuts.map(({ rollout }) => {
      const right = next.next().value!
      return Array.from({ length: 10 }, (_, i) => ({ ...rollout, text: i < right ? '1' : '0' }))
    })
}
const byText = async (groups: readonly Group[]) =>
  groups.map(({ rollouts }) => ({
    outcome_G: rollouts.map(({ text }) => (text === '?' ? null : Number(text))),
  }))
const graded = (steps: number, text: string) => ({
  ...exampleRollout(Array.from({ length: steps }, () => 1)),
  text,
})

test('what each step adds for the best of four (arXiv:2410.08146, section 3.2)', async () => {
  const values = [0.3, 0.5, 0.4, 1].map(q => share([q], 4)!)
  expectClose(values, [0.7599, 0.9375, 0.8704, 1])
  const added = await gained(values)
  for (const [s, x] of [0.1776, -0.0671, 0.1296].entries()) expect(added[s]).toBeCloseTo(x, 4)
})

test('what steps add is what all of them gained, and nothing for the best of very many', async () => {
  const draw = random(3)
  for (let round = 0; round < 50; round++) {
    const q_S = Array.from({ length: 2 + below(draw, 6) }, () => 0.05 + 0.9 * draw())
    const added = await gained(q_S)
    expect(added.reduce((a, b) => a + b, 0)).toBeCloseTo(q_S.at(-1)! - q_S[0]!, 5)
    const many = await gained(q_S.map(q => share([q], 1000)!))
    for (const x of many) expect(x).toBeCloseTo(0, 6)
  }
})

test('chances: of the group before, of ways to the end between, the outcome behind', async () => {
  const group = exampleGroup(graded(3, '1'), graded(1, '0'), graded(2, '?'))
  const scorer = chances(byText, { goOn: ending([2, 7]), n: 10, seed: 1 })
  const [found] = await scorer([group])
  expect(found!.outcome_G).toEqual([1, 0, null])
  expect(found!.potentials_G_S.map(x => x && [...x].map(v => Number(v.toFixed(4))))).toEqual([
    [0.5, 0.2, 0.7, 1],
    [0.5, 0],
    null,
  ])
})

test('a step is credited with what it adds alone, and no baseline takes it away', () => {
  const group = exampleGroup([2, 1, 1])
  const returns_G = sum({ discount: 0 })(group, { steps_G_S: [f32(0.5, -0.25, 0.75)] })
  expect(none()(group, returns_G)).toEqual([f32(0.5, 0.5, -0.25, 0.75)])
})

test('going on keeps what stood before the cut; without room it stands as it is', async () => {
  const policy = toyPolicy(1)
  const sampler = toySampler(policy)
  const promptIds = tokenizer.encode(problems[0]!.prompt)
  const ids = tokenizer.encode('good\n\nbad\n\ngood')
  const steps = [
    { start: 0, end: 2, text: 'good', state: 'complete' as const },
    { start: 2, end: 4, text: 'bad', state: 'complete' as const },
    { start: 4, end: 5, text: 'good', state: 'truncated' as const },
  ]
  const rollout = { ...exampleRollout([2, 2, 1]), promptIds, ids, steps, stop: 'length' as const }
  const cut = { rollout, steps: 1, n: 3, seed: 5 }
  const [three] = await goingOn(sampler)([cut])
  expect(three!.length).toBe(3)
  for (const one of three!) {
    expect([...one.ids.subarray(0, 2)]).toEqual([...ids.subarray(0, 2)])
    expect(one.stop).not.toBe('paused')
    expect(one.text.startsWith('good\n\n')).toBe(true)
  }
  expect(await goingOn(sampler)([cut])).toEqual([three])
  const [same] = await goingOn({ ...sampler, maxTokens: 2 })([cut])
  expect(same).toMatchObject([{ text: 'good\n\n', stop: 'length' }])
})
