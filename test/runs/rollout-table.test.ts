import { expect, test } from 'vitest'
import { below, random } from '../../src/numbers/random.ts'
import {
  decodeRollouts,
  encodeRollouts,
  type RolloutRow,
  rolloutRows,
} from '../../src/runs/rollout-table.ts'
import type { Group, Rollout } from '../../src/types.ts'
import { row } from './rows.ts'

test('rows survive Parquet, lists and structs and nulls included', async () => {
  const rows = [
    row(),
    row({
      answer: null,
      outcome: null,
      stepRewards_S: null,
      advantages_T: null,
      returns: { process: null },
      branch: { parent: 0, atToken: 2 },
      ids: [],
      steps: [],
      stop: 'length',
    }),
  ]
  const [first, second] = await decodeRollouts(encodeRollouts(12, rows))
  expect(first).toEqual({
    ...row(),
    iteration: 12,
    promptIds: Int32Array.of(5, 6),
    ids: Int32Array.of(1, 2, 3, 0),
    logprobs_T: Float32Array.of(-0.5, -1, -0.25, 0),
    sampledLogprobs_T: Float32Array.of(-0.5, -1, -0.25, 0),
    stepRewards_S: Float32Array.of(0.5, -0.5),
    rewards: { values: Float32Array.of(0.5, 0.25, 0, 1) },
    returns: { outcome: null, process: Float32Array.of(1, 1, 0, 0) },
    advantages_T: Float32Array.of(1, -1, 0, 0),
  })
  expect(second).toMatchObject({
    answer: null,
    outcome: null,
    stepRewards_S: null,
    advantages_T: null,
    returns: { outcome: null, process: null },
    branch: { parent: 0, atToken: 2 },
    ids: new Int32Array(0),
    steps: [],
    stop: 'length',
  })
})

test('what an oracle says of steps comes back, unknown ones as null, and is no column without one', async () => {
  const labels = [row({ stepLabels_S: [true, false, null] }), row(), row({ stepLabels_S: [] })]
  const read = await decodeRollouts(encodeRollouts(1, labels))
  expect(read.map(one => one.stepLabels_S)).toEqual([[true, false, null], undefined, []])
})

test('float32 values come back exactly, not a number included', async () => {
  const values = new Float32Array([0.1, -1 / 3, Number.NaN, Number.NEGATIVE_INFINITY])
  const [read] = await decodeRollouts(encodeRollouts(1, [row({ logprobs_T: values })]))
  expect(read?.logprobs_T).toEqual(values)
})

test('an iteration without rollouts is an empty part', async () => {
  expect(await decodeRollouts(encodeRollouts(1, []))).toEqual([])
})

test('groups become rows; a group without credit keeps its rewards', () => {
  const rollout: Rollout = { ...row(), branch: null } as unknown as Rollout
  const group: Group = {
    problem: { id: 'p', prompt: 'q', answer: null, solution: null, meta: {} },
    rollouts: [rollout, rollout],
  }
  const steps = new Float32Array([0.5, 1])
  const advantage = new Float32Array(4)
  const rows = rolloutRows([
    {
      group,
      rewards: {
        outcome_G: [1, null],
        steps_G_S: [steps, steps],
        parts_G: { polite: [0.5, null] },
        tokens_G_T: [advantage, null],
        logRatios_G_T: [null, null],
      },
      streams: { process: [advantage, null] },
      advantages_G_T: [advantage, advantage],
      learned_G: [true, false],
    },
    { group, rewards: { outcome_G: [0, 1] }, streams: null, advantages_G_T: null, learned_G: null },
  ])
  expect(rows.map(r => [r.group, r.rollout, r.outcome])).toEqual([
    [0, 0, 1],
    [0, 1, null],
    [1, 0, 0],
    [1, 1, 1],
  ])
  expect(rows[0]).toMatchObject({ problem: 'p', prompt: 'q', answer: null, stepRewards_S: steps })
  expect(rows[1]?.returns).toEqual({ process: null })
  expect(rows.map(r => r.learned)).toEqual([true, false, false, false])
  expect(rows.map(r => r.parts)).toEqual([{ polite: 0.5 }, { polite: null }, {}, {}])
  expect(rows.map(r => r.rewards)).toEqual([{ tokens: advantage }, {}, {}, {}])
  expect(rows[2]).toMatchObject({ returns: {}, advantages_T: null, stepRewards_S: null })
})

test('lists of numbers of every kind come back, over several row groups and pages', async () => {
  const draw = random(7)
  const floats = (n: number): Float32Array =>
    Float32Array.from({ length: n }, () => (draw() < 0.3 ? 0 : draw() < 0.01 ? Number.NaN : draw()))
  const maybe = <T>(value: T): T | null => (draw() < 0.3 ? null : value)
  const rows = Array.from({ length: 1100 }, () => {
    const n = draw() < 0.1 ? 0 : below(draw, 500)
    return row({
      ids: Int32Array.from({ length: n }, () => below(draw, 2 ** 31) - 2 ** 30),
      promptIds: new Int32Array(below(draw, 3)),
      logprobs_T: floats(n),
      sampledLogprobs_T: [...floats(n)],
      stepRewards_S: maybe(floats(below(draw, 3))),
      advantages_T: maybe(new Float32Array(n).fill(draw())),
      returns: { process: maybe(floats(n)), outcome: null },
    })
  })
  const read = await decodeRollouts(encodeRollouts(1, rows))
  const lists = ({ ids, promptIds, logprobs_T, sampledLogprobs_T, ...rest }: RolloutRow) =>
    [
      ...[ids, promptIds, logprobs_T, sampledLogprobs_T],
      ...[rest.stepRewards_S, rest.advantages_T, rest.returns.process!, rest.returns.outcome!],
    ].map(values => values && Array.from(values))
  expect(read.map(lists)).toEqual(rows.map(lists))
})
