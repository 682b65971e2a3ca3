import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/errors.ts'
import { minformLayout, type PrmLayout } from '../../../src/prm/layout.ts'
import { labelTokenScorer } from '../../../src/prm/score/label-token.ts'
import { tokenizer, toyJudge, toyPolicy } from '../../toy.ts'
import { solutionOf } from '../solutions.ts'

const tokens = {
  tokenizer,
  bosId: null,
  chat: () => {
    throw new Error('no template')
  },
}
const [good, bad, blank] = [3, 4, 2] // ids of the labels and of the mark

function layout(over: 'labels' | 'vocabulary', written: boolean): PrmLayout {
  return {
    ...minformLayout,
    step: { before: '', mark: '\n\n', between: '', last: 'mark' },
    score: { head: 'labels', right: 'good', wrong: 'bad', over, written },
    threshold: 0.5,
  }
}

/** A tabular model: what follows depends on the token before it alone. */
const engine = toyPolicy(4)
const row = engine.table.row(blank)
const share = 1 / (1 + Math.exp(row[bad]! - row[good]!))
const all = Math.exp(row[good]!) / row.reduce((sum, logit) => sum + Math.exp(logit), 0)

describe("the probability of a label after a step's mark", () => {
  test.each([
    ['labels', true, share],
    ['labels', false, share],
    ['vocabulary', true, all],
    ['vocabulary', false, all],
  ] as const)('its share of %s, label in the text: %s', async (over, written, expected) => {
    const scorer = labelTokenScorer({ engine, tokens }, layout(over, written))
    const rows = await scorer.score([solutionOf('q0', ['good', 'bad']), solutionOf('q1', ['good'])])
    expect(rows.map(scores => scores.length)).toEqual([2, 1])
    for (const score of rows.flat()) expect(score).toBeCloseTo(expected, 6)
    expect(scorer.range).toEqual([0, 1])
  })

  test('is told apart by what stands before it', async () => {
    // the mark is the step's own last token here: good and bad are followed by other labels
    const marked: PrmLayout = {
      ...layout('labels', false),
      step: { before: '', mark: '', between: '', last: 'mark' },
      read: 'step',
    }
    const [scores] = await labelTokenScorer({ engine, tokens }, marked).score([
      solutionOf('q0', ['good', 'bad']),
    ])
    const shareAfter = (id: number): number => {
      const logits = engine.table.row(id)
      return 1 / (1 + Math.exp(logits[bad]! - logits[good]!))
    }
    expect(scores![0]).toBeCloseTo(shareAfter(good), 6)
    expect(scores![1]).toBeCloseTo(shareAfter(bad), 6)
    expect(shareAfter(good)).not.toBeCloseTo(shareAfter(bad), 2)
  })

  test('passes over the model: one for written labels of the vocabulary, prefixes for others', async () => {
    const passes: number[] = []
    const counting = Object.assign(Object.create(engine), {
      info: engine.info,
      score: (ids: Int32Array[]) => {
        passes.push(ids.length)
        return engine.score(ids)
      },
    })
    const three = solutionOf('q0', ['good', 'bad', 'good'])
    for (const [over, written] of [
      ['vocabulary', true],
      ['labels', true],
      ['vocabulary', false],
      ['labels', false],
    ] as const)
      await labelTokenScorer({ engine: counting, tokens }, layout(over, written)).score([three])
    expect(passes).toEqual([1, 4, 3, 6])
  })

  test('needs a language model, and labels of one token', async () => {
    const judge = { engine: toyJudge(), tokens }
    expect(() => labelTokenScorer(judge, layout('labels', true))).toThrow(EngineError)
    expect(() => labelTokenScorer({ engine, tokens }, minformLayout)).toThrow('reads classes')
    const long = layout('labels', false)
    const two: PrmLayout = { ...long, score: { ...long.score, right: 'goodgood' } as never }
    await expect(
      labelTokenScorer({ engine, tokens }, two).score([solutionOf('q0', ['bad'])]),
    ).rejects.toThrow('the label "goodgood" is 2 tokens of this model; expected one')
  })
})
