import { expect, test } from 'vitest'
import { classLoss } from '../../../src/prm/train/held-out.ts'
import { ofClasses } from '../../../src/prm/train/objective.ts'
import { weighWrong } from '../../../src/prm/train/sequence.ts'
import { toyJudge } from '../../toy.ts'

const hard = [
  { ids: Int32Array.of(5, 3, 2), classes: Int32Array.of(-100, 1, 0) },
  { ids: Int32Array.of(6, 4, 2, 1), classes: Int32Array.of(-100, -100, 0, 1) },
]
const weighted = hard.map(one => weighWrong(one, 6))

test.each([
  ['hard labels', hard],
  ['wrong labels that count six times', weighted],
  ['both', [...hard, ...weighted]],
])('the loss of %s is what learning them reports', async (_, examples) => {
  const judge = toyJudge(3)
  const loss = await classLoss(judge, examples)
  expect(loss).toBeGreaterThan(0)
  expect(loss).toBeCloseTo(await ofClasses().learn(judge, examples), 5)
})

test('without a label it is NaN, and the model is as it was', async () => {
  const judge = toyJudge(3)
  const before = judge.table.values.slice()
  const none = [{ ids: Int32Array.of(5, 3), classes: Int32Array.of(-100, -100) }]
  expect(await classLoss(judge, none)).toBeNaN()
  expect(judge.table.values).toEqual(before)
})
