import type { RolloutRow } from '../../src/runs/rollout-table.ts'

/** A rollout of four tokens in two steps, everything computed. */
export function row(changes: Partial<RolloutRow> = {}): RolloutRow {
  return {
    group: 0,
    rollout: 1,
    problem: 'sum-1',
    answer: '3',
    prompt: '1 + 2 = ',
    text: 'é 3\n\nbox',
    promptIds: new Int32Array([5, 6]),
    ids: new Int32Array([1, 2, 3, 0]),
    steps: [
      { start: 0, end: 2, text: 'é 3', state: 'complete' },
      { start: 2, end: 4, text: 'box', state: 'truncated' },
    ],
    spans: [{ start: 0, end: 4, role: 'policy' }],
    branch: null,
    stop: 'stop',
    weightVersion: 3,
    logprobs_T: new Float32Array([-0.5, -1, -0.25, 0]),
    sampledLogprobs_T: new Float32Array([-0.5, -1, -0.25, 0]),
    outcome: 1,
    stepRewards_S: new Float32Array([0.5, -0.5]),
    parts: { polite: 0.5, short: null },
    rewards: { values: new Float32Array([0.5, 0.25, 0, 1]) },
    returns: { process: new Float32Array([1, 1, 0, 0]), outcome: null },
    advantages_T: new Float32Array([1, -1, 0, 0]),
    learned: true,
    ...changes,
  }
}
