import { beforeAll, expect, test } from 'vitest'
import { blocksOf } from '../../page/blocks.ts'
import { explainedOf } from '../../page/explained.ts'
import { classOf, fieldsOf, reachOf } from '../../page/fields.ts'
import { choices, most } from '../../page/order.ts'
import { differs, whyRows } from '../../page/why.ts'
import { type Replay, replay } from '../../src/explain/replay.ts'
import { whyToken } from '../../src/explain/token.ts'
import recipe from '../../src/recipes/pure-prm-vr.ts'
import type { StoredRollout } from '../../src/runs/rollout-table.ts'
import { lookedAt } from '../../src/train/looked-at.ts'
import type { GroupAnswer, RolloutBrief } from '../../src/view/api.ts'
import { groupAnswer } from '../../src/view/groups.ts'
import { recorded } from '../explain/recorded.ts'

let again: Replay
let rows: readonly StoredRollout[]
beforeAll(async () => {
  const one = await recorded(recipe)
  rows = one.rows
  again = replay(lookedAt(recipe, one.options, one.maxTokens), rows, 1)
})

/** A group as the page is told of it. */
function told(group: number, own = rows.filter(row => row.group === group)): GroupAnswer {
  const more = { maxTokens: 64, spell: null, replay: again, why: null }
  return JSON.parse(JSON.stringify(groupAnswer(own, more)))
}

test('the page explains every token as the terminal does, and finds what was recorded', () => {
  for (const [p, own] of again.rows_P.entries()) {
    const explained = explainedOf(told(own[0]!.group))!
    for (const [g, row] of own.entries())
      for (let t = 0; t < row.ids.length; t++) {
        const why = whyToken(explained, 0, g, t)
        expect(why).toEqual(whyToken(again, p, g, t))
        expect(differs(why)).toBeNull()
      }
  }
})

test('a recorded advantage that is another one is told', () => {
  const answer = told(0)
  const explained = explainedOf(answer)!
  const t = answer.rollouts[0]!.tokens_T.advantages!.findIndex(a => a !== 0)
  const row = explained.rows_P[0]![0]!
  const changed = Float32Array.from(row.advantages_T!).fill(0.123)
  const why = whyToken({ ...explained, rows_P: [[{ ...row, advantages_T: changed }]] }, 0, 0, t)
  expect(differs(why)).toMatchObject({ recorded: Math.fround(0.123) })
  const lines = whyRows(why)
  expect(lines.map(({ name }) => name)).toContain('whiten')
  expect(lines.slice(-3).map(({ name }) => name)).toEqual(['recorded', 'loss', 'recorded'])
  const { weight } = explained.loss!.weights_P_G[0]![0]!
  expect(Number(lines.at(-1)!.result)).toBeCloseTo(weight * 0.123, 6)
})

test('what a rollout without advantages would be explained by is not there', () => {
  const answer = told(0)
  const rollouts = answer.rollouts.map(one => ({
    ...one,
    tokens_T: { ...one.tokens_T, advantages: null },
  }))
  expect(explainedOf({ ...answer, rollouts })).toBeNull()
  expect(explainedOf({ ...answer, replay: null })).toBeNull()
})

test('tokens have their numbers by name, and colours by size', () => {
  const answer = told(0)
  const fields = fieldsOf(answer)
  const names = fields.map(({ name }) => name)
  expect(names).toEqual([
    'advantage',
    'credit: outcome',
    'credit: process',
    'step score',
    'surprise',
    'ratio',
    'mask',
    'origin',
  ])
  const scores = fields.find(({ name }) => name === 'step score')!.values_G_T[0]!
  const { steps, stepScores, tokens } = answer.rollouts[0]!
  expect(scores.length).toBe(tokens)
  expect(scores[steps.at(-1)!.start]).toBe(stepScores!.at(-1))
  expect(reachOf([[[1, -3, null]], [[2]]])).toBe(2)
  expect(classOf('around', 2, -2)).toBe('n8')
  expect(classOf('around', 2, 0.2)).toBe('p1')
  expect(classOf('around', 2, 0)).toBe('')
  expect(classOf('up', 2, 100)).toBe('u8')
  expect(classOf('kinds', 1, 2)).toBe('k2')
})

test('blocks cover all tokens once, each within a step', () => {
  const blocks = blocksOf({
    tokens: 700,
    steps: [
      { start: 2, end: 600 },
      { start: 600, end: 690 },
    ],
  } as never)
  expect(blocks.map(({ start, end, step }) => [start, end, step])).toEqual([
    [0, 2, null],
    [2, 252, 0],
    [252, 502, 0],
    [502, 600, 0],
    [600, 690, 1],
    [690, 700, null],
  ])
})

test('the best, the worst and the most disputed of a group', () => {
  const one = (rollout: number, outcome: number | null, worst: number, advantage: number) =>
    ({ rollout, outcome, worst, advantage, disputed: null }) as RolloutBrief
  const group = [one(0, 1, 0.9, 1), one(1, 0, 0.8, -1), one(2, 1, -0.9, 2), one(3, null, 1, 0)]
  const found = Object.entries(choices).map(([name, of]) => [name, most(group, of)])
  expect(Object.fromEntries(found)).toEqual({ best: 2, worst: 1, disputed: 2 })
  const step = { step: 0, token: 0, score: 0.95, right: false }
  const split = group.map(one => (one.rollout === 3 ? { ...one, disputed: step } : one))
  expect(most(split, choices.disputed!)).toBe(3)
  expect(most([], choices.best!)).toBeNull()
})
