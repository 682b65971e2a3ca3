import { describe, expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import {
  firstWrong,
  labelByOracle,
  malformedExample,
  mutatedExample,
  rightExample,
  type StepOracle,
} from '../../../src/prm/label/labelled.ts'
import { malformations, malformed } from '../../../src/problems/malformed.ts'
import { takeProblems } from '../../../src/problems/splits.ts'
import { taskOf } from '../../../src/problems/tasks/index.ts'
import { textRollout } from '../../../src/rollouts/text-rollout.ts'
import type { Problem } from '../../../src/types.ts'
import { problems, tokenizer } from '../../toy.ts'

const [problem] = problems as [Problem]
const unsolved: Problem = { ...problem, solution: null }

/** What is good is right, what is bad is wrong, what is a question nobody knows; the rest has no verdict. */
const oracle: StepOracle = (_, steps) =>
  steps
    .filter(step => step !== '')
    .map(step => ({ right: /^q/.test(step) ? null : !step.includes('bad') }))

describe('labels of an oracle', () => {
  const labels = (ended: boolean, ...steps: string[]) =>
    labelByOracle(problem, textRollout('q0', steps, ended, tokenizer), oracle).labels_S
  const box = '\\boxed{0}'

  test.each([
    { steps: ['good', `good${box}`], expected: [true, true], why: 'all is well' },
    { steps: ['good', 'good'], expected: [true, false], why: 'it ends without a box' },
    { steps: ['bad', 'good', box], expected: [false, null, null], why: 'it goes wrong' },
    { steps: ['good', 'q1', box], expected: [true, null, true], why: 'a step is not known' },
    { steps: ['q1'], expected: [null], why: 'an end without a box is not known to be right' },
    {
      steps: ['q1', 'bad', 'bad'],
      expected: [null, false, null],
      why: 'what follows is undefined',
    },
    { steps: [box, ''], expected: [true, null], why: 'the oracle says nothing of the last' },
  ])('$expected where $why', ({ steps, expected }) => {
    expect(labels(true, ...steps)).toEqual(expected)
  })

  test('a step that is cut off is wrong, even where what is there is right', () => {
    expect(labels(false, 'good', `good${box}`)).toEqual([true, false])
    expect(labels(false, 'good', 'q1')).toEqual([true, null])
  })

  test('the first wrong step', () => {
    expect(firstWrong([true, null, false, null])).toBe(2)
    expect(firstWrong([true, null])).toBe(-1)
    expect(firstWrong([])).toBe(-1)
  })
})

describe('written examples', () => {
  test('a worked solution is right throughout', () => {
    const { problem: of, rollout, labels_S } = rightExample(problem, tokenizer)!
    expect(of).toBe(problem)
    expect(rollout.text).toBe('good\n\ngood\\boxed{0}')
    expect(labels_S).toEqual([true, true])
    expect(rightExample(unsolved, tokenizer)).toBeNull()
  })

  test('one mutated step is wrong; what is before it right, after it unknown', () => {
    const longer: Problem = { ...problem, solution: ['good', 'good', 'good', '\\boxed{0}'] }
    const seen = new Set<string>()
    for (let seed = 0; seed < 40; seed++) {
      const made = mutatedExample(longer, tokenizer, () => 'bad', random(seed))!
      const at = made.rollout.steps.findIndex(({ text }) => text === 'bad')
      expect(made.labels_S).toEqual([0, 1, 2, 3].map(s => (s < at ? true : s > at ? null : false)))
      expect(made.rollout.stop).toBe('stop')
      seen.add(made.rollout.text)
    }
    expect(seen.size).toBe(4) // any of the steps
  })

  test('the mutation sees the problem and the steps, and may refuse', () => {
    const asked: unknown[] = []
    const refused = mutatedExample(
      problem,
      tokenizer,
      (...args) => {
        asked.push(...args.slice(0, 2))
        return null
      },
      random(1),
    )
    expect(refused).toBeNull()
    expect(asked).toEqual([problem, problem.solution])
    expect(mutatedExample(unsolved, tokenizer, () => 'bad', random(1))).toBeNull()
  })

  test.each(malformations)('%s: the first bad step is where the malformation says', kind => {
    const byCharacter = characters()
    const [task] = takeProblems(taskOf('nested-arithmetic'), 1, {
      split: 'train',
      seed: 1,
      difficulty: 2,
    })
    let compared = 0
    for (let seed = 0; seed < 20; seed++) {
      const made = malformedExample(task!, byCharacter, kind, random(seed))
      const meant = malformed(task!.solution!, kind, random(seed))
      if (made === null) continue
      compared++
      expect(firstWrong(made.labels_S)).toBe(meant!.firstBad)
      const bad = made.rollout.steps[meant!.firstBad]!
      expect(bad.text).toBe(meant!.steps[meant!.firstBad])
      expect(made.labels_S.slice(0, meant!.firstBad).every(label => label === true)).toBe(true)
      expect(made.labels_S.slice(meant!.firstBad + 1).every(label => label === null)).toBe(true)
      expect(made.rollout.stop).toBe(meant!.ended ? 'stop' : 'length')
    }
    expect(compared).toBeGreaterThan(5)
    expect(malformedExample(unsolved, tokenizer, kind, random(1))).toBeNull()
  })

  test('an oracle has the last word: what is right twice, or in another order, is not bad', () => {
    const family = taskOf('plan-and-solve')
    const byCharacter = characters()
    const problem = family.generate(random(1), 1)
    const made = Array.from({ length: 40 }, (_, seed) =>
      malformedExample(problem, byCharacter, 'repeated', random(seed), family.oracle),
    )
    for (const example of made) {
      const steps = example!.rollout.steps.map(step => step.text)
      const rights = family.oracle(problem, steps).map(({ right }) => right)
      const first = rights.indexOf(false)
      const boxed = steps.at(-1)!.includes('boxed')
      expect(firstWrong(example!.labels_S)).toBe(first >= 0 || boxed ? first : steps.length - 1)
    }
    const plans = made.filter(example => !example!.labels_S.includes(false))
    expect(plans.length).toBeGreaterThan(0)
    expect(plans.length).toBeLessThan(40)
  })

  test('nothing, where one token spells the blank lines of several steps', () => {
    // With such a token the empty step has no token of its own, and the label would fall on the step after it.
    const merging = characters('\n\n\n\n')
    const solved: Problem = { ...problem, solution: ['1', '2', '3'] }
    const made = Array.from({ length: 30 }, (_, seed) =>
      malformedExample(solved, merging, 'empty-step', random(seed)),
    )
    for (const example of made)
      if (example !== null) {
        const { rollout, labels_S } = example
        expect(rollout.steps[firstWrong(labels_S)]!.text).toBe('')
      }
    expect(made).toContain(null)
  })
})

/** A tokenizer of characters, of blank lines, and of the other texts given. */
function characters(...texts: readonly string[]): typeof tokenizer {
  const longest = [...texts, '\n\n'].sort((a, b) => b.length - a.length)
  const split = (text: string): string[] => {
    const pieces: string[] = []
    for (let at = 0; at < text.length; at += pieces.at(-1)!.length)
      pieces.push(longest.find(one => text.startsWith(one, at)) ?? text[at]!)
    return pieces
  }
  const idOf = (piece: string): number =>
    piece.length > 1 ? 1000 + piece.length : piece.charCodeAt(0)
  const textOf = (id: number): string =>
    id > 1000 ? '\n'.repeat(id - 1000) : String.fromCharCode(id)
  return {
    ...tokenizer,
    encode: text => Int32Array.from(split(text), idOf),
    pieces: ids => Array.from(ids, textOf),
  }
}
