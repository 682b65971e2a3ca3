import { describe, expect, test } from 'vitest'
import {
  backUp,
  checkOf,
  grounded,
  promiseOf,
  type State,
  worthOfSimulation,
} from '../../../src/prm/label/grounded.ts'
import type { GradedSolution, Work } from '../../../src/prm/label/labeler.ts'
import type { Rollout } from '../../../src/types.ts'
import { exampleRollout } from '../../example-groups.ts'
import { problem } from './by-hand.ts'

const stateOf = (parent: State | null): State => ({
  ...{ parent, children: [], ended: false, value: 0, visits: 0 },
  prefix: { promptIds: new Int32Array(1), ids: new Int32Array(0), steps: [] },
})

describe('what a simulation is worth (arXiv:2510.14942, eq. 4 and 5)', () => {
  test('checks 1, 1, -1 and a right answer: 0.7778, and 0.70 a step before', () => {
    const worth = worthOfSimulation([1, 1, -1], 1)
    expect(worth).toBeCloseTo(4 / 9 + 1 / 3, 9)
    const root = stateOf(null)
    const child = stateOf(root)
    backUp(child, worth)
    expect([child.value, root.value]).toEqual([expect.closeTo(0.7778, 4), expect.closeTo(0.7, 4)])
    expect([child.visits, root.visits]).toEqual([1, 1])
  })

  test('without a checked step it is the answer; earlier steps weigh more', () => {
    expect([worthOfSimulation([], 1), worthOfSimulation([], -1)]).toEqual([1, -1])
    for (let n = 2; n < 8; n++)
      for (let i = 0; i + 1 < n; i++) {
        const wrongAt = (at: number) =>
          Array.from({ length: n }, (_, s) => (s === at ? -1 : 1) as 1 | -1)
        expect(worthOfSimulation(wrongAt(i), 1)).toBeLessThan(worthOfSimulation(wrongAt(i + 1), 1))
      }
  })

  test('of equal states the one that was seen less promises more', () => {
    const root = { ...stateOf(null), visits: 9 }
    const seen = (visits: number, value: number) => promiseOf({ ...stateOf(root), visits, value })
    expect(seen(1, 0.5)).toBeGreaterThan(seen(4, 2))
    expect(seen(1, 0.9)).toBeGreaterThan(seen(1, 0.5))
  })
})

test.each([
  ['3+4=7, so (7*2)-5', 1],
  ['3+4=8, so 8*2', -1],
  ['Then 48/2 = 24 and 24 * 3 = 72.', 1],
  ['Then 48/2 = 24 and 24 * 3 = 71.', -1],
  ['1/3 + 1/6 = 1/2', 1],
  ['0.1+0.2=0.3', 1],
  ['2*3 = 7 - 1', null], // no number stands on the right
  ['x = 3', null],
  ['so it is seven', null],
])('a calculator reads %j: %j', (step, check) => {
  expect(checkOf(step)).toBe(check)
})

describe('a tree', () => {
  const rolloutOf = (...texts: string[]): Rollout => {
    const rollout = exampleRollout(texts.map(() => 1))
    return {
      ...rollout,
      steps: rollout.steps.map((step, s) => ({ ...step, text: texts[s]! })),
      text: texts.join('\n\n'),
    }
  }
  const given = (right: boolean, ...texts: string[]): GradedSolution => ({
    ...{ rollout: rolloutOf(...texts), logprobs_T: null, answerRight: right },
    solution: { id: 's', problem, steps: texts },
  })
  const work = (...solutions: GradedSolution[]): Work => ({ problem, solutions })
  const options = { seed: 1, rounds: 4, width: 2, depth: 3, enough: 9 }

  test('grows from its most promising states, and labels what it finds up to the first failed check', () => {
    const labelling = grounded(options).label(work(given(true, '1+1=2', '2+1=3', 'so 3')))
    const asked: number[] = []
    let turn = labelling.next()
    for (let i = 0; !turn.done; i++) {
      const [one] = turn.value
      if (one?.kind !== 'rollouts') throw new Error('it asks for something else')
      asked.push(one.prefix.steps.length)
      const begun = one.prefix.steps.map(({ text }) => text)
      const rollout = rolloutOf(...begun, '1+1=3', `2+${i}=0`, 'so 9')
      turn = labelling.next([
        Array.from({ length: one.n }, () => ({ rollout, right: false, tokens: 1 })),
      ])
    }
    expect(asked[0]).toBe(0) // the problem has one rollout of two
    expect(asked[1]).toBe(1) // then the first step of the right one
    expect(asked).toHaveLength(4)
    const labels = turn.value.map(({ labelled }) => labelled.labels_S)
    expect(labels[0]).toEqual([1, 1, 1])
    expect(labels[1]).toEqual([0, null, null])
    expect(labels[2]!.slice(0, 2)).toEqual([1, 0])
    expect(new Set(turn.value.map(({ labelled }) => labelled.id)).size).toBe(labels.length)
  })

  test('stops where there are enough of both, and says where nothing was checked', () => {
    const both = work(given(true, 'so 1'), given(false, 'well', '2+2=5', 'so 2'))
    const labelling = grounded({ ...options, enough: 1 }).label(both)
    const { done, value } = labelling.next()
    expect(done).toBe(true)
    const labelled = (value as readonly { labelled: { labels_S: unknown } }[]).map(
      one => one.labelled.labels_S,
    )
    expect(labelled).toEqual([[1], [null, 0, null]])
  })
})
