// What users may rely on, whatever the method: how rollouts are treated that are not whole, not known, or not the policy's.
// Each sentence is a test below it, by its number, on the real stages: problems -> rewards -> selection -> credit ->
// advantages -> loss -> metrics -> record.
//
//  1. A cut-off answer ends in a step that is `truncated`: judged, credited and learned from as any other.
//  2. A cut-off answer is graded by what it says, is counted in `rollouts/truncated`, and is stored with the stop `length`.
//  3. An empty step is a step: judged, credited on its own tokens, counted in `rollouts/empty_step`, stored as `empty`.
//  4. A missing outcome is null and never 0: no returns, advantages of 0, no part in a baseline or a mean, null in the record.
//  5. A rollout of which one step has no score has no step rewards at all, and keeps its outcome.
//  6. The only labelled rollout of a group is compared with nobody: its advantages are 0.
//  7. A masked token has the advantage 0, whitened or not, and counts among the tokens that a loss is averaged over.
//  8. A foreign token, of a tool or a hint, has no advantage and no slope, is no part of a loss's average nor of a mean over
//     tokens, and has no KL; its number in the loss, whatever that is, moves nothing. It is stored in its span.
//  9. What a branch shares with its parent is learned once, with the parent.
// 10. A replayed rollout is compared within its group as any other, read again by the policy as it is, marked for the loss,
//     left out of what is counted of rollouts, and stored with its origin.
// 11. A rollout that `select` leaves out is judged, counted and stored with its rewards; it has no returns, no advantages, no
//     part in a baseline.
// 12. A rollout that only `learns` leaves out has returns and advantages, and others are compared with it.
// 13. Where no rollout is left, the iteration is dropped, says so, and changes nothing.
// 14. A rollout whose environment failed is left out of all that learns or counts rollouts, and is counted and stored as failed.
// 15. A number that is not finite drops the whole iteration: nothing is learned, all of it is stored and counted.

import { describe, expect, test } from 'vitest'
import { iterate } from '../src/iterate.ts'
import type { LossInput, Method, Slope } from '../src/method.ts'
import { rolloutRewards } from '../src/prm/score/rollout-rewards.ts'
import type { StepScorer } from '../src/prm/score/step-scorer.ts'
import { once, resolve } from '../src/recipe.ts'
import purePrmVr from '../src/recipes/pure-prm-vr.ts'
import { splitSteps } from '../src/rollouts/split-steps.ts'
import { decodeRollouts, encodeRollouts, rolloutRows } from '../src/runs/rollout-table.ts'
import { talkedMethod } from '../src/train/environment.ts'
import { computedGroups } from '../src/train/iteration.ts'
import { iterationMetrics } from '../src/train/metrics.ts'
import type { Group, Rollout } from '../src/types.ts'
import { problems, tokenizer, toyNeeds, toyPolicy } from './toy.ts'

const [end, blank, good, bad, box0, box1] = [1, 2, 3, 4, 9, 10]
const right = rolloutOf([good, blank, box0, end])
const wrong = rolloutOf([bad, blank, box1, end])

function rolloutOf(ids: readonly number[], more: Partial<Rollout> = {}): Rollout {
  const stop = ids.at(-1) === end ? 'stop' : 'length'
  const logprobs_T = new Float32Array(ids.length).fill(-2)
  return {
    promptIds: Int32Array.of(5),
    ids: Int32Array.from(ids),
    ...{ logprobs_T, sampledLogprobs_T: logprobs_T, stop, weightVersion: 0, branch: null },
    text: tokenizer.decode(ids),
    steps: splitSteps(tokenizer.pieces(ids), stop, stop === 'stop'),
    spans: [{ start: 0, end: ids.length, role: 'policy' }],
    ...more,
  }
}

interface Change {
  readonly options?: Readonly<Record<string, string>>
  readonly method?: Partial<Pick<Method, 'select' | 'learns' | 'rewards'>>
  readonly talked?: boolean // an environment talks in its rollouts
  readonly unanswered?: boolean // the problem has no answer
}

