import { describe, expect, test } from 'vitest'
import { amongSiblings } from '../../src/advantages/among-siblings.ts'
import { groupNorm } from '../../src/advantages/group-norm.ts'
import { written } from '../../src/groups/written.ts'
import { iterate } from '../../src/iterate.ts'
import { once, resolve, rolloutsOf } from '../../src/recipe.ts'
import treeRpo from '../../src/recipes/tree-rpo.ts'
import { tree } from '../../src/rollouts/tree.ts'
import type { Group, Rollout } from '../../src/types.ts'
import { exampleGroup, exampleRollout, expectClose, f32 } from '../example-groups.ts'
import { problems, spied, toyNeeds, toyPolicy, toySampler } from '../toy.ts'

const branched = (tokens: number, branch: Rollout['branch']): Rollout => ({
  ...exampleRollout([tokens]),
  branch,
})

// two edges of 2 tokens leave the prompt, two of 3 tokens each of them; leaves 1, 0 and 0, 0 (arXiv:2506.05183)
const complete = exampleGroup(
  branched(5, null),
  branched(5, null),
  branched(5, { parent: 0, atToken: 2 }),
  branched(5, { parent: 1, atToken: 2 }),
)
const outcomes = (...leaves: (number | null)[]) =>
  leaves.map((x, g) => (x === null ? null : f32(...complete.rollouts[g]!.ids.map(() => x))))

describe('edges against those beside them', () => {
  test.each([
    ['bernoulli', 0.25 / Math.sqrt(0.25 * 0.75)],
    ['deviation', 1],
    ['none', 0.25],
  ] as const)('leaves 1, 0 and 0, 0 by %s: the values above them are 1/2 and 0', (scale, a) => {
    const found = amongSiblings({ scale })(complete, outcomes(1, 0, 0, 0))
    const leaf = scale === 'none' ? 0.5 : 1 // 1 and 0 around 1/2
    expectClose(found[0]!, [a, a, leaf, leaf, leaf])
    expectClose(found[1]!, [-a, -a, 0, 0, 0]) // equal leaves are told apart by nothing
    expectClose(found[2]!, [0, 0, -leaf, -leaf, -leaf]) // its first edge is learned with rollout 0
    expectClose(found[3]!, [0, 0, 0, 0, 0])
    if (scale === 'bernoulli') expect(a).toBeCloseTo(0.577, 3)
  })

  test('other outcomes than 0 to 1 have no deviation of a coin', () => {
    expect(() => amongSiblings()(complete, outcomes(3, 1, 2, 0))).toThrow('needs outcomes 0 to 1')
    expectClose(
      amongSiblings({ scale: 'deviation' })(complete, outcomes(3, 1, 2, 0))[1]!,
      [-1, -1, 1, 1, 1],
    )
  })

  test('of a tree of depth 1 are GRPO', () => {
    const flat = exampleGroup([2], [3], [1], [2])
    const returns = [1, 0, 0, 1].map((x, g) => f32(...flat.rollouts[g]!.ids.map(() => x)))
    const grpo = groupNorm({ epsilon: 1e-12 })(flat, returns)
    for (const scale of ['bernoulli', 'deviation'] as const)
      amongSiblings({ scale })(flat, returns).forEach((a_T, g) => {
        expectClose(a_T, grpo[g]!)
      })
  })

  test('a leaf that nobody judged counts nowhere, also where its edge is all that is left', () => {
    const found = amongSiblings({ scale: 'none' })(complete, outcomes(1, null, null, 0))
    expectClose(found[0]!, [0.5, 0.5, 0, 0, 0]) // beside its second edge nothing is known
    expectClose(found[3]!, [0, 0, 0, 0, 0]) // its first edge is rollout 1's own, which is not judged
    expect(
      amongSiblings()(complete, outcomes(null, null, null, null)).flatMap(a => [...a]),
    ).toEqual(Array(20).fill(0))
  })
})

