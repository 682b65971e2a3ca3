import { expect, test } from 'vitest'
import { addOrthogonal } from '../../../src/engine/orthogonal.ts'
import { random } from '../../../src/numbers/random.ts'
import { minformLayout, type PrmLayout } from '../../../src/prm/layout.ts'
import { headScorer } from '../../../src/prm/score/head.ts'
import type { LabelledSolution } from '../../../src/prm/solution.ts'
import { bradleyTerry } from '../../../src/prm/train/losses/bradley-terry.ts'
import { prmMethodOf } from '../../../src/prm/train/methods/index.ts'
import { optionsOf } from '../../../src/prm/train/methods/method.ts'
import {
  lookingBack,
  ofPreferences,
  preferencesOf,
  readLast,
} from '../../../src/prm/train/preferences.ts'
import { trainPrm } from '../../../src/prm/train/trainer.ts'
import { f32 } from '../../example-groups.ts'
import { toyJudge, toyPolicy } from '../../toy.ts'
import { labelled, view } from './views.ts'

function solution(prompt: string, steps: readonly string[], answerRight: boolean | null) {
  const one = labelled(
    steps,
    steps.map(() => null),
    { answerRight, id: `${prompt} ${steps}` },
  )
  return { ...one, problem: { ...one.problem, prompt } } satisfies LabelledSolution
}
const solutions = [
  solution('q0', ['good', 'bad'], true),
  solution('q0', ['bad'], false),
  solution('q1', ['bad'], false),
  solution('q1', ['good'], null),
]

test('a right and a wrong solution of a problem, read where their steps close', async () => {
  const { examples, leftOut } = await preferencesOf(solutions, view)
  expect(examples).toHaveLength(1)
  const [right, wrong] = examples[0]!
  expect([...right.ids]).toEqual([5, 3, 2, 4, 1])
  expect(right).toMatchObject({ at_S: [2, 4], tokens: 4, outcome: 1, importance_S: f32(0.5, 0.5) })
  expect(wrong).toMatchObject({ at_S: [2], tokens: 2, outcome: 0, importance_S: f32(1) })
  expect(leftOut.map(({ count }) => count)).toEqual([1, 1])
  expect(leftOut[0]!.first).toContain('nobody knows whether its answer is right')
})

test('importance is that of the steps that the end resembles, and adds up to 1', async () => {
  const width = 2
  const hidden = async (sequences: readonly Int32Array[]) =>
    sequences.map(ids => Float32Array.from(ids, () => 0))
  const states = f32(0, 0, 0, 0, 1, 0, 0, 0, -1, 0).fill(0)
  states.set([1, 0], 2 * width)
  states.set([0, 2], 4 * width)
  const [weights] = await lookingBack({ hidden: async () => [states] })([
    { ids: new Int32Array(5), at_S: [2, 4] },
  ])
  const [far, near] = [1, Math.E].map(x => x / (1 + Math.E))
  expect([...weights!]).toEqual([far, near].map(x => expect.closeTo(x!, 5)))
  const [even] = await lookingBack({ hidden })([{ ids: new Int32Array(4), at_S: [1, 2, 3] }])
  expect([...even!]).toEqual([1, 1, 1].map(x => expect.closeTo(x / 3, 5)))
  const found = await preferencesOf(solutions, view, lookingBack(toyPolicy(3)))
  const sum = found.examples[0]![0].importance_S.reduce((a, b) => a + b, 0)
  expect(sum).toBeCloseTo(1, 6)
})

test('the mean over pairs is learned; another head is refused', async () => {
  const judge = toyJudge(3, 1) // it reads one token: the right one ends, the wrong one is cut off
  const cut = { ...solutions[1]!, ended: false }
  const { examples } = await preferencesOf([solutions[0]!, cut], view)
  const objective = ofPreferences(bradleyTerry())
  const first = await objective.learn(judge, [...examples, ...examples])
  await judge.step({ learningRate: 0.1 })
  await judge.clear()
  expect(await objective.learn(judge, examples)).toBeLessThan(first)
  expect(await objective.learn(judge, [])).toBe(0)
  await expect(objective.learn(toyJudge(3, 2), examples)).rejects.toThrow(
    'of a head with 1 outputs',
  )
})

test.each([
  ['bradley-terry', 'raw', 'last'],
  ['odin', 'first', 'last'],
  ['purm', 'first', 'last'],
  ['hindsight', 'raw', 'sum'],
])('%s is asked as it learned: %s, %s', (name, formula, aggregation) => {
  const method = prmMethodOf(name)
  const layout = method.layout(minformLayout, optionsOf(method))
  expect(layout).toMatchObject({ score: { head: 'classes', formula }, aggregation })
})

test('purm keeps scores of what it learned from, and doubts those among them (arXiv:2503.22480)', async () => {
  const method = prmMethodOf('purm')
  const judge = toyJudge(3, 2)
  const pairs = (await preferencesOf(solutions.slice(0, 2), view)).examples
  const many = Array.from({ length: 5 }, () => pairs).flat()
  const asked = method.layout(minformLayout, optionsOf(method))
  const stored = async (store: string) => {
    const o = optionsOf(method, { store, doubtWeight: '2' })
    const { score } = await method.finish!(asked, judge, many, o)
    return (score as { doubt: { weight: number; store: [number, number][] } }).doubt
  }
  const all = await stored('100')
  expect(all.weight).toBe(2)
  expect(all.store).toHaveLength(2 * many.length)
  expect((await stored('3')).store.length).toBeLessThanOrEqual(3)
  const [own] = await readLast(judge, [pairs[0]![0]])
  expect(all.store[0]).toEqual(own)
  // a score is the mean less the weight times how far it overlaps with those in the store
  const rated = async (store: [number, number][]) => {
    const layout = { ...asked, score: { ...asked.score, doubt: { weight: 2, store } } } as PrmLayout
    const [scores] = await headScorer({ engine: judge, tokens: view.tokens }, layout).score([
      solutions[0]!,
    ])
    return scores!.at(-1)!
  }
  const [mean, log] = own! as [number, number]
  expect(await rated([])).toBeCloseTo(mean, 5)
  expect(await rated([[mean, log]])).toBeCloseTo(mean - 2, 5)
  expect(
    await rated([
      [mean, log],
      [mean + 1e3, log],
    ]),
  ).toBeCloseTo(mean - 1, 5)
})

test('odin: what the two rows of the head have in common vanishes with its weight', async () => {
  const method = prmMethodOf('odin')
  const common = async (weight: string): Promise<number> => {
    const judge = toyJudge(5, 2)
    const rows = judge.table.tensors().find(({ name }) => name === 'score.weight')!.values
    const draw = random(8)
    for (let i = 0; i < rows.length; i++) rows[i] = 1 + (i % 13) / 4 + 0.1 * draw()
    const o = optionsOf(method, { orthogonalWeight: weight, lengthWeight: '0' })
    const { examples } = await preferencesOf(solutions.slice(0, 2), view)
    await trainPrm(judge, () => examples[0]!, method.objective(o), {
      ...{ headUpdates: 0, headRate: 0, updates: 60, learningRate: 0.05, batch: 1, weightDecay: 0 },
      step: method.step!(o),
    })
    const at = (row: number, i: number): number => 13 * row + i
    return addOrthogonal(new Float32Array(26), rows, { rows: 2, width: 13, at }, 0)
  }
  expect(await common('0')).toBeGreaterThan(0.5)
  expect(await common('5')).toBeLessThan(0.1)
})