/** One iteration of pure-prm-vr on given rollouts of the problem whose answer is 0, and all that is to be seen of it. */
async function iterated(rollouts: readonly Rollout[], change: Change = {}) {
  const policy = toyPolicy(3)
  const before = policy.table.values.slice()
  const options = { labelled: '1', klCoef: '0', whiten: 'false', maskClosing: 'false' }
  const problem = { ...problems[0]!, ...(change.unanswered && { answer: null }) }
  const groups: Group[] = [{ problem, rollouts }]
  const values = resolve(purePrmVr, { ...options, ...change.options })
  const plain = purePrmVr.build(values, toyNeeds(policy), once)
  const built = change.talked ? talkedMethod(plain) : plain
  const seen: { readonly batch: readonly LossInput[]; readonly slope: Slope }[] = []
  const of = (batch: readonly LossInput[]): Slope => {
    const slope = built.loss.of(batch)
    seen.push({ batch, slope })
    return slope
  }
  const loss = { ...built.loss, of }
  const method = { ...built, ...change.method, loss, rollouts: async () => groups }
  const learner = { policy, reference: null, learningRate: 0.05 }
  const found = await iterate(method, [problem], learner, 5)
  const rows = rolloutRows(computedGroups(found))
  return {
    policy,
    found,
    moved: policy.table.values.some((x, i) => x !== before[i]),
    rewards: found.rewards_P[0]!,
    streams: found.credited.streams_P[0],
    advantages_G_T: found.credited.advantages_P_G_T[0],
    batch: seen[0]?.batch,
    slope: seen[0]?.slope,
    metrics: await iterationMetrics(found, null, { giantStep: 32 }),
    record: await decodeRollouts(encodeRollouts(1, rows)),
  }
}

/** A judge that has no score for empty steps. */
const unsure: StepScorer = {
  ...{ name: 'unsure', range: [-1, 1], threshold: -1, aggregation: 'min' },
  score: async solutions =>
    solutions.map(({ steps }) => steps.map(text => (text.trim() === '' ? null : 0.5))),
  close: async () => {},
}

describe('a cut-off answer', () => {
  const cut = rolloutOf([bad, blank, good, good])

  test('1. ends in a step that is judged, credited and learned from', async () => {
    expect(cut.steps.map(({ state }) => state)).toEqual(['complete', 'truncated'])
    const { rewards, streams, slope } = await iterated([right, cut])
    expect(rewards.steps_G_S![1]!.length).toBe(2)
    expect(streams!.process![1]!.every(x => x !== 0)).toBe(true)
    expect(slope!.dlogprobs_G_T[1]!.every(d => d !== 0)).toBe(true)
  })

  test('2. is graded by what it says, counted and stored', async () => {
    const boxed = rolloutOf([good, blank, box0])
    const { rewards, metrics, record } = await iterated([right, cut, boxed])
    expect(rewards.outcome_G).toEqual([1, 0, 1])
    expect(metrics['rollouts/truncated']).toBeCloseTo(2 / 3, 6)
    expect(metrics['rollouts/truncated_right']).toBeCloseTo(1 / 2, 6)
    expect(record.map(({ stop, learned }) => [stop, learned])).toEqual([
      ['stop', true],
      ['length', true],
      ['length', true],
    ])
  })
})

test('3. an empty step is a step', async () => {
  const empty = rolloutOf([good, blank, blank, box0, end])
  expect(empty.steps.map(({ state }) => state)).toEqual(['complete', 'empty', 'complete'])
  const { rewards, streams, metrics, record } = await iterated([wrong, empty])
  expect(rewards.steps_G_S![1]!.length).toBe(3)
  expect(streams!.process![1]!.length).toBe(5)
  expect(streams!.process![1]![2]).not.toBe(streams!.process![1]![1])
  expect(metrics['rollouts/empty_step']).toBe(1 / 2)
  expect(record[1]!.steps.map(({ state }) => state)).toEqual(['complete', 'empty', 'complete'])
})

