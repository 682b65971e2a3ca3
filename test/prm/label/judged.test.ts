import { expect, test } from 'vitest'
import { ConfigError } from '../../../src/errors.ts'
import { random } from '../../../src/numbers/random.ts'
import { judged } from '../../../src/prm/label/judged.ts'
import type { StepScores } from '../../../src/prm/score/step-scorer.ts'
import { endsRight, solutionOf, talk, workOf } from './by-hand.ts'

const never = endsRight(() => 0)
/** What steps are labelled where a judge of that range gives these scores. */
const label = (scores: StepScores, range: readonly [number, number] = [0, 1]) => {
  const one = solutionOf('s', [...scores.keys()], false)
  const { value, rounds } = talk(
    judged({ name: 'j', range }).label(workOf(one)),
    never,
    () => scores,
  )
  expect(rounds).toEqual([[]]) // the policy is not asked
  return [value[0]!.labelled.labels_S, value[0]!.missing]
}

test('a score is a label, laid out on [0, 1]; one that is missing stays so', () => {
  expect(label([0.6, null, 0])).toEqual([[0.6, null, 0], null])
  expect(label([0, 1, -1], [-1, 1])).toEqual([[0.5, 1, 0], null])
  expect(label([null, null])).toEqual([[null, null], 'not-judged'])
})

test('the order of scores is that of labels, and its ends are 0 and 1', () => {
  const draw = random(4)
  for (let round = 0; round < 50; round++) {
    const [low, high] = [-9 * draw(), 9 * draw()]
    const scores = [low, high, ...Array.from({ length: 4 }, () => low + (high - low) * draw())]
    const labels = label(scores, [low, high])[0] as number[]
    expect(labels.slice(0, 2)).toEqual([0, 1])
    for (const a of scores.keys())
      for (const b of scores.keys())
        if (scores[a]! < scores[b]!) expect(labels[a]!).toBeLessThanOrEqual(labels[b]!)
  }
})

test('a judge without bounds is refused by name', () => {
  expect(() => judged({ name: 'ratio', range: [-Infinity, Infinity] })).toThrow(ConfigError)
})
