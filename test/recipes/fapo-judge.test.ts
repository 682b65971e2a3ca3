import { expect, test } from 'vitest'
import { nearMisses } from '../../src/credit/near-misses.ts'
import { random } from '../../src/numbers/random.ts'
import { type Task, taskOf } from '../../src/problems/tasks/index.ts'
import { errorReward, namedError } from '../../src/rewards/named-error.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'

test('near misses count for more than far ones: 3 for 5 of 8 is worth 0.75 (arXiv:2510.22543, section 3.2)', () => {
  const flawed = { first: 5, steps: 8 }
  expect(errorReward(3, flawed)).toBe(0.75)
  expect(errorReward(5, flawed)).toBe(1)
  expect(errorReward(-1, flawed)).toBe(-1) // missed
  const sound = { first: -1, steps: 8 }
  expect(errorReward(-1, sound)).toBe(1)
  expect(errorReward(3, sound)).toBe(-1)
  for (const one of [flawed, sound])
    for (const none of [null, 8, -2, 1.5, Number.NaN]) expect(errorReward(none, one)).toBe(-1)
})

test('the nearer a named step, the more it is worth, and any step more than none', () => {
  const draw = random(3)
  for (let k = 0; k < 200; k++) {
    const steps = 1 + Math.floor(9 * draw())
    const first = Math.floor(steps * draw())
    const worth = Array.from({ length: steps }, (_, named) => errorReward(named, { first, steps }))
    worth.forEach((one, named) => {
      expect(one).toBeGreaterThan(errorReward(-1, { first, steps }))
      worth.forEach((other, another) => {
        expect(Math.sign(one - other) + 0).toBe(
          Math.sign(Math.abs(another - first) - Math.abs(named - first)) + 0,
        )
      })
    })
  }
})

test('the last box is what is named; a problem that is no solution to judge has no reward', async () => {
  const texts = ['so \\boxed{1}', '\\boxed{0} or \\boxed{-1}', '\\boxed{one}', 'none']
  const group = exampleGroup(...texts.map(text => ({ ...exampleRollout([1]), text })))
  const of = async (answer: string | null, steps: number | null) => {
    const meta = steps === null ? {} : { steps }
    const [found] = await namedError()([{ ...group, problem: { ...group.problem, answer, meta } }])
    return found!.parts_G.error
  }
  expect(await of('1', 4)).toEqual([1, -1, -1, -1])
  expect(await of('-1', 4)).toEqual([-1, 1, -1, -1])
  for (const [answer, steps] of [
    ['1', null],
    [null, 4],
    ['x', 4],
    ['4', 4],
  ] as const)
    expect(await of(answer, steps)).toEqual([null, null, null, null])
})

test('what is right is worth 1, near misses less, and what nobody can place -1', () => {
  const group = exampleGroup([2], [1], [1], [1], [1])
  const rewards = {
    outcome_G: [1, 0, 0, null, Number.NaN],
    parts_G: { error: [1, 0.75, null, 0.5, 0.5] },
  }
  expect(nearMisses()(group, rewards)).toEqual([
    f32(1, 1),
    f32(0.75),
    f32(-1),
    null,
    f32(Number.NaN),
  ])
})

test('the task that the command runs says the truth of its solutions', async () => {
  // Its type is that of the package, which is not built when this file is checked.
  const example = new URL('../../examples/judge-task.ts', import.meta.url).href
  const judgeTask = (await import(example)).default as Task
  const sums = taskOf('nested-arithmetic')
  const draw = random(7)
  const firsts = new Set<string>()
  for (let k = 0; k < 60; k++) {
    const { prompt, answer, solution, meta } = judgeTask.generate(draw, 1)
    const [question, ...shown] = prompt.trim().split('\n')
    const steps = shown.map((line, s) => line.slice(`${s} `.length))
    expect(meta.steps).toBe(steps.length)
    const expression = question!.slice('Compute '.length, -1)
    const problem = { id: '', prompt: '', answer: null, solution: null, meta: { expression } }
    const first = sums.oracle(problem, steps).findIndex(({ right }) => right === false)
    expect(answer).toBe(String(first))
    expect(solution!.at(-1)).toBe(`\\boxed{${first}}`)
    firsts.add(answer!)
  }
  expect(firsts.size).toBeGreaterThan(2)
})
