import { describe, expect, test } from 'vitest'
import { fakeEngine } from '../../../src/engine/fake.ts'
import { EngineError } from '../../../src/errors.ts'
import { minformLayout, type PrmLayout } from '../../../src/prm/layout.ts'
import { implicitScorer } from '../../../src/prm/score/implicit.ts'
import { tokenizer, toyJudge, toyPolicy } from '../../toy.ts'
import { solutionOf } from '../solutions.ts'

const tokens = {
  tokenizer,
  bosId: null,
  chat: () => {
    throw new Error('no template')
  },
}
const layout = (of: 'step' | 'so-far', beta = 0.5): PrmLayout => ({
  ...minformLayout,
  score: { head: 'ratio', beta, of },
  aggregation: 'min',
})

/** Two tabular models that differ in one number: after a blank line, `bad` is e times as likely as it was. */
function pair() {
  const [policy, reference] = [toyPolicy(2), toyPolicy(2)]
  policy.table.row(2).fill(0)
  reference.table.row(2).fill(0)
  policy.table.row(2)[4] = 1
  return { policy, reference }
}
const V = 13
const onBad = 1 - Math.log((V - 1 + Math.E) / V) // log ratio of `bad` after a blank line
const onOther = -Math.log((V - 1 + Math.E) / V) // of anything else there

describe('what a model says more of a step than its reference', () => {
  test('step by step, times beta', async () => {
    const { policy, reference } = pair()
    const scorer = implicitScorer({ engine: policy, tokens }, reference, layout('step'))
    const [scores] = await scorer.score([solutionOf('q0', ['good', 'bad', 'good'])])
    expect(scores![0]).toBeCloseTo(0, 6) // the first step follows the prompt, of which both say the same
    expect(scores![1]).toBeCloseTo(0.5 * onBad, 6)
    expect(scores![2]).toBeCloseTo(0.5 * onOther, 6)
    expect(scorer.range).toEqual([-Infinity, Infinity])
  })

  test('and summed up so far', async () => {
    const { policy, reference } = pair()
    const scorer = implicitScorer({ engine: policy, tokens }, reference, layout('so-far', 2))
    const [scores] = await scorer.score([solutionOf('q0', ['good', 'bad', 'good'])])
    expect(scores![2]).toBeCloseTo(2 * (onBad + onOther), 5)
    expect(scores![1]).toBeCloseTo(2 * onBad, 6)
  })

  test('is nothing where both are the same model', async () => {
    const scorer = implicitScorer({ engine: toyPolicy(1), tokens }, toyPolicy(1), layout('step'))
    expect(await scorer.score([solutionOf('q0', ['good', 'bad'])])).toEqual([[0, 0]])
  })

  test('is a soft value: the sum so far is the log of the mean of exp(reward) over what may follow', async () => {
    // two tokens, two deep, rewards 1, 0, 0, -1 under a reference that is even: exp(reward) tilts it
    const [policy, reference] = [toyPolicy(2), toyPolicy(2)]
    for (const { table } of [policy, reference])
      for (const after of [2, 5]) {
        table.row(after).fill(-60)
        for (const token of [3, 4]) table.row(after)[token] = 0
      }
    for (const after of [2, 5]) policy.table.row(after).set([0.5, -0.5], 3)
    const scorer = implicitScorer({ engine: policy, tokens }, reference, layout('so-far', 1))
    const rewards = { good: { good: 1, bad: 0 }, bad: { good: 0, bad: -1 } }
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + Math.exp(value), 0) / values.length
    const all = Math.log(mean([1, 0, 0, -1]))
    const values = []
    for (const first of ['good', 'bad'] as const) {
      const [scores] = await scorer.score([solutionOf('q0', [first, 'good'])])
      values.push(scores![0]!)
      const { good, bad } = rewards[first]
      expect(scores![0]).toBeCloseTo(Math.log(mean([good, bad])) - all, 5)
      expect(scores![1]).toBeCloseTo(good - all, 5)
    }
    expect(values.map(value => value.toFixed(3))).toEqual(['0.380', '-0.620'])
  })

  test('needs two language models with one tokenizer', () => {
    const model = { engine: toyPolicy(), tokens }
    expect(() => implicitScorer(model, toyJudge(), layout('step'))).toThrow(EngineError)
    expect(() => implicitScorer(model, fakeEngine({ vocabSize: 7 }), layout('step'))).toThrow(
      'the reference has 7 tokens, the model 13',
    )
    expect(() => implicitScorer(model, toyPolicy(), minformLayout)).toThrow('reads classes')
    const padded = fakeEngine({ vocabSize: 15, absentIds: [13, 14] })
    expect(() => implicitScorer(model, padded, layout('step'))).not.toThrow()
  })
})
