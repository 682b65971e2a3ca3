import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OnnxEngine, openOnnxEngine } from '../../../src/engine/onnx/open.ts'
import { DataError, EngineError } from '../../../src/errors.ts'
import { minformLayout, type PrmLayout } from '../../../src/prm/layout.ts'
import { conventionOf } from '../../../src/prm/score/conventions.ts'
import { headScorer } from '../../../src/prm/score/head.ts'
import { stepScores } from '../../../src/rewards/step-scores.ts'
import { asRollout, textRollout } from '../../../src/rollouts/text-rollout.ts'
import { loadTokenizer } from '../../../src/tokenizer/load.ts'
import { toyJudge, tokenizer as toyTokenizer } from '../../toy.ts'
import { solutionOf } from '../solutions.ts'

const folder = new URL('../../fixtures/hf/qwen2-prm', import.meta.url).pathname
const tokenizer = await loadTokenizer(folder)
const chat = (): never => {
  throw new Error('no template')
}
const tokens = { tokenizer, bosId: null, chat }
const toyTokens = { tokenizer: toyTokenizer, bosId: null, chat }

interface Expected {
  readonly cases: readonly { readonly text: string; readonly score: readonly number[] }[]
}

describe('a head that PyTorch computed too', () => {
  let engine: OnnxEngine
  beforeAll(async () => {
    engine = await openOnnxEngine(folder, { threads: 1 })
  })
  afterAll(() => engine.close())

  test('gives its scores, of every token as a step of its own', async () => {
    const expected: Expected = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8'))
    const everyToken: PrmLayout = {
      ...minformLayout,
      step: { before: '', mark: '', between: '', last: 'nothing' },
      encoding: 'whole',
      read: 'step',
    }
    const scorer = headScorer({ engine, tokens }, everyToken)
    const solutions = expected.cases.map(({ text }, i) =>
      solutionOf('', tokenizer.pieces(tokenizer.encode(text)), `case ${i}`),
    )
    const rows = await scorer.score(solutions)
    expect(rows.map(row => row.length)).toEqual([31, 5, 33])
    rows.forEach((scores_S, i) => {
      scores_S.forEach((score, t) => {
        expect(Math.abs(score! - expected.cases[i]!.score[t]!)).toBeLessThan(2e-4)
      })
    })
  })

  test('does not mind what else is in the batch, or in which order', async () => {
    const scorer = headScorer({ engine, tokens }, conventionOf('pure-prm'))
    const one = solutionOf('Two plus two?', ['2 + 2 = 4.', 'So 4.'], 'a')
    const other = solutionOf('Q', ['A rather long step about nothing in particular, so long.'], 'b')
    const [alone] = await scorer.score([one])
    const [, second] = await scorer.score([other, one])
    const [first] = await scorer.score([one, other])
    for (const row of [first!, second!])
      row.forEach((score, s) => {
        expect(Math.abs(score! - alone![s]!)).toBeLessThan(1e-5)
      })
    await expect(scorer.score([])).resolves.toEqual([])
  })
})

describe('a head of a tabular model', () => {
  const steps = ['good', 'bad', 'good\\boxed{0}']

  test("gives the process reward of reinforcement on the policy's own tokens", async () => {
    const judge = toyJudge(3)
    const rollout = asRollout(textRollout('q0', steps, true, toyTokenizer))
    const { problem, ...rest } = solutionOf('q0', steps)
    const [reward] = await stepScores(judge)([{ problem, rollouts: [rollout] }])
    const scorer = headScorer({ engine: judge, tokens: toyTokens }, minformLayout)
    const [row] = await scorer.score([{ problem, ...rest }])
    expect(Float32Array.from(row as number[])).toEqual(reward!.steps_G_S[0])
    expect(scorer).toMatchObject({ name: 'minform', range: [-1, 1], threshold: 0 })
  })

  test('scores in windows what it would score whole: it looks at one token', async () => {
    const judge = toyJudge(3)
    const long = solutionOf('q0', [...steps, ...steps, ...steps])
    const model = { engine: judge, tokens: toyTokens }
    const [whole] = await headScorer(model, minformLayout).score([long])
    const small = { info: { ...judge.info, maxPositions: 9 }, classify: judge.classify.bind(judge) }
    const narrow = { engine: Object.assign(Object.create(judge), small), tokens: toyTokens }
    const [row] = await headScorer(narrow, minformLayout, { long: 'windows' }).score([long])
    expect(row).toEqual(whole)
    await expect(headScorer(narrow, minformLayout).score([long])).rejects.toThrow(DataError)
  })

  test('is refused where the layout reads something else', () => {
    const model = { engine: toyJudge(0, 3), tokens: toyTokens }
    expect(() => headScorer(model, minformLayout)).toThrow(EngineError)
    expect(() => headScorer(model, conventionOf('rlhflow'))).toThrow(
      "the layout rlhflow reads labels, not a head's classes",
    )
  })
})