describe('a missing label', () => {
  test('4. is null and never 0', async () => {
    const only = { options: { prmWeight: '0' }, unanswered: true }
    const { rewards, streams, advantages_G_T, metrics, record } = await iterated(
      [right, wrong],
      only,
    )
    expect(rewards.outcome_G).toEqual([null, null])
    expect(streams!.outcome).toEqual([null, null])
    expect(advantages_G_T!.every(a_T => a_T.every(a => a === 0))).toBe(true)
    expect(metrics).not.toHaveProperty(['rewards/outcome_mean'])
    expect(metrics['rewards/outcome_labelled']).toBe(0)
    expect(record.map(row => [row.outcome, row.returns.outcome])).toEqual([
      [null, null],
      [null, null],
    ])
  })

  test('4. and is no part of a baseline or a mean', async () => {
    const given = (outcome_G: readonly (number | null)[]): Method['rewards'] => {
      const none = outcome_G.map(() => null)
      return async () => [{ outcome_G, steps_G_S: none, logRatios_G_T: none }]
    }
    const three = await iterated([right, right, wrong], {
      method: { rewards: given([1, null, 0]) },
    })
    const two = await iterated([right, wrong], { method: { rewards: given([1, 0]) } })
    expect([three.advantages_G_T![0], three.advantages_G_T![2]]).toEqual(two.advantages_G_T)
    expect(three.advantages_G_T![1]!.every(a => a === 0)).toBe(true)
    expect(three.metrics['rewards/outcome_mean']).toBe(1 / 2)
    expect(three.metrics['rewards/outcome_labelled']).toBeCloseTo(2 / 3, 6)
  })

  test('5. a step without a score leaves its rollout without step rewards, not without an outcome', async () => {
    const empty = rolloutOf([good, blank, blank, box0, end])
    const needs = rolloutRewards(unsure)
    const rewards: Method['rewards'] = async groups =>
      (await needs(groups)).map(one => ({
        ...one,
        outcome_G: [0, 1],
        logRatios_G_T: [null, null],
      }))
    const { streams, record } = await iterated([wrong, empty], { method: { rewards } })
    expect(record.map(row => row.stepRewards_S)).toEqual([Float32Array.of(0.5, 0.5), null])
    expect(streams!.process![1]).toBeNull()
    expect(streams!.outcome![1]).toEqual(new Float32Array(5).fill(1))
  })

  test('6. the only labelled rollout of a group is compared with nobody', async () => {
    const rewards: Method['rewards'] = async () => [
      { outcome_G: [1, null], steps_G_S: [null, null], logRatios_G_T: [null, null] },
    ]
    const { advantages_G_T, moved } = await iterated([right, wrong], { method: { rewards } })
    expect(advantages_G_T!.every(a_T => a_T.every(a => a === 0))).toBe(true)
    expect(moved).toBe(false)
  })
})

test.each(['false', 'true'])('7. a masked token, whitened %s', async whiten => {
  const masked = await iterated([right, wrong], { options: { maskClosing: 'true', whiten } })
  const closing = right.steps.map(step => step.end - 1)
  expect(closing.map(t => masked.advantages_G_T![0]![t])).toEqual([0, 0])
  expect(closing.every(t => masked.slope!.dlogprobs_G_T[0]![t] === 0)).toBe(true)
  // 8 tokens are trained, and a ratio is 1 at the start: a slope is -A / 8
  const [a, slope] = [masked.advantages_G_T![0]![0]!, masked.slope!.dlogprobs_G_T[0]![0]!]
  expect(a).not.toBe(0)
  expect(slope).toBeCloseTo(-a / 8, 6)
})

describe('a foreign token', () => {
  // the second token of the first rollout is a tool's
  const spans = [
    { start: 0, end: 1, role: 'policy' },
    { start: 1, end: 2, role: 'tool' },
    { start: 2, end: 4, role: 'policy' },
  ] as const
  const nobody = Float32Array.of(-2, Number.NaN, -2, -2)
  const helped = { ...right, spans, logprobs_T: nobody, sampledLogprobs_T: nobody }

  test('8. has no advantage, no slope and no part in an average', async () => {
    const { advantages_G_T, slope, batch, moved, found } = await iterated([helped, wrong])
    expect(advantages_G_T![0]![1]).toBe(0)
    expect(slope!.dlogprobs_G_T[0]![1]).toBe(0)
    expect([...batch![0]!.trained_T]).toEqual([1, 0, 1, 1])
    expect(slope!.dlogprobs_G_T[0]![0]).toBeCloseTo(-advantages_G_T![0]![0]! / 7, 6)
    expect([found.dropped, moved]).toEqual([null, true])
  })

  test('8. has no KL, is no part of a mean, and is stored in its span', async () => {
    const options = { klRewardCoef: '0.5' }
    const { rewards, metrics, record } = await iterated([helped, wrong], { options })
    const ratios = rewards.logRatios_G_T!
    expect(ratios[0]![1]).toBe(0)
    const own = [...ratios[0]!.filter((_, t) => t !== 1), ...ratios[1]!]
    expect(metrics['rewards/kl_mean']).toBeCloseTo(own.reduce((a, b) => a + b) / 7, 5)
    expect(record[0]!.spans).toEqual(spans)
  })
})

