import { expect, test } from 'vitest'
import { decodeRollouts, encodeRollouts, rolloutRows } from '../../src/runs/rollout-table.ts'
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
    promptIds: [5, 6],
    ids: [1, 2, 3, 0],
    logprobs_T: [-0.5, -1, -0.25, 0],
    sampledLogprobs_T: [-0.5, -1, -0.25, 0],
    stepRewards_S: [0.5, -0.5],
    returns: { outcome: null, process: [1, 1, 0, 0] },
    advantages_T: [1, -1, 0, 0],
  })
  expect(second).toMatchObject({
    answer: null,
    outcome: null,
    stepRewards_S: null,
    advantages_T: null,
    returns: { outcome: null, process: null },
    branch: { parent: 0, atToken: 2 },
    ids: [],
    steps: [],
    stop: 'length',
  })
})

test('float32 values come back exactly, not a number included', async () => {
  const values = new Float32Array([0.1, -1 / 3, Number.NaN, Number.NEGATIVE_INFINITY])
  const [read] = await decodeRollouts(encodeRollouts(1, [row({ logprobs_T: values })]))
  expect(read?.logprobs_T).toEqual(Array.from(values))
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
      rewards: { outcome_G: [1, null], steps_G_S: [steps, steps] },
      streams: { process: [advantage, null] },
      advantages_G_T: [advantage, advantage],
    },
    { group, rewards: { outcome_G: [0, 1] }, streams: null, advantages_G_T: null },
  ])
  expect(rows.map(r => [r.group, r.rollout, r.outcome])).toEqual([
    [0, 0, 1],
    [0, 1, null],
    [1, 0, 0],
    [1, 1, 1],
  ])
  expect(rows[0]).toMatchObject({ problem: 'p', prompt: 'q', answer: null, stepRewards_S: steps })
  expect(rows[1]?.returns).toEqual({ process: null })
  expect(rows[2]).toMatchObject({ returns: {}, advantages_T: null, stepRewards_S: null })
})
