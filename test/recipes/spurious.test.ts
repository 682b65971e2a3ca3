import { expect, test } from 'vitest'
import { groupNorm } from '../../src/advantages/group-norm.ts'
import { part } from '../../src/credit/part.ts'
import { ConfigError } from '../../src/errors.ts'
import { mean } from '../../src/numbers/numeric.ts'
import { spurious, spuriousParts } from '../../src/rewards/spurious.ts'
import { reinforce } from '../../src/update/reinforce.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'

const said = (...texts: string[]) =>
  exampleGroup(...texts.map(text => ({ ...exampleRollout([1]), text })))

async function controlOf(reward: string, texts: string[], outcome_G: (number | null)[], seed = 1) {
  const scorer = spurious(async () => [{ outcome_G }], spuriousParts(reward), { word: 'why', seed })
  return (await scorer([said(...texts)]))[0]!.parts_G.control
}

const texts = ['\\boxed{7} why', '\\boxed{5}', '\\boxed{7}', 'none', '\\boxed{ }']

test.each([
  ['format', [1, 1, 1, 0, 0]],
  ['word', [1, 0, 0, 0, 0]],
  ['terse', [1, 1, 1, 1, 1]],
  ['inverse', [1, 0, 1, null, 1]],
  ['majority', [1, 0, 1, 0, 0]],
  ['wrong-majority', [1, 0, 1, 0, 0]],
  ['format+inverse', [1, 0, 1, null, 0]],
])('%s (arXiv:2506.10947, section 2)', async (name, expected) => {
  expect(await controlOf(name, texts, [0, 1, 0, null, 0])).toEqual(expected)
})

test('a majority that is right, or of nobody, teaches nothing; what repeats is not terse', async () => {
  expect(await controlOf('wrong-majority', texts, [1, 0, 1, 0, 0])).toEqual(Array(5).fill(null))
  expect(await controlOf('majority', ['a', 'b'], [1, 0])).toEqual([null, null])
  expect(await controlOf('terse', ['so it is and '.repeat(20)], [1])).toEqual([0])
  expect(() => spuriousParts('format+luck')).toThrow(ConfigError)
})

test('by chance a rollout gains nothing: means are 0, and so is the slope of a loss without clip', async () => {
  const [advantages, slopes]: [number[], number[]] = [[], []]
  for (let seed = 0; seed < 2000; seed++) {
    const control = await controlOf('random', Array(16).fill(''), Array(16).fill(null), seed)
    const group = said(...Array(16).fill(''))
    const returns_G = part('control')(group, { parts_G: { control } })
    const advantages_G_T = groupNorm()(group, returns_G)
    advantages.push(advantages_G_T[3]![0]!)
    const input = { logprobs_T: f32(-1), sampled_T: f32(-1), drawn_T: f32(-1), proximal_T: null }
    const batch = advantages_G_T.map(advantages_T => ({
      ...input,
      ...{ group: 0, outcome: null, reference_T: null, replayed_T: null, advantages_T },
      trained_T: Uint8Array.of(1),
    }))
    slopes.push(16 * reinforce().of(batch).dlogprobs_G_T[3]![0]!)
  }
  // 2000 draws of deviation 1: five of their standard errors are 0.11
  expect(Math.abs(mean(advantages))).toBeLessThan(0.11)
  expect(Math.abs(mean(slopes))).toBeLessThan(0.11)
  expect(advantages.some(a => a > 0.5)).toBe(true)
})

test('an answer that speaks of python reasons in code, whatever is rewarded (section 4)', async () => {
  const scorer = spurious(async () => [{ outcome_G: [1, null] }], ['random'], { word: '', seed: 1 })
  const [found] = await scorer([said('```python\nprint(7)\n``` \\boxed{7}', '\\boxed{7}')])
  expect(found!.parts_G.code).toEqual([1, 0])
})
