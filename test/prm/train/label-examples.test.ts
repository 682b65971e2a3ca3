import { expect, test } from 'vitest'
import { pick, random } from '../../../src/numbers/random.ts'
import type { PrmLayout } from '../../../src/prm/layout.ts'
import { minformLayout } from '../../../src/prm/layout.ts'
import { labelTokenScorer } from '../../../src/prm/score/label-token.ts'
import { labelTokenExamples } from '../../../src/prm/train/label-examples.ts'
import { labelToken } from '../../../src/prm/train/losses/label-token.ts'
import { ofLabelTokens } from '../../../src/prm/train/objective.ts'
import { trainPrm } from '../../../src/prm/train/trainer.ts'
import { toyPolicy } from '../../toy.ts'
import { labelled, tokens, view } from './views.ts'

/** After a blank line the label: q1 (6) for right, q2 (7) for wrong. */
const layout = (written: boolean): PrmLayout => ({
  ...minformLayout,
  step: { ...minformLayout.step, last: 'mark' },
  encoding: 'parts',
  score: { head: 'labels', right: 'q1', wrong: 'q2', over: 'labels', written },
  threshold: 0.5,
})

function sequences(written: boolean, labels_S: readonly (number | null)[], wrongWeight = 1) {
  const steps = labels_S.map(() => 'good')
  const { examples } = labelTokenExamples(
    [labelled(steps, labels_S)],
    { ...view, layout: layout(written) },
    one => one.labels_S,
    labelToken({ wrongWeight }),
  )
  return examples.map(example =>
    example.map(({ ids, weights }) => ({ ids: [...ids], weights: [...weights] })),
  )
}

test('labels in the text: one sequence up to the first error, earlier labels say right', () => {
  expect(sequences(true, [1, 1, 0])).toEqual([
    [
      {
        ids: [5, 3, 2, 6, 3, 2, 6, 3, 2, 7],
        weights: [0, 0, 1, 0, 0, 1, 0, 0, 1],
      },
    ],
  ])
})

test('a wrong label before a right one has a sequence of its own; the text goes on as if it said right', () => {
  expect(sequences(true, [0, 1, null])).toEqual([
    [
      { ids: [5, 3, 2, 6, 3, 2, 6], weights: [0, 0, 0, 0, 0, 1] },
      { ids: [5, 3, 2, 7], weights: [0, 0, 1] },
    ],
  ])
})

test('a soft label is both; a wrong label counts as several', () => {
  expect(sequences(true, [0.25], 2)).toEqual([
    [
      { ids: [5, 3, 2, 6], weights: [0, 0, 0.25] },
      { ids: [5, 3, 2, 7], weights: [0, 0, 1.5] },
    ],
  ])
})

test('labels that do not stand in the text: a sequence each', () => {
  expect(sequences(false, [1, 0])).toEqual([
    [
      { ids: [5, 3, 2, 6], weights: [0, 0, 1] },
      { ids: [5, 3, 2, 3, 2, 7], weights: [0, 0, 0, 0, 1] },
    ],
  ])
})

test('labels of several tokens are refused, solutions without labels left out', () => {
  const broken = { ...layout(true), score: { ...layout(true).score, wrong: 'q2q2' } } as PrmLayout
  const learn = (given: PrmLayout, labels: readonly (number | null)[]) =>
    labelTokenExamples(
      [labelled(['good'], labels)],
      { ...view, layout: given },
      one => one.labels_S,
      labelToken(),
    )
  expect(() => learn(broken, [1])).toThrow('is 2 tokens of this model; expected one')
  expect(() => learn(minformLayout, [1])).toThrow('expected labels')
  expect(learn(layout(true), [null])).toMatchObject({ examples: [], leftOut: [{ count: 1 }] })
})

test('what was learned is what is scored', async () => {
  // The toy model sees one token, so the mark itself has to tell: a step that was cut is marked by nothing else.
  const model = toyPolicy(3)
  const given = { ...layout(true), step: { ...layout(true).step, mark: 'q3' } }
  const marks = { right: given, wrong: { ...given, step: { ...given.step, mark: '\n\n' } } }
  const examples = (['right', 'wrong'] as const).flatMap(
    kind =>
      labelTokenExamples(
        [labelled(['good', 'good'], kind === 'right' ? [1, 1] : [0, null])],
        { ...view, layout: marks[kind] },
        one => one.labels_S,
        labelToken(),
      ).examples,
  )
  const draw = random(1)
  await trainPrm(model, () => pick(draw, examples), ofLabelTokens(), {
    headUpdates: 0,
    headRate: 0,
    updates: 60,
    learningRate: 0.1,
    batch: 4,
  })
  const asked = { engine: model, tokens }
  const solution = labelled(['good', 'good'], [])
  const [right] = await labelTokenScorer(asked, marks.right).score([solution])
  const [wrong] = await labelTokenScorer(asked, marks.wrong).score([solution])
  for (const score of right!) expect(score).toBeGreaterThan(0.9)
  for (const score of wrong!) expect(score).toBeLessThan(0.1)
})
