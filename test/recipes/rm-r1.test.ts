import { expect, test } from 'vitest'
import { groupNorm } from '../../src/advantages/group-norm.ts'
import { random } from '../../src/numbers/random.ts'
import { pairVerdict } from '../../src/rewards/verifiers/pair-verdict.ts'
import { exampleGroup, expectClose, f32 } from '../example-groups.ts'

const rewardOf = (gold: string | null, pred: string | null) => pairVerdict()({ gold, pred }).correct
const tag = (one: string): string => `<answer>[[${one}]]</answer>`

test.each([
  ['the right tag', tag('A'), true],
  ['the other tag', tag('B'), false],
  ['both tags', `${tag('B')} or ${tag('A')}`, false],
  ['none', 'A is better', false],
  ['a bare verdict', '[[A]]', false],
  ['nothing', null, false],
  ['the right tag too early', `${tag('A')}${' '.repeat(80)}`, false],
  ['the other tag long before', `${tag('B')}${'so '.repeat(40)}${tag('A')}`, true],
])('a verdict that ends in %s (arXiv:2505.02387, section 3.3)', (_, text, right) => {
  expect(rewardOf('A', text)).toBe(right)
  const swapped = text?.replaceAll(/\[\[([AB])\]\]/g, (_, one) => `[[${one === 'A' ? 'B' : 'A'}]]`)
  expect(rewardOf('B', swapped ?? null)).toBe(right) // the places are worth nothing
})

test('a pair without a known better one has no reward', () => {
  for (const gold of [null, '', 'C', 'a']) expect(rewardOf(gold, tag('A'))).toBeNull()
})

test('rewards of -1 and 1, or 0 and 1: the advantages are the same', () => {
  const draw = random(8)
  const baseline = groupNorm({ epsilon: 1e-9 })
  for (let round = 0; round < 50; round++) {
    const right = Array.from({ length: 2 + Math.floor(6 * draw()) }, () => draw() < 0.5)
    const group = exampleGroup(...right.map(() => [2]))
    const of = (no: number) =>
      baseline(
        group,
        right.map(yes => f32(...Array(2).fill(yes ? 1 : no))),
      )
    const [a, b] = [of(-1), of(0)]
    for (const [g, a_T] of a.entries()) expectClose(a_T, b[g]!)
  }
})