describe('a tree of rollouts', () => {
  const shape = { width: 3, depth: 3, edgeTokens: 2 }
  const grown = async (seed: number): Promise<readonly Group[]> =>
    tree(toySampler(toyPolicy(3)), shape)(problems, seed)

  test('is as wide and as deep as asked; what branches off has the tokens of its parent', async () => {
    for (const { rollouts } of await grown(1)) {
      expect(rollouts.length).toBeGreaterThan(shape.width)
      expect(rollouts.length).toBeLessThanOrEqual(shape.width ** shape.depth)
      expect(rollouts.filter(({ branch }) => branch === null)).toHaveLength(shape.width)
      for (const [g, { branch, ids, logprobs_T, stop, steps }] of rollouts.entries()) {
        expect(['stop', 'length']).toContain(stop)
        expect(logprobs_T).toHaveLength(ids.length)
        expect([steps[0]!.start, steps.at(-1)!.end]).toEqual([0, ids.length])
        if (branch === null) continue
        const { parent, atToken } = branch
        expect(parent).toBeLessThan(g)
        expect([2, 4]).toContain(atToken)
        expect(ids.slice(0, atToken)).toEqual(rollouts[parent]!.ids.slice(0, atToken))
      }
      const leaving = rollouts.map(({ branch }) => JSON.stringify(branch))
      for (const one of leaving.filter(branch => branch !== 'null'))
        expect(leaving.filter(other => other === one)).toHaveLength(shape.width - 1)
    }
  })

  test('is decided by its seed', async () => {
    expect(await grown(1)).toEqual(await grown(1))
    expect(await grown(1)).not.toEqual(await grown(2))
  })

  test('learns each token that was sampled once', async () => {
    const { engine, calls } = spied(toyPolicy(3))
    const options = resolve(treeRpo, { width: '3', depth: '3', edgeTokens: '2' })
    const method = treeRpo.build(options, toyNeeds(engine), once)
    const learner = { policy: engine, reference: null, learningRate: 0.1 }
    const { credited, dropped } = await iterate(method, problems, learner, 1)
    expect(dropped).toBeNull()
    const sampled = calls
      .filter(({ verb }) => verb === 'sample')
      .flatMap(({ args }) => args[0] as { ids: Int32Array; n: number }[])
    expect(sampled.length).toBeGreaterThan(problems.length)
    const rollouts = credited.groups_P.flatMap(group => group.rollouts)
    const learned = rollouts.flatMap(one => [...written(one)]).filter(w => w === 1).length
    const edges = new Set(
      credited.groups_P.flatMap(({ rollouts }, p) =>
        rollouts.flatMap((one, g) => {
          const own = (t: number, at: number): number => {
            const { branch } = rollouts[at]!
            return branch !== null && t < branch.atToken ? own(t, branch.parent) : at
          }
          return [...one.ids].map((_, t) => `${p} ${own(t, g)} ${t}`)
        }),
      ),
    )
    expect(learned).toBe(edges.size)
    expect(learned).toBeLessThan(rollouts.reduce((sum, { ids }) => sum + ids.length, 0))
  })

  test('the recipe says how many rollouts that are at most, and learns the toy problems', async () => {
    const policy = toyPolicy(3)
    const options = resolve(treeRpo, { width: '3', depth: '2', edgeTokens: '2' })
    expect(rolloutsOf(treeRpo, options)).toBe(9)
    const method = treeRpo.build(options, toyNeeds(policy), once)
    const learner = { policy, reference: null, learningRate: 0.3 }
    const right: number[] = []
    for (let i = 0; i < 40; i++) {
      const { rewards_P } = await iterate(method, problems, learner, i)
      const all = rewards_P.flatMap(({ outcome_G }) => outcome_G as number[])
      right.push(all.reduce((a, b) => a + b, 0) / all.length)
    }
    const share = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length
    expect(share(right.slice(-10))).toBeGreaterThan(share(right.slice(0, 10)) + 0.15)
  })
})
