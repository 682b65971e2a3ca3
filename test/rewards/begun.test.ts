import { describe, expect, test } from 'vitest'
import { VerifierError } from '../../src/errors.ts'
import { begun } from '../../src/rewards/begun.ts'
import { counting } from '../../src/rewards/counting.ts'
import type { Answer } from '../../src/rewards/grader.ts'
import { asRollout } from '../../src/rollouts/text-rollout.ts'
import { problems } from '../toy.ts'

const items = ['a', 'b', 'c', 'd'].map(name => ({ name }))
const [a, b, c, d] = items as [
  (typeof items)[0],
  (typeof items)[0],
  (typeof items)[0],
  (typeof items)[0],
]

function asked() {
  const calls: string[][] = []
  const judge = async (of: readonly { name: string }[]) => {
    calls.push(of.map(({ name }) => name))
    return of.map(({ name }) => name.toUpperCase())
  }
  return { calls, ...begun(judge, item => item) }
}

test('what was begun is not asked again, and all is told in order', async () => {
  const { calls, begin, ask } = asked()
  begin([c])
  begin([a])
  expect(calls).toEqual([['c'], ['a']]) // at once
  expect(await ask(items)).toEqual(['A', 'B', 'C', 'D'])
  expect(calls).toEqual([['c'], ['a'], ['b', 'd']])
  expect(await ask([d, c])).toEqual(['D', 'C'])
  expect(calls).toHaveLength(3)
})

test('without a beginning all are asked together, each time', async () => {
  const { calls, ask } = asked()
  await ask([a, b])
  await ask([a, b])
  expect(calls).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ])
})

test('an error of what was begun is told to who asks for it, and to nobody before', async () => {
  const { begin, ask } = begun(
    async (of: readonly object[]) => {
      if (of.includes(b)) throw new Error('no')
      return of
    },
    item => item,
  )
  begin([b])
  await new Promise(resolve => setTimeout(resolve, 5))
  expect(await ask([a])).toEqual([a])
  await expect(ask(items)).rejects.toThrow('no')
})

describe('a grader that counts failures', () => {
  const answers = problems.map((problem): Answer => {
    const none = new Int32Array(0)
    const text = { promptIds: none, ids: none, steps: [], text: '', stop: 'stop' } as const
    return { problem, rollout: asRollout(text) }
  })
  const failing = (of: readonly string[]) =>
    counting('a judge', async all =>
      all.map(({ problem }) => (of.includes(problem.id) ? { failed: 'hm' } : 1)),
    )

  test('a group of which nothing can be judged ends nothing where others can', async () => {
    const grader = failing(['q1'])
    grader.begin!([answers[1]!])
    expect(await grader.grade(answers)).toEqual([1, null, 1, 1])
    expect(grader.takeFailures()).toEqual({ count: 1, messages: ['hm'] })
  })

  test('where nothing at all can be judged it throws, begun or not', async () => {
    const grader = failing(problems.map(({ id }) => id))
    grader.begin!([answers[1]!])
    await expect(grader.grade(answers)).rejects.toThrow(VerifierError)
  })
})
