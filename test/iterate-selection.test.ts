import { describe, expect, test } from 'vitest'
import { written } from '../src/groups/written.ts'
import { iterate } from '../src/iterate.ts'
import type { Loss, LossInput, Method, Rewarded } from '../src/method.ts'
import { once, resolve } from '../src/recipe.ts'
import purePrmVr from '../src/recipes/pure-prm-vr.ts'
import type { Origin } from '../src/types.ts'
import { problems, toyNeeds, toyPolicy } from './toy.ts'

const options = { groupSize: '6', klCoef: '0', labelled: '1' }

function setting() {
  const policy = toyPolicy(3)
  const learner = { policy, reference: null, learningRate: 0.05 }
  const method = purePrmVr.build(resolve(purePrmVr, options), toyNeeds(policy), once)
  return { policy, learner, method }
}

/** The method, and what its loss was given. */
function watched(method: Method): { readonly method: Method; readonly seen: LossInput[][] } {
  const seen: LossInput[][] = []
  const of: Loss['of'] = batch => {
    seen.push([...batch])
    return method.loss.of(batch)
  }
  return { method: { ...method, loss: { ...method.loss, of } }, seen }
}

const even = ({ groups_P }: Pick<Rewarded, 'groups_P'>) =>
  groups_P.map(({ rollouts }, p) =>
    p === 2 ? [] : rollouts.map((_, g) => g).filter(g => g % 2 === 0),
  )

describe('selection', () => {
  test('before credit: the rest is no part of any baseline', async () => {
    const { learner, method } = setting()
    const { method: watching, seen } = watched({ ...method, select: even })
    const done = await iterate(watching, problems, learner, 5)
    expect(done.credited.groups).toEqual([0, 1, 3])
    expect(done.credited.rollouts_P).toEqual([
      [0, 2, 4],
      [0, 2, 4],
      [0, 2, 4],
    ])
    expect(seen.flat().map(({ group }) => group)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2])
    const other = setting()
    const alone: Method = {
      ...other.method,
      rollouts: async () => done.credited.groups_P,
      rewards: async () => done.credited.rewards_P,
    }
    await iterate(alone, problems, other.learner, 5)
    expect(other.policy.table.values).toEqual(learner.policy.table.values)
  })

  test('after the advantages: all are compared, some are learned from', async () => {
    const { learner, method } = setting()
    const { method: watching, seen } = watched({ ...method, learns: even })
    const done = await iterate(watching, problems, learner, 5)
    expect(done.credited.groups).toEqual([0, 1, 2, 3])
    expect(done.learned.rollouts_P.map(({ length }) => length)).toEqual([3, 3, 0, 3])
    const plain = setting()
    const all = await iterate(plain.method, problems, plain.learner, 5)
    expect(done.credited.advantages_P_G_T).toEqual(all.credited.advantages_P_G_T)
    const expected = [0, 1, 3].flatMap(p =>
      [0, 2, 4].map(g => all.credited.advantages_P_G_T[p]![g]),
    )
    expect(seen.flat().map(({ advantages_T }) => advantages_T)).toEqual(expected)
  })

  test.each([
    [() => [[0], [1], [2], [3], [4]], '5 lists'],
    [() => [[0]], '[undefined] of group 1'],
    [() => [[0], [1], [2], [6]], '[6] of group 3'],
    [() => [[0], [1, 0], [2], [5]], '[1,0] of group 1'],
  ])('refuses what names no rollouts', async (select, message) => {
    const { learner, method } = setting()
    await expect(iterate({ ...method, select }, problems, learner, 5)).rejects.toThrow(
      `select: ${message}`,
    )
    await expect(iterate({ ...method, learns: select }, problems, learner, 5)).rejects.toThrow(
      `learns: ${message}`,
    )
  })
})

test('groups and outcomes reach the loss; rewards reach the advantages', async () => {
  const { learner, method } = setting()
  let outcomes: readonly (number | null)[] = []
  const reading: Method = {
    ...method,
    advantages: batch => {
      outcomes = batch.rewards_P.flatMap(({ outcome_G }) => outcome_G)
      return method.advantages(batch)
    },
  }
  const { method: watching, seen } = watched(reading)
  const done = await iterate(watching, problems, learner, 5)
  expect(outcomes).toEqual(done.rewards_P.flatMap(({ outcome_G }) => outcome_G))
  expect(seen.flat().map(({ outcome }) => outcome)).toEqual(outcomes)
})

test('minibatches of a loss of groups hold whole groups', async () => {
  const { learner, method } = setting()
  const passes = { epochs: 2, minibatches: 2 }
  const paired = { ...method, passes, loss: { ...method.loss, wholeGroups: true } }
  const { method: watching, seen } = watched(paired)
  await iterate(watching, problems, learner, 5)
  expect(seen.map(({ length }) => length)).toEqual([12, 12, 12, 12])
  for (const batch of seen) expect(new Set(batch.map(({ group }) => group)).size).toBe(2)
  const split = watched({ ...method, passes })
  const other = setting()
  await iterate(split.method, problems, other.learner, 5)
  expect(split.seen.some(batch => new Set(batch.map(({ group }) => group)).size > 2)).toBe(true)
})

test.each(['hint', 'replay', 'other'] as const)(
  'a rollout of origin %s is read again, after the prompt that it is learned with',
  async (origin: Origin) => {
    const { policy, learner, method } = setting()
    const groups = await method.rollouts(problems, 5)
    const told = groups.map(group => ({
      ...group,
      rollouts: group.rollouts.map((rollout, g) =>
        g > 0 ? rollout : { ...rollout, logprobs_T: rollout.logprobs_T.map(x => x - 1), origin },
      ),
    }))
    const { method: watching, seen } = watched({ ...method, rollouts: async () => told })
    const expected = await Promise.all(
      told.map(async ({ rollouts: [first] }) => {
        const { promptIds, ids } = first!
        const [scores] = await policy.score([Int32Array.of(...promptIds, ...ids)])
        return scores!.logprobs.slice(promptIds.length - 1)
      }),
    )
    await iterate(watching, problems, learner, 5)
    for (const [i, input] of seen.flat().entries()) {
      const again = i % 6 === 0
      expect(input.replayed_T !== null).toBe(again && origin === 'replay')
      if (again) expect(input.logprobs_T).toEqual(expected[i / 6])
      else expect(input.logprobs_T).toBe(input.sampled_T)
    }
  },
)

test('what a branch shares with its parent is learned once', () => {
  const { rollouts } = { rollouts: [{ branch: null }, { branch: { parent: 0, atToken: 2 } }] }
  const marks = rollouts.map(({ branch }) => {
    const ids = new Int32Array(4)
    const spans = [{ start: 0, end: 4, role: 'policy' }] as const
    return [...written({ ids, spans, branch } as unknown as Parameters<typeof written>[0])]
  })
  expect(marks).toEqual([
    [1, 1, 1, 1],
    [0, 0, 1, 1],
  ])
})
