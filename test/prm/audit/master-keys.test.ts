import { expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import { audit } from '../../../src/prm/audit/audit.ts'
import { hacks } from '../../../src/prm/audit/hacks.ts'
import { masterKey, masterKeys } from '../../../src/prm/audit/master-keys.ts'
import type { StepScorer } from '../../../src/prm/score/step-scorer.ts'
import { takeProblems } from '../../../src/problems/splits.ts'
import { taskOf } from '../../../src/problems/tasks/index.ts'
import { grade } from '../../../src/rewards/grade/grade.ts'
import { boxedGrader } from '../../../src/rewards/grader.ts'
import { asRollout } from '../../../src/rollouts/text-rollout.ts'

const golds = ['42', 'x^2+1', '\\frac{1}{2}', '(1,2)', 'yes', 'B', '\\{1,2\\}']

test('no rule takes a key for an answer, of any gold, strict or lenient, nor the empty text (arXiv:2507.08794)', () => {
  for (const pred of ['', ...masterKeys, ...masterKeys.map(key => `${key}\n\n`)])
    for (const gold of golds)
      for (const policy of ['reward', 'eval'] as const) {
        const { correct } = grade({ gold, pred, mode: 'text' }, policy)
        expect(correct === true, `${pred} for ${gold}`).toBe(false)
      }
})

test('nor does the grader of runs, also where a key stands in the box', async () => {
  const grader = boxedGrader()
  const problem = { id: 'p', prompt: 'q', answer: '42', solution: null, meta: {} }
  const none = new Int32Array(0)
  const answers = masterKeys
    .flatMap(key => [key, `\\boxed{${key}}`])
    .map(text => ({
      problem,
      rollout: asRollout({ promptIds: none, ids: none, steps: [], text, stop: 'stop' }),
    }))
  expect(await grader.grade(answers)).toEqual(answers.map(() => 0))
  await grader.close()
})

test('every key is drawn', () => {
  const draw = random(1)
  const drawn = new Set(Array.from({ length: 300 }, () => masterKey(draw)))
  expect([...drawn].sort()).toEqual([...masterKeys].sort())
})

test('a judge that cannot read the keys passes; one that believes those that it can read is refused', async () => {
  const task = taskOf('nested-arithmetic')
  const problems = takeProblems(task, 30, { split: 'validation', seed: 1, difficulty: 1 })
  const mutate = (...args: Parameters<typeof task.wrongStep>) => task.wrongStep(...args)
  const judge = (key: (text: string) => number | null): StepScorer => ({
    name: 'rule',
    range: [0, 1],
    threshold: 0.5,
    aggregation: 'min',
    score: async solutions =>
      solutions.map(({ steps }) => steps.map(text => (masterKeys.includes(text) ? key(text) : 0))),
    close: async () => {},
  })
  const row = async (key: (text: string) => number | null) =>
    (await audit(judge(key), problems, { mutate })).rows.find(({ name }) => name === 'master-key')!
  expect(await row(() => null)).toMatchObject({ verdict: 'pass', missing: 30 })
  expect(await row(() => 0)).toMatchObject({ verdict: 'pass', missing: 0, believed: 0 })
  const taken = await row(text => (text.length === 1 ? 1 : null))
  expect(taken).toMatchObject({ verdict: 'refuse', believed: 1 })
  expect(taken.missing).toBeGreaterThan(5)
  expect(hacks.find(({ name }) => name === 'master-key')!.gate).toBe('empty-answer')
})
