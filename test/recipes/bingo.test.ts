import { expect, test } from 'vitest'
import { efficientOutcome, efficientReward } from '../../src/credit/efficient-outcome.ts'
import { overCritic } from '../../src/credit/lambda-returns.ts'
import { below, random } from '../../src/numbers/random.ts'
import { keptByChat, keptWords, type Significance } from '../../src/rewards/compressed.ts'
import type { Ask } from '../../src/rewards/remote/chat.ts'
import { significantLength, surprising } from '../../src/rewards/significant-length.ts'
import { nextSlope, slopeOf, startingSlope } from '../../src/rewards/slope-weight.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'

const most = 5 / (Math.PI / 2)
const options = { reasoning: most }

test('right answers by what they say too much, wrong ones by what they thought too (arXiv:2506.08125)', () => {
  const right = (others: number) => efficientReward(1, 1, others, options)
  expect([right(0), right(1), right(Math.PI / 2), right(9)]).toEqual(
    [6, 3.7, 1, 1].map(x => expect.closeTo(x, 2)),
  )
  const wrong = (others: number, many: number) => efficientReward(0, many, others, options)
  expect([wrong(1, 1), wrong(1, 1.2), wrong(0.5, 0.5)]).toEqual(
    [-2.74, -2.1, -3.65].map(x => expect.closeTo(x, 2)),
  )
})

test('a right answer is worth at least 1, a wrong one never more than 0, and less the more it says', () => {
  const draw = random(3)
  for (let round = 0; round < 100; round++) {
    const [many, others] = [4 * draw(), 4 * draw()]
    for (const outcome of [0, 1]) {
      const reward = efficientReward(outcome, many, others, options)
      expect(outcome === 1 ? reward >= 1 : reward <= 0).toBe(true)
      expect(efficientReward(outcome, many, others + 0.1, options)).toBeLessThanOrEqual(reward)
    }
  }
})

test('what is not known stays so, and what is no number', () => {
  const group = exampleGroup([1], [1], [2])
  const parts_G = { significant: [1, null, 1], others: [0, 1, 1] }
  const found = efficientOutcome(options)(group, { outcome_G: [1, 0, Number.NaN], parts_G })
  expect(found).toEqual([f32(6), null, f32(Number.NaN, Number.NaN)])
})

test("surprising tokens count, in units of another model's answer", async () => {
  const rollout = { ...exampleRollout([4]), logprobs_T: f32(-0.1, -2, -1.5, -0.2) }
  expect([...(await surprising(0.5)(rollout))!]).toEqual([0, 1, 1, 0])
  const short = { ...exampleRollout([2]), logprobs_T: f32(-0.1, -2) }
  const answers = async () => [exampleGroup(short)]
  const of = async (significance: Significance) =>
    (
      await significantLength({ answers, seed: 1, significance })([exampleGroup(rollout, short)])
    )[0]!
  expect((await of(surprising(0.5))).parts_G).toEqual({ significant: [2, 1], others: [2, 1] })
  const unknown = await of(async one => (one === short ? null : Uint8Array.of(1)))
  expect(unknown.parts_G).toEqual({ significant: [null, null], others: [null, null] }) // no unit
})

const wordsOf = (text: string) =>
  [...text.matchAll(/\S+/g)].map(({ index, 0: word }) => ({
    word,
    start: index,
    end: index + word.length,
  }))

test('the words that a shorter text keeps are the longest common subsequence', () => {
  const kept = (text: string, short: string) =>
    keptWords(wordsOf(text), wordsOf(short))
      .map(({ word }) => word)
      .join(' ')
  expect(kept('so we add two and two and get four', 'add two and two four')).toBe(
    'add two and two four',
  )
  expect(kept('a b c', 'c b a')).toHaveLength(1) // out of order
  expect(kept('a b', 'made up')).toBe('')
  const draw = random(8)
  for (let round = 0; round < 50; round++) {
    const words = Array.from({ length: 12 }, () => 'abcd'[below(draw, 4)]!)
    const some = words.filter(() => draw() < 0.5) // what only leaves words out is kept whole
    expect(kept(words.join(' '), some.join(' '))).toBe(some.join(' '))
  }
})

test('tokens of kept words say something; a chat model that does not answer leaves that unknown', async () => {
  const pieces = () => ['so ', 'two', ' and', ' two']
  const rollout = { ...exampleRollout([4]), text: 'so two and two' }
  const saying =
    (said: string): Ask =>
    async (_, read) =>
      read(said)
  const found = await keptByChat(saying('<short>two two</short>'), { pieces }, 1)(rollout)
  expect([...found!]).toEqual([0, 1, 0, 1])
  expect(await keptByChat(saying('two two'), { pieces }, 1)(rollout)).toBeNull()
})

test("a critic's returns: the reward of the whole rollout at its end, less the KL of each token", () => {
  const group = exampleGroup([3], [2])
  const parts_G = { significant: [1, 1], others: [0, null] }
  const rewards = {
    ...{ outcome_G: [1, 1], parts_G },
    logRatios_G_T: [f32(1, 0, 0), null],
    values_G_T: [f32(4, 5, 6), f32(0, 0)],
  }
  const found = overCritic(efficientOutcome(options), { lambda: 1, klCoef: 0.5 })(group, rewards)
  expect(found).toEqual({ returns: [f32(5.5, 6, 6), null], values: [f32(4, 5, 6), f32(0, 0)] })
  const none = overCritic(efficientOutcome(options), { lambda: 0 })(group, {
    ...rewards,
    logRatios_G_T: [null, null],
  })
  expect(none.returns[0]).toEqual(f32(5, 6, 6)) // what is expected next, and the reward at the end
})

test('the weight follows the slope of accuracies, and turns where they stand still', () => {
  expect(slopeOf([1, 3, 5])).toBe(2)
  const batch = (x: number | null) => ({ groups_P: [], rewards_P: [{ outcome_G: [x] }] })
  let slope = startingSlope(most)
  const after = (iteration: number, x: number | null) => {
    slope = nextSlope(slope, { most, from: 3, iteration })(batch(x))
    return slope.weight
  }
  expect([after(1, 0.1), after(2, 0.2)]).toEqual([most, most])
  expect(after(3, 0.3)).toBeCloseTo(most, 6) // the first slope is the unit
  expect(after(4, 0.4)).toBeCloseTo(most, 6)
  const before = slope
  expect(after(5, null)).toBe(before.weight)
  for (let i = 6; i < 16; i++) after(i, 0.4)
  expect(slope.weight).toBe(-0.5 * slope.low)
  for (let i = 16; i < 40; i++) after(i, 0.4)
  expect(slope.weight).toBeCloseTo(-2 * most, 9)
})
