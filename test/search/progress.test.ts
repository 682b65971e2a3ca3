import { expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { effectiveReward, progress } from '../../src/search/progress.ts'
import { found, treeWorld } from './by-hand.ts'

const options = { weight: 0.5, prover: 4 }

test('chances 0.3, 0.5, 0.4, 1 of a policy, the best of 4 as prover: 0.589, 0.366, 1.065 (arXiv:2410.08146)', () => {
  const chances = [0.3, 0.5, 0.4, 1]
  const rewards = chances.map((_, s) => effectiveReward(chances.slice(0, s + 1), options)!)
  expect(rewards.map(reward => reward.toFixed(3))).toEqual(['0.300', '0.589', '0.366', '1.065'])
})

test('the progress adds up to what the prover gained; a prover that never fails sees none', () => {
  const draw = random(6)
  for (let k = 0; k < 50; k++) {
    const chances = Array.from({ length: 2 + Math.floor(6 * draw()) }, draw)
    const gains = (prover: number): number[] =>
      chances.slice(1).map((chance, s) => {
        return effectiveReward(chances.slice(0, s + 2), { weight: 1, prover })! - chance
      })
    const best = (q: number): number => 1 - (1 - q) ** 4
    const sum = gains(4).reduce((a, b) => a + b, 0)
    expect(sum).toBeCloseTo(best(chances.at(-1)!) - best(chances[0]!), 6)
    for (const gain of gains(1e6))
      expect(Math.abs(gain)).toBeLessThan(1e-3 + Math.exp(-1e6 * Math.min(...chances)))
  }
})

test('what is not known has no worth', () => {
  expect(effectiveReward([], options)).toBeNull()
  expect(effectiveReward([0.5, null], options)).toBeNull()
  expect(effectiveReward([null, 0.5], options)).toBeNull()
  expect(effectiveReward([null], options)).toBeNull()
})

test('a step that is progress is kept before one that is likelier and goes back; the chance decides in the end', () => {
  const chances: Record<string, number> = { a: 0.9, b: 0.2, aa: 0.6, ab: 0.6, ba: 0.55, bb: 0.1 }
  const world = treeWorld(2, 3, text => chances[text] ?? (text.startsWith('ba') ? 0.8 : 0.3))
  const best = (weight: number): string =>
    found(progress({ n: 4, width: 2, weight }), world)[0]!.path.text.replaceAll('\n\n', '')
  expect(best(2).startsWith('ba')).toBe(true) // 0.55 + 2 * (0.959 - 0.59), 0.6 + 2 * (0.974 - 0.9999)
  const narrow = (weight: number): string =>
    found(progress({ n: 2, width: 2, weight }), world)[0]!.path.text.replaceAll('\n\n', '')
  expect(narrow(0).startsWith('a')).toBe(true)
  expect(() => progress({ n: 4, width: 2, prover: 0 })).toThrow(RangeError)
})
