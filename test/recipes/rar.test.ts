import { expect, test } from 'vitest'
import { DataError } from '../../src/errors.ts'
import { random } from '../../src/numbers/random.ts'
import type { Ask } from '../../src/rewards/remote/chat.ts'
import {
  readMark,
  readVerdict,
  rubricOf,
  rubricScore,
  rubrics,
  rubricWeights,
} from '../../src/rewards/rubrics.ts'
import type { Json } from '../../src/types.ts'
import { exampleGroup } from '../example-groups.ts'

const problem = (rubric?: Json, answer: string | null = '42') => ({
  ...exampleGroup([1]).problem,
  answer,
  meta: rubric === undefined ? {} : { rubric },
})

test('essential met, important unmet, pitfall avoided: 1.9 / 2.6 (arXiv:2507.17746, eq. 1)', () => {
  const rubric = (['essential', 'important', 'pitfall'] as const).map(kind => ({
    criterion: kind,
    weight: rubricWeights[kind],
  }))
  expect(rubricScore(rubric, [true, false, true])).toBeCloseTo(0.7308, 4)
  expect(rubricScore(rubric, [true, null, true])).toBeNull()
})

test('in [0, 1], the same for weights of another scale, higher for what is met more', () => {
  const draw = random(5)
  for (let round = 0; round < 100; round++) {
    const rubric = Array.from({ length: 5 }, () => ({ criterion: 'c', weight: 0.1 + draw() }))
    const met = rubric.map(() => draw() < 0.5)
    const score = rubricScore(rubric, met)!
    const scaled = rubric.map(({ weight }) => ({ criterion: 'c', weight: 7 * weight }))
    expect(rubricScore(scaled, met)).toBeCloseTo(score, 12)
    expect(rubricScore(rubric, met.with(2, true))).toBeGreaterThanOrEqual(score)
    expect(score >= 0 && score <= 1).toBe(true)
  }
  expect(rubricScore([{ criterion: 'the answer matches', weight: 3 }], [true])).toBe(1)
})

test("a problem's own rubric, or a general one; one that is none is refused by name", () => {
  const own = problem([{ criterion: 'a' }, { criterion: 'b', kind: 'optional' }])
  expect(rubricOf(own).map(({ weight }) => weight)).toEqual([1, 0.3])
  expect(rubricOf(problem())[0]!.criterion).toBe('The final answer equals 42.')
  expect(rubricOf(problem(undefined, null))[0]!.criterion).toBe('The final answer is right.')
  for (const bad of ['a', [], [{ criterion: 'a', kind: 'nice' }], [{ weight: 1 }]])
    expect(() => rubricOf(problem(bad as Json))).toThrow(DataError)
})

test('marks and verdicts are read from the last box, and nothing else is one', () => {
  const boxed = ['a \\boxed{1} then \\boxed{10}', '\\boxed{1} of 7', '\\boxed{11}', '\\boxed{7.5}']
  expect(boxed.map(readMark)).toEqual([1, 0, null, null])
  const plain = ['Mark: 10/10.', '3 faults, 1 out of 10', 'a mark of 7.5', 'in full', '100']
  expect(plain.map(readMark)).toEqual([1, 0, null, null, null])
  const verdicts = ['\\boxed{Yes}', '\\boxed{\\text{no}}', 'yes', '\\boxed{yesterday}']
  expect(verdicts.map(readVerdict)).toEqual([true, false, null, null])
})

test('each criterion is asked alone or all at once; what is not answered is not known', async () => {
  const asked: string[] = []
  const answers: Ask = async (messages, read) => {
    const { content } = messages.at(-1)!
    asked.push(content)
    if (content.includes('step 0\n\nstep 1')) return null
    return read(content.includes('equals 42') ? '\\boxed{yes}' : '\\boxed{no}')
  }
  const group = exampleGroup([1], [1, 1])
  const found = await rubrics(answers, 'explicit', 1)([group])
  expect(found).toEqual([{ parts_G: { rubric: [1 / 2.6, null] } }])
  expect(asked.length).toBe(6)
  const marks: Ask = async (_, read) => read('\\boxed{10}')
  expect(await rubrics(marks, 'implicit', 1)([group])).toEqual([{ parts_G: { rubric: [1, 1] } }])
})
