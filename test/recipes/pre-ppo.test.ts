import { expect, test } from 'vitest'
import { iterate } from '../../src/iterate.ts'
import { random } from '../../src/numbers/random.ts'
import { once, resolve } from '../../src/recipe.ts'
import prePpo from '../../src/recipes/pre-ppo.ts'
import { lowest } from '../../src/rollouts/hardest.ts'
import { problems, toyNeeds, toyPolicy } from '../toy.ts'

test('the same share of each domain, where one scores lower as a whole (arXiv:2503.22230, section 3.2)', () => {
  const domains = ['math', 'math', 'math', 'math', 'chat', 'chat', 'chat', 'chat']
  const scores = [0.1, 0.3, 0.2, 0, 0.9, 0.7, 0.8, 1]
  expect(lowest(scores, domains, 0.5)).toEqual([0, 3, 5, 6])
  expect(lowest(scores, domains, 0.1)).toEqual([3, 5]) // one of each at least
  expect(lowest([0.5, Number.NaN, 0.9, 0.2], ['', '', '', ''], 0.5)).toEqual([0, 3])
})

test('an offset of a domain changes nothing', () => {
  const draw = random(4)
  for (let round = 0; round < 100; round++) {
    const domains = Array.from({ length: 12 }, () => (draw() < 0.4 ? 'a' : 'b'))
    const scores = domains.map(() => Math.floor(8 * draw()))
    const moved = scores.map((score, p) => score + (domains[p] === 'a' ? 64 : 0))
    const found = lowest(scores, domains, 0.25)
    expect(lowest(moved, domains, 0.25)).toEqual(found)
    for (const domain of ['a', 'b']) {
      const all = domains.filter(one => one === domain).length
      const kept = found.filter(p => domains[p] === domain).length
      expect(kept).toBe(all === 0 ? 0 : Math.max(1, Math.round(all / 4)))
    }
  }
})

test('problems that the policy solves are left out, and all of the others are sampled', async () => {
  const policy = toyPolicy(3)
  const solved = new Set(['q1', 'q2'])
  const needs = {
    ...toyNeeds(policy),
    grade: async (groups: readonly { problem: { id: string }; rollouts: readonly object[] }[]) =>
      groups.map(({ problem, rollouts }) => ({
        outcome_G: rollouts.map((_, g) => (solved.has(problem.id) ? 1 : g % 2)),
      })),
  }
  const values = resolve(prePpo, { groupSize: '4' })
  const method = prePpo.build(values, needs, once)
  let drawn = 0
  const asked = method.problems!(() => problems[drawn++ % problems.length]!, 2)
  expect(asked.map(({ id }) => id)).toEqual(['q0', 'q1', 'q2', 'q3'])
  const learner = { policy, reference: null, learningRate: 0 }
  const found = await iterate(method, asked, learner, 1)
  expect(found.groups_P.map(({ problem }) => problem.id)).toEqual(['q0', 'q3'])
  expect(found.groups_P.map(({ rollouts }) => rollouts.length)).toEqual([4, 4])
  const all = prePpo.build({ ...values, candidates: 1 }, needs, once)
  expect((await iterate(all, problems, learner, 1)).groups_P).toHaveLength(4)
})
