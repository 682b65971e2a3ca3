import { describe, expect, test } from 'vitest'
import { agrees, critiqueOf, onceMore } from '../../../src/prm/critique.ts'
import { minformLayout, type PrmLayout } from '../../../src/prm/layout.ts'
import { critiqueScorer } from '../../../src/prm/score/critiques.ts'
import { plainTokens, writer } from '../critiques.ts'
import { solutionOf } from '../solutions.ts'

const layout = (votes: number, rounds = 1): PrmLayout => ({
  ...minformLayout,
  score: { head: 'critiques', votes, rounds, maxTokens: 64, temperature: 1 },
  threshold: 0.5,
})
const [right, wrong] = ['a \\boxed{correct}', 'b \\boxed{incorrect}']
const two = solutionOf('Q', ['a', 'b'])

describe('scores of a model that writes critiques itself (arXiv:2504.16828)', () => {
  test('are shares of those that can be read, each in [0, 1], in whatever order they come', async () => {
    const tokens = await plainTokens()
    const texts = [`${right}\n\n${right}`, `${right}\n\n${wrong}`, 'nothing', wrong]
    for (const order of [
      [0, 1, 2, 3],
      [3, 1, 0, 2],
    ]) {
      let k = 0
      const engine = writer(tokens, () => texts[order[k++]!]!)
      const [scores] = await critiqueScorer({ engine, tokens }, layout(4)).score([two])
      expect(scores).toEqual([2 / 3, 1 / 2]) // one stops at the first step
    }
  })

  test('it reads the solution as it is laid out, its last step closed like the others', async () => {
    const tokens = await plainTokens()
    const engine = writer(tokens, () => `${right}\n\n${right}`)
    const scorer = critiqueScorer({ engine, tokens }, layout(1))
    expect(await scorer.score([two, solutionOf('R', [])])).toEqual([[1, 1], []])
    expect(engine.prompts).toEqual(['Qa\n\nb\n\n'])
  })

  test('none that can be read, or no room: no score', async () => {
    const tokens = await plainTokens()
    const garbage = writer(tokens, () => right) // it stops early without an error
    expect(await critiqueScorer({ engine: garbage, tokens }, layout(2)).score([two])).toEqual([
      [null, null],
    ])
    const small = writer(tokens, () => `${right}\n\n${right}`, 3)
    expect(await critiqueScorer({ engine: small, tokens }, layout(1)).score([two])).toEqual([
      [null, null],
    ])
    expect(small.prompts).toEqual([])
  })

  test('a critique checks itself again, and the last that can be read counts', async () => {
    const tokens = await plainTokens()
    const rounds = (last: string) =>
      writer(tokens, prompt => (prompt.includes(onceMore) ? last : `${right}\n\n${right}`))
    const changed = rounds(`${right}\n\n${wrong}`)
    const scorer = critiqueScorer({ engine: changed, tokens }, layout(1, 2))
    expect(await scorer.score([two])).toEqual([[1, 0]])
    expect(changed.prompts[1]).toBe(`Qa\n\nb\n\n${right}\n\n${right}\n\n${onceMore}\n\n`)
    const lost = critiqueScorer({ engine: rounds('hm'), tokens }, layout(1, 3))
    expect(await lost.score([two])).toEqual([[1, 1]])
  })
})

test('with odds the last step has the mean of the log-odds of two tokens after each critique (arXiv:2408.11791)', async () => {
  const tokens = await plainTokens()
  const [up, down] = ['+', '-'].map(text => tokens.tokenizer.encode(text)[0]!)
  const engine = writer(tokens, () => 'fine')
  const { score } = layout(3)
  const rated = { ...layout(3), score: { ...score, odds: { right: '+', wrong: '-' } } } as PrmLayout
  const scorer = critiqueScorer({ engine, tokens }, rated)
  expect(await scorer.score([two, solutionOf('R', [])])).toEqual([
    [null, expect.closeTo((down! - up!) / 100, 5)],
    [],
  ])
  expect(scorer.range).toEqual([-Infinity, Infinity])
  const small = writer(tokens, () => 'fine', 3)
  const none = critiqueScorer({ engine: small, tokens }, rated)
  expect(await none.score([two])).toEqual([[null, null]])
})

test('a critique of labels says each step again, up to the first wrong one, and its verdict', () => {
  expect(critiqueOf(['a', 'b', 'c'], [1, 0, null])).toBe(`${right}\n\n${wrong}`)
  expect(critiqueOf(['a', 'b'], [1, 1])).toBe('a \\boxed{correct}\n\nb \\boxed{correct}')
  expect(critiqueOf(['a', 'b'], [1, null])).toBeNull()
  expect(critiqueOf([], [])).toBeNull()
})

test('verdicts agree with labels where every one does', () => {
  expect(agrees([true, false, null], [1, 0, null])).toBe(true)
  expect(agrees([true, true, true], [1, null, 1])).toBe(true) // nobody knows of the second
  expect(agrees([true, false, null], [1, 1, 1])).toBe(false)
  expect(agrees([true, true, true], [1, 0, 1])).toBe(false)
  expect(agrees([true, null], [1, 1])).toBe(false)
})
