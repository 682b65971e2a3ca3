import { expect, test } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import type { Outcome, TokenRewards } from '../../src/method.ts'
import { mean } from '../../src/numbers/numeric.ts'
import { normal, random } from '../../src/numbers/random.ts'
import { flowLoss, flowStep, velocityNet } from '../../src/numbers/velocity-net.ts'
import { flow, flowRewards } from '../../src/rewards/flow.ts'
import { exampleGroup, expectClose } from '../example-groups.ts'
import { tokenizer } from '../toy.ts'

test('scores .2, .5, .9, 1.4: 0, 0, 0, -.01 (arXiv:2510.10201, section 3.3)', () => {
  expectClose(flowRewards([0.2, 0.5, 0.9, 1.4], 0.01), [0, 0, 0, -0.01])
})

test('at most 15 tokens lose, those that flow worst; equal scores lose nothing', () => {
  const draw = random(1)
  for (let round = 0; round < 50; round++) {
    const scores = Array.from({ length: 60 }, () => draw())
    const rewards = flowRewards(scores, 1)
    const lost = scores.filter((_, t) => rewards[t] !== 0).sort((a, b) => a - b)
    const kept = scores.filter((_, t) => rewards[t] === 0)
    expect(lost.length).toBeLessThanOrEqual(15)
    expect(Math.max(...kept)).toBeLessThanOrEqual(lost[0]!)
    expect(Math.min(...rewards)).toBe(-1)
  }
  expect(flowRewards([2, 2, 2], 1)).toEqual(new Float32Array(3))
})

const numbers = (n: number, draw: () => number) =>
  Float32Array.from({ length: n }, () => normal(draw as ReturnType<typeof random>))

test('the slopes of the flow model are those of its loss', () => {
  const draw = random(2)
  const net = velocityNet({ width: 3, given: 5, hidden: 4 }, draw)
  net.weights.set(numbers(net.weights.length, draw).map(x => x / 2))
  const flowing = {
    ...{ target: numbers(3, draw), before: numbers(5, draw), noise: numbers(3, draw) },
    time: 0.3,
  }
  const gradient = new Float32Array(net.weights.length)
  const loss = flowLoss(net, flowing, gradient, 2)
  expect(flowLoss(net, flowing)).toBe(loss)
  for (let i = 0; i < net.weights.length; i++) {
    const at = (by: number): number =>
      flowLoss({ ...net, weights: net.weights.with(i, net.weights[i]! + by) }, flowing)
    expect(gradient[i]).toBeCloseTo((at(1e-2) - at(-1e-2)) / 1e-2, 2)
  }
})

test('states that are a map of the one before flow well once learned, others do not', () => {
  const draw = random(3)
  const net = velocityNet({ width: 2, given: 2, hidden: 16 }, draw)
  const pair = (known: boolean) => {
    const before = numbers(2, draw)
    const target = known ? Float32Array.of(before[1]! + 1, -before[0]!) : numbers(2, draw)
    return { before, target: known ? target : target.map(x => 3 * x) }
  }
  const at = (time: number, known: boolean) => ({ ...pair(known), time, noise: numbers(2, draw) })
  for (let step = 0; step < 600; step++) {
    const gradient = new Float32Array(net.weights.length)
    for (let i = 0; i < 32; i++) flowLoss(net, at(draw(), true), gradient, 1 / 32)
    flowStep(net, gradient, 0.01)
  }
  const score = (known: boolean): number =>
    mean(Array.from({ length: 200 }, () => flowLoss(net, at(0.8, known))))
  expect(score(true)).toBeLessThan(0.5) // 2 where nothing is known
  expect(score(false)).toBeGreaterThan(5 * score(true))
})

/** A model of states of 4 numbers at each of what depths it is asked for. */
function modelOf(draw: () => ReturnType<typeof random>, asked: Int32Array[] = []) {
  const hidden: Engine['hidden'] = async (sequences, _, options) => {
    asked.push(...sequences)
    expect(options).toEqual({ depths: [0.25, 0.5, 0.75] })
    return sequences.map(({ length }) => numbers(length * 3 * 4, draw()))
  }
  return { engine: { hidden }, tokenizer }
}

test('before the run it learns worked solutions, once, and so judges the first iteration', async () => {
  const { problem, rollouts } = exampleGroup([6], [6])
  const groups = [
    { problem: { ...problem, prompt: 'q1', solution: ['good', '\\boxed{1}'] }, rollouts },
  ]
  const grade = async (): Promise<Outcome[]> => [{ outcome_G: [0, 0] }]
  const draw = random(6)
  const asked: Int32Array[] = []
  const shape = { seed: 1, hidden: 4, updates: 3, expert: 5, rate: 0.01, scale: 1 }
  const first = flow(
    grade,
    modelOf(() => draw, asked),
    { ...shape, stored: null },
  )
  const [{ tokens_G_T }] = (await first.scorer(groups)) as [Outcome & TokenRewards]
  expect(asked).toHaveLength(3) // two rollouts, and the solution of their problem
  expect(Math.min(...tokens_G_T[0]!)).toBe(-1)
  expect(first.state()!.steps).toBe(5)
  const second = flow(
    grade,
    modelOf(() => draw, asked),
    { ...shape, stored: first.state() },
  )
  await second.scorer(groups)
  expect([asked.length, second.state()!.steps]).toEqual([5, 5])
})

test('nothing is lost before it has learned; what is not graded has no reward; it goes on as stored', async () => {
  const group = exampleGroup([6], [6], [6])
  const grade = async (): Promise<Outcome[]> => [{ outcome_G: [1, 0, null] }]
  const draw = random(4)
  const model = modelOf(() => draw)
  const shape = { seed: 1, hidden: 4, updates: 3, expert: 0, rate: 0.01, scale: 1 }
  const first = flow(grade, model, { ...shape, stored: null })
  expect((await first.scorer([group]))[0]!.tokens_G_T).toEqual([
    new Float32Array(6),
    new Float32Array(6),
    null,
  ])
  const stored = first.state()!
  expect([stored.steps, stored.width, stored.given]).toEqual([3, 4, 7])
  const second = flow(grade, model, { ...shape, stored: JSON.parse(JSON.stringify(stored)) })
  const { tokens_G_T } = (await second.scorer([group]))[0]!
  expect(Math.min(...tokens_G_T[0]!)).toBe(-1)
  expect(second.state()!.steps).toBe(6)
  const wrong = async (): Promise<Outcome[]> => [{ outcome_G: [0, 0, null] }]
  const idle = flow(wrong, model, { ...shape, stored })
  await idle.scorer([group])
  expect(idle.state()).toEqual(stored)
})
