import { expect, test } from 'vitest'
import { minformLayout } from '../../../src/prm/layout.ts'
import { headScorer } from '../../../src/prm/score/head.ts'
import { oracleScorer } from '../../../src/prm/score/oracle.ts'
import { pathJudge } from '../../../src/prm/score/path-judge.ts'
import type { StepScorer } from '../../../src/prm/score/step-scorer.ts'
import { takeProblems } from '../../../src/problems/splits.ts'
import { taskOf } from '../../../src/problems/tasks/index.ts'
import { stepScores } from '../../../src/rewards/step-scores.ts'
import { extend, isOver, type Path, unbegun } from '../../../src/rollouts/extend.ts'
import { problems, tokenizer, toyJudge, toyPolicy, toySampler } from '../../toy.ts'

const [problem] = problems
const chat = (): never => {
  throw new Error('no template')
}
const engine = toyJudge(5)
const head = headScorer({ engine, tokens: { tokenizer, bosId: null, chat } }, minformLayout)

/** Paths of a toy policy: some over, some behind a step, some within one. */
async function paths(): Promise<readonly Path[]> {
  const policy = toyPolicy(3)
  await policy.spell(tokenizer.tokenBytes())
  const from = unbegun(tokenizer.encode(problem!.prompt))
  const asked = (['end', 'step', { tokens: 2 }, { tokens: 5 }] as const).map(until => {
    return { from, n: 16, seed: 1, until }
  })
  const all = (await extend(toySampler(policy), asked)).flat()
  return all.filter(({ ids }) => !ids.includes(tokenizer.padId)) // which no text spells
}

test('a head reads an unfinished path at the tokens where it reads a whole one', async () => {
  const all = await paths()
  const kinds = new Set(all.map(({ stop, steps }) => `${stop} ${steps.at(-1)!.state}`))
  expect(kinds).toContain('paused complete')
  expect(kinds).toContain('paused truncated')
  const rows = await pathJudge(head).scores(
    all.map(path => ({ problem: problem!, path, known: [] })),
  )
  // what the judge of rollouts reads at the policy's own tokens; it takes any stop
  const rollouts = all.map(path => ({
    ...path,
    stop: isOver(path) ? path.stop : ('length' as const),
  }))
  const [own] = await stepScores(engine)([{ problem: problem!, rollouts }])
  rows.forEach((row, i) => {
    expect(row).toHaveLength(all[i]!.steps.length)
    row.forEach((score, s) => {
      expect(score).toBeCloseTo(own!.steps_G_S[i]![s]!, 6)
    })
  })
})

test('known steps are shown, and not scored again', async () => {
  const all = (await paths()).filter(({ steps }) => steps.length > 1)
  expect(all.length).toBeGreaterThan(0)
  const whole = await pathJudge(head).scores(
    all.map(path => ({ problem: problem!, path, known: [] })),
  )
  const rest = await pathJudge(head).scores(
    all.map((path, i) => ({ problem: problem!, path, known: whole[i]!.slice(0, 1) })),
  )
  expect(rest).toEqual(whole.map(row => row.slice(1)))
})

test('steps behind a wrong one are wrong, where a scorer stops there', () => {
  const stops: StepScorer = {
    name: 'stops',
    range: [0, 1],
    threshold: 0.5,
    aggregation: 'min',
    score: async all => all.map(({ steps }) => steps.map(() => null)),
    close: async () => {},
  }
  const { filled } = pathJudge(stops)
  expect(filled!([0.1, null, null])).toEqual([0.1, 0.1, 0.1])
  expect(filled!([0.9, null, null])).toEqual([0.9, null, null])
  expect(filled!([null, 0.2, null])).toEqual([null, 0.2, 0.2])
})

test('an oracle lets a step go on, and has no opinion of one that stands within a line', async () => {
  const task = taskOf('nested-arithmetic')
  const [one] = takeProblems(task, 1, { split: 'test', seed: 1, difficulty: 1 })
  const { solution } = one!
  const score = async (more: object, steps = solution!) =>
    (await oracleScorer(task).score([{ id: 'a', problem: one!, steps, ...more }]))[0]
  const ones = solution!.map(() => 1)
  expect(await score({})).toEqual(ones)
  const begun = solution!.slice(0, 1)
  expect(await score({ goesOn: true }, begun)).toEqual([1])
  expect(await score({}, begun)).toEqual([0]) // over, without an answer
  expect(await score({ goesOn: true, ended: false }, begun)).toEqual([null])
  expect(await score({ judged: 1 })).toEqual([null, ...ones.slice(1)])
})
