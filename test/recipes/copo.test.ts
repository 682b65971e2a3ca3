import { expect, test } from 'vitest'
import { answerEntropy, consistency } from '../../src/advantages/consistency.ts'
import type { Credited } from '../../src/method.ts'
import { credited, exampleGroup, exampleRollout, expectClose } from '../example-groups.ts'

/** Groups of rollouts of one token, each an answer and its outcome. */
function batchOf(groups: [string, number | null][][]): Credited<object, 'outcome'> {
  return credited(
    groups.map(of =>
      exampleGroup(...of.map(([box]) => ({ ...exampleRollout([1]), text: `\\boxed{${box}}` }))),
    ),
    groups.map(of => ({
      outcome: of.map(([, outcome]) => (outcome === null ? null : Float32Array.of(outcome))),
    })),
  )
}

const advantagesOf = (
  groups: [string, number | null][][],
  options?: Parameters<typeof consistency>[0],
) =>
  consistency(options)(batchOf(groups)).advantages_P_G_T.map(of_G =>
    Float32Array.from(of_G, a_T => a_T[0]!),
  )

const shares: [string, number][][] = [1, 0.5, 0, 0.25].map(share =>
  [0, 1, 2, 3].map((g): [string, number] => [String(g), Number(g < 4 * share)]),
)

test('groups of which 1, 1/2, none and 1/4 are right, against each other (arXiv:2508.04138, eq. 4)', () => {
  const found = advantagesOf(shares, { middle: Infinity })
  const firsts = Float32Array.from(found, a_G => a_G[0]!)
  expectClose(firsts, [1.52127, 0.16903, -1.18321, -0.50709])
  for (const a_G of found) expect(new Set(a_G).size).toBe(1)
})

test('where answers differ it is GRPO', () => {
  const found = advantagesOf(shares, { middle: -Infinity })
  expectClose(found[0]!, [0, 0, 0, 0])
  expectClose(found[1]!, [1, 1, -1, -1])
  expectClose(found[3]!, [Math.sqrt(3), ...Array(3).fill(-1 / Math.sqrt(3))])
})

test('the entropy of answers: 2 bits of four, 1 bit of two and two, 0 where they agree', () => {
  const entropyOf = (...boxes: string[]) =>
    answerEntropy(batchOf([boxes.map((box): [string, number] => [box, 0])]).groups_P[0]!)
  expect(entropyOf('1', '2', '3', '4')).toBeCloseTo(2, 12)
  expect(entropyOf('1', '2', '2', '1')).toBeCloseTo(1, 12)
  expect(entropyOf('7', '7', '7')).toBe(0)
})

test('a group that agrees learns whether its answer is right', () => {
  const [right, wrong] = advantagesOf([
    [
      ['7', 1],
      ['7', 1],
      ['7', null],
    ],
    [
      ['8', 0],
      ['8', 0],
    ],
  ])
  expect(right![0]).toBeGreaterThan(0.9)
  expect(right![2]).toBe(0) // its outcome is not known
  expect(wrong![0]).toBeLessThan(-0.9)
})

test('groups without labels count for nothing', () => {
  const known: [string, number | null][][] = [shares[0]!, shares[2]!]
  const unknown = shares[1]!.map(([box]): [string, null] => [box, null])
  const found = advantagesOf([...known, unknown])
  expect(found.slice(0, 2)).toEqual(advantagesOf(known))
  expect([...found[2]!]).toEqual([0, 0, 0, 0])
})
