import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readingOf } from '../../../src/prm/reading.ts'
import type { LabelledSolution } from '../../../src/prm/solution.ts'
import { classifiedExamples } from '../../../src/prm/train/examples.ts'
import { defaultRule, learnedLabels } from '../../../src/prm/train/labels.ts'
import { tokenLabels } from '../../../src/prm/train/sequence.ts'
import { textRollout } from '../../../src/rollouts/text-rollout.ts'
import { tokenizer } from '../../toy.ts'
import { labelled, tokens, view } from './views.ts'

const own = (solution: LabelledSolution) => solution.labels_S.map(label => [label])
const nan = Number.NaN

/** What the first solution becomes, as plain arrays. */
function first(solution: LabelledSolution, more: Partial<typeof view> = {}) {
  const [example] = classifiedExamples([solution], { ...view, ...more }, 1, own).examples
  return { ids: [...example!.ids], at: [...example!.at_N], labels: [...example!.labels] }
}

// q0 is 5, good 3, bad 4, a blank line 2, the end 1
describe('labels at the tokens where steps are read', () => {
  test('blank lines and the end token', () => {
    expect(first(labelled(['good', 'bad', 'good'], [1, 0, 0.5]))).toEqual({
      ids: [5, 3, 2, 4, 2, 3, 1],
      at: [2, 4, 6],
      labels: [1, 0, 0.5],
    })
  })

  test('what follows the last label is not read', () => {
    expect(first(labelled(['good', 'bad', 'good'], [1, 0, null]))).toEqual({
      ids: [5, 3, 2, 4, 2],
      at: [2, 4],
      labels: [1, 0],
    })
  })

  test('a solution that was cut off has no end token', () => {
    expect(first(labelled(['good', 'bad'], [1, 0], { ended: false })).ids).toEqual([5, 3, 2, 4])
  })

  test('they are those that scoring reads, whatever the layout', () => {
    const step = fc.constantFrom('good', 'bad', 'goodbad', 'q1good')
    const label = fc.option(fc.integer({ min: 0, max: 1 }))
    fc.assert(
      fc.property(fc.array(fc.tuple(step, label), { minLength: 1, maxLength: 6 }), pairs => {
        const solution = labelled(
          pairs.map(([text]) => text),
          pairs.map(([, one]) => one),
        )
        const reading = readingOf(solution, view.layout, tokens)
        const { examples, leftOut } = classifiedExamples([solution], view, 1, own)
        const expected = reading.reads_S.filter((_, s) => solution.labels_S[s] !== null)
        expect(examples.flatMap(({ at_N }) => [...at_N])).toEqual(expected)
        expect(leftOut.length).toBe(Number(expected.length === 0))
      }),
    )
  })
})

describe('labels inside steps', () => {
  const right = (_: LabelledSolution, step: number): string[] => (step === 1 ? ['goodq2'] : [])

  test('a right step is right all along, a wrong one until no right text can follow', () => {
    const solution = labelled(['goodq1', 'goodbad', 'q1'], [1, 0, null])
    expect(first(solution, { inside: right })).toEqual({
      ids: [5, 3, 6, 2, 3, 4, 2],
      at: [1, 2, 3, 4, 5, 6],
      labels: [1, 1, 1, 1, 0, 0],
    })
  })

  test('without right texts a wrong step has its label alone', () => {
    const solution = labelled(['goodq1', 'goodbad'], [1, 0])
    expect(first(solution, { inside: () => [] })).toMatchObject({
      at: [1, 2, 3, 6],
      labels: [1, 1, 1, 0],
    })
  })

  test('as those of rollouts', () => {
    const steps = ['goodq1', 'goodbad', 'good']
    const rollout = textRollout('q0', steps, true, tokenizer)
    const { problem } = labelled(steps, [])
    const labels_S = [true, false, null]
    const { ids, classes } = tokenLabels({ problem, rollout, labels_S }, ['goodq2'], tokenizer)
    const found = first(labelled(steps, [1, 0, null]), { inside: right })
    expect(found.ids).toEqual([...ids].slice(0, found.ids.length))
    const expected = [...classes].flatMap((label, at) => (label < 0 ? [] : [[at, label]]))
    expect(found.at.map((at, n) => [at, found.labels[n]])).toEqual(expected)
  })

  test('a loss with two targets has the first one there', () => {
    const solution = labelled(['goodq1', 'bad'], [1, 0])
    const both = (one: LabelledSolution) => one.labels_S.map(label => [label, 0.5])
    const [example] = classifiedExamples(
      [solution],
      { ...view, inside: () => [] },
      2,
      both,
    ).examples
    expect([...example!.at_N]).toEqual([1, 2, 3, 5])
    expect([...example!.labels]).toEqual([1, nan, 1, nan, 1, 0.5, 0, 0.5])
  })
})

describe('what cannot be learned is left out and counted', () => {
  test('solutions without labels, with a separator inside a step, and those that are too long', () => {
    const long = labelled(Array(20).fill('good'), Array(20).fill(1), { id: 'long 1' })
    const solutions = [
      labelled(['good'], [null]),
      labelled(['good\n\nbad'], [1]),
      labelled(['good\n\nbad\n\ngood'], [0], { id: 'two' }),
      long,
      { ...long, id: 'long 2' },
      labelled(['good'], [1]),
    ]
    const { examples, leftOut } = classifiedExamples(solutions, view, 1, own)
    expect(examples).toHaveLength(1)
    expect(leftOut.map(({ count }) => count)).toEqual([1, 2, 2])
    expect(leftOut[0]!.first).toBe('solution one: nothing in it is labelled')
    expect(leftOut[1]!.first).toContain('holds the separator')
    expect(leftOut[2]!.first).toContain('solution long 1: 41 tokens; the model reads 32')
  })

  test('a long solution in windows: every label is learned once', () => {
    const steps = Array.from({ length: 20 }, (_, s) => (s % 3 === 0 ? 'bad' : 'goodq1'))
    const solution = labelled(
      steps,
      steps.map(text => Number(text !== 'bad')),
    )
    const all = (one: LabelledSolution) =>
      learnedLabels(one, { ...defaultRule, mode: 'all' }).map(label => [label])
    const { examples, leftOut } = classifiedExamples(
      [solution],
      { ...view, long: 'windows' },
      1,
      all,
    )
    expect(leftOut).toEqual([])
    expect(examples.length).toBeGreaterThan(1)
    expect(examples.every(({ ids }) => ids.length <= 32)).toBe(true)
    expect(examples.flatMap(({ labels }) => [...labels])).toEqual(solution.labels_S)
  })
})
