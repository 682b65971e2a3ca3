import { describe, expect, test } from 'vitest'
import { type JudgedSteps, prmBenchQuality } from '../../../src/prm/evaluate/prm-score.ts'

/** Steps as characters: R and W are right and wrong ones judged as they are, r and w not. */
function judged(kind: string, idx: string, steps: string): JudgedSteps {
  const all = [...steps]
  return {
    id: `${kind}_${idx}`,
    kind,
    right_S: all.map(step => 'Rr'.includes(step)),
    judgedRight_S: all.map(step => 'Rw'.includes(step)),
  }
}

describe('worked out by hand', () => {
  const found = prmBenchQuality([
    judged('redundency', 'a', 'RRWr'), // 2 right kept, 1 lost, 1 wrong found
    judged('circular', 'a', 'Rw'), // 1 kept, 1 wrong missed
    judged('confidence', 'b', 'WRRR'),
    judged('multi_solutions', 'c', 'RRRr'),
    judged('correct', 'a', 'RRRr'),
    { id: 'confidence_d', kind: 'confidence', right_S: [true], judgedRight_S: null },
  ])

  test('a class: half of both F1', () => {
    const { redundency, circular } = found.classes
    // right: precision 2/2, recall 2/3; wrong: precision 1/2, recall 1/1
    expect(redundency!.f1).toBeCloseTo(0.8, 12)
    expect(redundency!.negativeF1).toBeCloseTo(2 / 3, 12)
    expect(redundency!.prmScore).toBeCloseTo((0.8 + 2 / 3) / 2, 12)
    expect(redundency).toMatchObject({
      stepAccuracy: 0.75,
      wrongAccuracy: 1,
      firstErrorAccuracy: 1,
    })
    // right: precision 1/2, recall 1; wrong: nothing judged so, recall 0: 2 * -1 * 0 / -1
    expect(circular!.f1).toBeCloseTo(2 / 3, 12)
    expect(circular!.negativeF1).toBe(0)
    expect(circular).toMatchObject({ rightAccuracy: 1, wrongAccuracy: 0, firstErrorAccuracy: 0 })
  })

  test('multi_solutions: the F1 of right steps alone', () => {
    expect(found.classes.multi_solutions!.prmScore).toBeCloseTo(6 / 7, 12) // precision 1, recall 3/4
    expect(found.classes.multi_solutions!.firstErrorAccuracy).toBe(-1)
  })

  test('categories are means of their classes, overall is of all steps, originals are in neither', () => {
    const { redundency, circular, confidence } = found.classes
    expect(found.categories.simplicity).toBeCloseTo(
      (redundency!.prmScore + circular!.prmScore) / 2,
      12,
    )
    expect(found.categories.soundness).toBe(confidence!.prmScore)
    expect(Object.keys(found.categories)).toEqual(['simplicity', 'soundness', 'sensitivity'])
    // 14 steps: 9 right kept, 2 lost, 2 wrong found, 1 missed
    const [f1, negative] = [18 / 21, 4 / 7]
    expect(found.overall.f1).toBeCloseTo(f1, 12)
    expect(found.overall.negativeF1).toBeCloseTo(negative, 12)
    expect(found.overall.prmScore).toBeCloseTo((f1 + negative) / 2, 12)
    expect(found.overall).toMatchObject({ solutions: 4 })
    expect(found.unjudged).toBe(1)
  })

  test('similarity: how far the share judged right is from that of the original', () => {
    // 3/4 of the original; 2/4 of redundency, 2/2 of circular
    expect(found.overall.similarity).toBeCloseTo(0.25, 12)
    expect(found.classes.confidence!.similarity).toBe(-1)
  })
})

test('an F1 without anything to count is -1, and no PRMScore is below 0', () => {
  const { overall } = prmBenchQuality([judged('deception', 'a', 'WW')])
  expect(overall).toMatchObject({ f1: -1, negativeF1: 1, prmScore: 0, rightAccuracy: -1 })
  const wrong = prmBenchQuality([judged('deception', 'a', 'rw')])
  expect(wrong.overall).toMatchObject({ f1: -1, negativeF1: -1, prmScore: 0 })
})