test('9. what a branch shares with its parent is learned once', async () => {
  const branch = { ...rolloutOf([good, blank, box1, end]), branch: { parent: 0, atToken: 2 } }
  const { batch, advantages_G_T, record } = await iterated([right, branch])
  expect(batch!.map(({ trained_T }) => [...trained_T])).toEqual([
    [1, 1, 1, 1],
    [0, 0, 1, 1],
  ])
  expect([...advantages_G_T![1]!.subarray(0, 2)]).toEqual([0, 0])
  expect(record[1]!.branch).toEqual({ parent: 0, atToken: 2 })
})

test('10. a replayed rollout', async () => {
  const old = { ...right, origin: 'replay' } as const
  const fresh = await iterated([right, wrong])
  const { policy, advantages_G_T, batch, metrics, record } = await iterated([old, wrong])
  expect(advantages_G_T).toEqual(fresh.advantages_G_T)
  const [scores] = await toyPolicy(3).score([Int32Array.of(...old.promptIds, ...old.ids)])
  expect(batch![0]!.logprobs_T).toEqual(scores!.logprobs.slice(old.promptIds.length - 1))
  expect(batch![0]!.sampled_T).toEqual(old.logprobs_T)
  expect(batch!.map(({ replayed_T }) => replayed_T && [...replayed_T])).toEqual([
    [1, 1, 1, 1],
    null,
  ])
  expect(metrics['rollouts/graded']).toBe(1)
  expect(metrics['rollouts/accuracy']).toBe(0)
  expect(record.map(({ origin }) => origin)).toEqual(['replay', undefined])
  expect(policy.version).toBe(1)
})

describe('a rollout that is left out', () => {
  test('11. by select: judged, counted and stored, and no part of a baseline', async () => {
    const select = () => [[0, 2]]
    const left = await iterated([right, wrong, wrong], { method: { select } })
    const two = await iterated([right, wrong])
    expect(left.advantages_G_T).toEqual(two.advantages_G_T)
    expect(left.metrics['rollouts/graded']).toBe(3)
    const { outcome, stepRewards_S, returns, advantages_T, learned } = left.record[1]!
    expect([outcome, stepRewards_S?.length, advantages_T, learned]).toEqual([0, 2, null, false])
    expect(Object.values(returns)).toEqual([null, null, null])
    expect(left.record.map(row => row.learned)).toEqual([true, false, true])
  })

  test('12. by learns: compared, and stored with its advantages', async () => {
    const all = await iterated([right, wrong, wrong])
    const left = await iterated([right, wrong, wrong], { method: { learns: () => [[0, 2]] } })
    expect(left.advantages_G_T).toEqual(all.advantages_G_T)
    expect(left.batch!.length).toBe(2)
    expect(left.record[1]!.advantages_T).toEqual(all.advantages_G_T![1]!)
    expect(left.record.map(row => row.learned)).toEqual([true, false, true])
  })

  test.each(['select', 'learns'] as const)('13. by %s, the last one', async stage => {
    const { found, moved, metrics, record } = await iterated([right, wrong], {
      method: { [stage]: () => [[]] },
    })
    expect(found.dropped).toBe('no group carried a signal')
    expect([moved, metrics['update/dropped']]).toEqual([false, 1])
    expect(record.map(row => [row.outcome, row.learned])).toEqual([
      [1, false],
      [0, false],
    ])
  })
})

test('14. a rollout whose environment failed', async () => {
  const talk = { said: '', replies: 1, parts: {}, failed: 'no reply within 30 s' }
  const failed = { ...right, talk }
  const left = await iterated([right, failed, wrong], { talked: true })
  expect(left.advantages_G_T).toEqual((await iterated([right, wrong])).advantages_G_T)
  expect(left.found.credited.rollouts_P).toEqual([[0, 2]])
  expect(left.metrics['rollouts/environment_failed']).toBe(1)
  expect(left.metrics['rollouts/graded']).toBe(2)
  expect(left.record[1]).toMatchObject({ talk, advantages_T: null, learned: false })
})

test('15. a number that is not finite', async () => {
  const rewards: Method['rewards'] = async () => [
    { outcome_G: [1, Number.NaN], steps_G_S: [null, null], logRatios_G_T: [null, null] },
  ]
  const { found, moved, metrics, record } = await iterated([right, wrong], { method: { rewards } })
  expect(found.dropped).toBe('an advantage is not finite')
  expect([moved, metrics['update/dropped'], metrics['rollouts/graded']]).toEqual([false, 1, 2])
  expect(record.map(row => [row.outcome, row.learned])).toEqual([
    [1, false],
    [Number.NaN, false],
  ])
})
