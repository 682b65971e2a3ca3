import { expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { unbegun } from '../../src/rollouts/extend.ts'
import { type Node, root } from '../../src/search/search.ts'
import {
  accepts,
  sharesOf,
  speculative,
  speculativeDepthFirst,
} from '../../src/search/speculative.ts'
import { answered, found, pathOf, treeWorld } from './by-hand.ts'

const logit = (p: number): number => Math.log(p / (1 - p))

/** Steps that one path may go on by: how likely each is, and the judge's odds. */
const candidates = (ps: readonly number[], ms: readonly number[]): Node[] => {
  const parent = root(unbegun(Int32Array.of(0)))
  return ps.map((p, k) => ({
    path: { ...pathOf(['a'], 'paused'), logprobs_T: Float32Array.of(Math.log(p)) },
    scores_S: [logit(ms[k]!)],
    parent,
  }))
}

test('a judge that is the policy accepts all (arXiv:2506.00396)', () => {
  const draw = random(1)
  for (let round = 0; round < 50; round++) {
    const ps = Array.from({ length: 4 }, () => 0.1 + 0.8 * draw())
    for (const { p, m } of sharesOf(candidates(ps, ps))) expect(accepts(p, m)).toBeCloseTo(1, 5)
  }
})

test('shares add up to 1; a step is the likelier accepted the more the judge gives it', () => {
  const shares = sharesOf(candidates([0.6, 0.2], [0.3, 0.9]))
  expect(shares.map(({ p }) => p)).toEqual([expect.closeTo(0.75, 5), expect.closeTo(0.25, 5)])
  expect(shares.map(({ m }) => m)).toEqual([expect.closeTo(0.25, 5), expect.closeTo(0.75, 5)])
  expect(shares.map(({ p, m }) => accepts(p, m))).toEqual([expect.closeTo(1 / 3, 5), 1])
})

const evenly = (world: ReturnType<typeof treeWorld>, share: number): typeof world => ({
  ...world,
  extend: asked =>
    world.extend(asked).map(path => ({
      ...path,
      logprobs_T: new Float32Array(path.ids.length).fill(Math.log(share)),
    })),
})

test('a judge that is sure of one branch leads down it, and few others are gone into', () => {
  const right = 'abc'
  const sure = (text: string): number => (right.startsWith(text) ? 20 : -20)
  const world = evenly(treeWorld(3, 3, sure), 1 / 3)
  const search = speculative({ n: 9, width: 3 })
  expect(found(search, world)[0]!.path.text.replaceAll('\n\n', '')).toBe(right)
  const { asks } = answered(search(unbegun(Int32Array.of(0)), 1), world)
  const opened = asks.filter(ask => ask.kind === 'extend' && ask.from.steps.length > 0)
  expect(opened.length).toBe(2) // one of each depth
})

test('depth first: as many nodes as the answer is deep, where the judge is sure; all, where it is the policy', () => {
  const textsOf = (scoreOf: (text: string) => number, n: number) => {
    const world = evenly(treeWorld(3, 3, scoreOf), 1 / 3)
    const { value, asks } = answered(
      speculativeDepthFirst({ n, width: 3 })(unbegun(Int32Array.of(0)), 1),
      world,
    )
    const opened = asks.filter(({ kind }) => kind === 'extend').length
    return { texts: value.map(({ path }) => path.text.replaceAll('\n\n', '')), opened }
  }
  expect(textsOf(text => ('abc'.startsWith(text) ? 20 : -20), 9)).toEqual({
    texts: ['abc'],
    opened: 3,
  })
  const all = textsOf(() => 0, 100)
  expect(new Set(all.texts).size).toBe(27)
  expect(all.opened).toBe(1 + 3 + 9)
})
