import { describe, expect, test } from 'vitest'
import { adaptive } from '../../../src/prm/label/adaptive.ts'
import { endsRight, solutionOf, talk, workOf } from './by-hand.ts'

const right = solutionOf('right', [90], true)
const wrong = solutionOf('s', [1, 2], false)
const label = (options: Partial<Parameters<typeof adaptive>[0]>) =>
  adaptive({ completions: 10, seed: 1, ...options })
/** Enough solutions that nothing more is asked for the problem's own value, which is 1/2. */
const pairs = (n: number) =>
  Array.from({ length: n }, (_, i) => solutionOf(`${i}`, [50 + i], i % 2 === 0))

describe('how often a step is looked at', () => {
  const work = workOf(wrong, right, ...pairs(8))
  const looks = (rights: number, options = {}) => {
    const said = talk(
      label(options).label(work),
      endsRight(() => rights),
    )
    return [said.rounds.length, said.value[0]!.labelled.labels_S]
  }

  test('one right completion is enough where the threshold lies below z = 1.28', () => {
    // 1 / (1 + 1.6384) = 0.379 > 0.25
    expect(looks(10)).toEqual([1, [1, 0]])
  })

  test('wrong ones are counted until 1.6384 / (n + 1.6384) < 0.25', () => {
    expect(looks(0)).toEqual([5, [0, null]])
  })

  test('a wider interval needs more', () => {
    // 4 / (n + 4) < 0.25 from 13 on
    expect(looks(0, { z: 2, completions: 10 })[0]).toBe(10)
    const many = workOf(wrong, right, ...pairs(12))
    const said = talk(
      label({ z: 2, completions: 14 }).label(many),
      endsRight(() => 0),
    )
    expect(said.rounds.length).toBe(13)
  })

  test('with ratio 0 a right completion decides, and nothing else but the last', () => {
    expect(looks(1, { ratio: 0 })).toEqual([1, [1, 0]])
    expect(looks(0, { ratio: 0 })).toEqual([10, [0, null]])
  })

  test('completions come in lookEveryes, the last one being what is left', () => {
    const said = talk(
      label({ lookEvery: 4, ratio: 0 }).label(work),
      endsRight(() => 0),
    )
    expect(said.rounds.flat().map(({ n }) => n)).toEqual([4, 4, 2])
    expect(new Set(said.seeds).size).toBe(3)
  })

  test('at the last the share decides', () => {
    // a share of 2/8 is not above 0.25, of 3/8 it is; z is so wide that no interval decides
    const wide = { z: 50, completions: 8 }
    const eight = workOf(wrong, right, ...pairs(6))
    const first = (rights: number) =>
      talk(
        label(wide).label(eight),
        endsRight(() => rights),
      ).value[0]!.labelled.labels_S[0]
    expect([first(2), first(3)]).toEqual([0, 1])
  })
})

test('the threshold is a share of what the problem is worth', () => {
  // 1 of 10 solutions is right: half of that is 0.05, and 1 right completion in 10 is more
  const hard = workOf(
    wrong,
    right,
    ...Array.from({ length: 8 }, (_, i) => solutionOf(`${i}`, [60 + i], false)),
  )
  const late = (_: readonly number[], i: number) => ({ rest: [7], right: i === 9 })
  const said = talk(label({}).label(hard), late)
  expect(said.value[0]!.labelled.labels_S).toEqual([1, 0])
  expect(said.value[0]!.labelled.source).toBe('adaptive')
})

test('rollouts for the value of the problem are asked for where there are too few', () => {
  const said = talk(
    label({}).label(workOf(wrong)),
    endsRight(p => (p.length === 0 ? 4 : 10)),
  )
  expect(said.rounds[0]).toEqual([{ prefix: [], n: 9 }])
  expect(said.value[0]!.labelled.labels_S).toEqual([1, 0])
})

test('where all answers are right nothing is asked', () => {
  const said = talk(
    label({}).label(workOf(right)),
    endsRight(() => 0),
  )
  expect([said.value[0]!.labelled.labels_S, said.rounds]).toEqual([[1], []])
})

test('a problem that is never solved leaves its solutions without labels', () => {
  const said = talk(
    label({}).label(workOf(wrong)),
    endsRight(() => 0),
  )
  expect(said.value[0]).toMatchObject({ missing: 'unsolved', labelled: { labels_S: [null, null] } })
})

describe('ordered by uncertainty', () => {
  const unsure = (at: number) => {
    const one = solutionOf('s', [1, 2, 3, 4, 5], false)
    // a step of two tokens is less sure than one of a single token, whose entropy is 0
    const steps = one.rollout.steps.map((step, s) => ({
      ...step,
      start: s + Number(s > at),
      end: s + 1 + Number(s >= at),
    }))
    const ids = Int32Array.of(1, 2, 3, 4, 5, 6)
    const logprobs_T = new Float32Array(6).fill(-1)
    return { ...one, rollout: { ...one.rollout, ids, steps }, logprobs_T }
  }
  const order = { order: 'uncertainty', ratio: 0, completions: 1 } as const

  test('the step whose tokens were least sure is looked at first', () => {
    const at = (s: number) =>
      talk(
        label(order).label(workOf(unsure(s), right)),
        endsRight(() => 0),
      )
    expect(at(2).rounds[0]![0]!.prefix).toHaveLength(4) // up to the end of the third
    expect(at(0).rounds[0]![0]!.prefix).toHaveLength(2)
    expect(at(3).rounds[0]![0]!.prefix).toHaveLength(5)
  })

  test('by its change: not the least sure step, but the one that grew most unsure', () => {
    // entropies log 4, log 6, 0, log 4: the second is the least sure, the first and the fourth grew most
    const lengths = [4, 6, 1, 4, 1]
    const one = solutionOf('s', lengths, false)
    const ends = lengths.map((_, s) => lengths.slice(0, s + 1).reduce((a, b) => a + b))
    const steps = one.rollout.steps.map((step, s) => ({
      ...step,
      start: ends[s]! - lengths[s]!,
      end: ends[s]!,
    }))
    const tokens = ends.at(-1)!
    const ids = Int32Array.from({ length: tokens }, (_, t) => t)
    const logprobs_T = new Float32Array(tokens).fill(-1)
    const long = { ...one, rollout: { ...one.rollout, ids, steps }, logprobs_T }
    const firstLook = (by: 'uncertainty' | 'uncertainty-change') =>
      talk(
        label({ ...order, order: by }).label(workOf(long, right)),
        endsRight(() => 0),
      ).rounds[0]![0]!.prefix.length
    expect(firstLook('uncertainty')).toBe(ends[1])
    expect(firstLook('uncertainty-change')).toBe(ends[0])
  })

  test('the first error is found all the same', () => {
    const said = talk(
      label(order).label(workOf(unsure(3), right)),
      endsRight(p => Number(p.length <= 2)),
    )
    expect(said.value[0]!.labelled.labels_S).toEqual([1, 1, 0, null, null])
  })

  test('without log-probabilities it is refused', () => {
    const blind = { ...unsure(2), logprobs_T: null }
    expect(() =>
      talk(
        label(order).label(workOf(blind, right)),
        endsRight(() => 0),
      ),
    ).toThrow('solution s has no log-probabilities')
  })
})
