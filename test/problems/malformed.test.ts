import { expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { malformations, malformed } from '../../src/problems/malformed.ts'
import { tasks } from '../../src/problems/tasks/index.ts'

const made = [...tasks.values()].flatMap(task => {
  const draw = random(1, task.name)
  return Array.from({ length: 100 }, (_, i) => {
    const problem = task.generate(draw, i % 4)
    const kind = malformations[i % malformations.length]
    return { task, problem, result: malformed(problem.solution ?? [], kind, draw) }
  })
})

const anyOrder = new Set(['money-problems', 'plan-and-solve'])

test('the oracle finds the same first bad step', () => {
  for (const { task, problem, result } of made) {
    if (result === null || result.kind === 'no-box') continue
    const verdicts = task.oracle(problem, result.steps)
    const found = verdicts.findIndex(one => one.right === false)
    const seen = [result.kind, result.steps, found]
    // word problems may be solved in another order, and plan the same thing twice
    if (anyOrder.has(task.name) && ['shuffled', 'repeated'].includes(result.kind))
      expect(found < 0 || found >= result.firstBad).toBe(true)
    else expect(seen).toEqual([result.kind, result.steps, result.firstBad])
  }
})

test('every kind comes about, and most solutions can be made malformed', () => {
  const kinds = new Set(made.flatMap(({ result }) => result?.kind ?? []))
  expect(kinds).toEqual(new Set(malformations))
  expect(made.filter(({ result }) => result === null).length).toBeLessThan(10)
})

test('stopping before the box keeps right steps, the last of them at the wrong place', () => {
  expect(malformed(['3+4=7, so 7', '\\boxed{7}'], 'no-box', random(1))).toEqual({
    kind: 'no-box',
    steps: ['3+4=7, so 7'],
    firstBad: 0,
    ended: true,
  })
})

test('a kind that does not apply gives nothing', () => {
  expect(malformed(['\\boxed{7}'], 'no-box', random(1))).toBeNull()
  expect(malformed(['same', 'same'], 'shuffled', random(1))).toBeNull()
  expect(malformed(['one'], 'merged', random(1))).toBeNull()
  expect(() => malformed([], 'plan', random(1))).toThrow('0 steps')
})
