import { describe, expect, test } from 'vitest'
import { fakeEngine } from '../../../src/engine/fake.ts'
import { monteCarlo } from '../../../src/prm/label/monte-carlo.ts'
import { omega } from '../../../src/prm/label/omega.ts'
import { runLabellings } from '../../../src/prm/label/run.ts'
import { labelSampled, labelWritten } from '../../../src/prm/label/work.ts'
import type { Solution } from '../../../src/prm/solution.ts'
import type { Problem } from '../../../src/types.ts'
import { problems, tokenizer, toyPolicy, toySampler } from '../../toy.ts'

const policy = toyPolicy(1)
const [problem] = problems as [Problem]
const options = { tokenizer, maxPositions: policy.info.maxPositions, seed: 5 }
const labeler = monteCarlo({ completions: 2, seed: 5 })

const solution = (id: string, ...steps: readonly string[]): Solution => ({ id, problem, steps })

async function labelled(solutions: readonly Solution[], of = problem, how = labeler) {
  const labelling = labelWritten(of, solutions, how, options)
  const sampler = toySampler(policy)
  for await (const { value, spent } of runLabellings([labelling], { sampler, judge: null }))
    return { ...value, spent }
  throw new Error('no result')
}

describe('written solutions', () => {
  test('their answers are graded, their steps completed', async () => {
    const { labelled: found, spent } = await labelled([
      solution('a', 'good', 'good', '\\boxed{0}'),
      solution('b', 'bad', '\\boxed{1}'),
    ])
    const [a, b] = found.map(one => one.labelled)
    expect([a!.answerRight, a!.labels_S.at(-1)]).toEqual([true, 1])
    expect([b!.answerRight, b!.labels_S.at(-1)]).toEqual([false, 0])
    expect(spent).toMatchObject({ rollouts: 6, solutions: 0 })
  })

  test('completions begin with the very tokens of the text, tokenised once', async () => {
    const one = solution('a', 'good', 'bad', '\\boxed{0}')
    const { labelled: found } = await labelled([one])
    const { ids, promptIds, steps } = found[0]!.rollout!
    expect([...promptIds, ...ids]).toEqual([...tokenizer.encode('q0good\n\nbad\n\n\\boxed{0}'), 1])
    expect(steps.map(({ end }) => end)).toEqual([2, 4, 6])
  })

  test('a blank line inside of a step divides nothing', async () => {
    const { labelled: found } = await labelled([solution('a', 'good\n\ngood', '\\boxed{0}')])
    expect(found[0]!.rollout!.steps.map(({ end, text }) => [end, text])).toEqual([
      [4, 'good\n\ngood'],
      [6, '\\boxed{0}'],
    ])
    expect(found[0]!.labelled.labels_S).toHaveLength(2)
  })

  test('those that cannot be labelled come out as they came in, say why, and harm no other', async () => {
    const long = Array.from({ length: 16 }, () => 'good') // 31 tokens, with the prompt all 32
    const given = [
      solution('none'),
      solution('empty', 'good', ' ', '\\boxed{0}'),
      solution('fine', 'good', '\\boxed{0}'),
      solution('long', ...long, '\\boxed{0}'),
      solution('closed twice', 'good', '\n\n', '\\boxed{0}'),
    ]
    const { labelled: found } = await labelled(given)
    expect(found.map(one => [one.labelled.id, one.missing])).toEqual([
      ['none', 'no-steps'],
      ['empty', 'empty-step'],
      ['fine', null],
      ['long', 'too-long'],
      ['closed twice', 'empty-step'],
    ])
    for (const { labelled: one, missing } of found) {
      expect(one.steps).toEqual(given.find(({ id }) => id === one.id)!.steps)
      expect(one.labels_S.every(label => (label === null) === (missing !== null))).toBe(true)
    }
    expect(found[1]!.labelled.answerRight).toBe(true) // that much is known
  })

  test.each([
    { answer: null, why: 'no-answer' },
    { answer: '\\frac{', why: 'ungradable' },
  ])('a problem with the answer $answer leaves them unlabelled: $why', async ({ answer, why }) => {
    const { labelled: found, spent } = await labelled([solution('a', 'good')], {
      ...problem,
      answer,
    })
    expect(found[0]).toMatchObject({
      missing: why,
      labelled: { labels_S: [null], answerRight: null },
    })
    expect(spent.rollouts).toBe(0)
  })

  test('what a tree search finds beside them comes after them', async () => {
    const given = [
      solution('empty', ''),
      solution('a', 'bad', 'bad', '\\boxed{1}'),
      solution('b', 'good', '\\boxed{0}'),
    ]
    const search = omega({ completions: 6, seed: 1, labels: 'rightness' })
    const { labelled: found } = await labelled(given, problem, search)
    expect(found.slice(0, 3).map(one => one.labelled.id)).toEqual(['empty', 'a', 'b'])
    expect(found.slice(3).every(one => one.labelled.id.includes('/tree-'))).toBe(true)
  })

  test('labels that a solution had are replaced, what it was sorted under is kept', async () => {
    const had = { ...solution('a', 'good', '\\boxed{0}'), labels_S: [0.3, 0.4], kind: 'carry' }
    const { labelled: found } = await labelled([had])
    expect(found[0]!.labelled).toMatchObject({ kind: 'carry', source: 'monte-carlo' })
    expect(found[0]!.labelled.labels_S[1]).toBe(1)
  })
})

describe('sampled solutions', () => {
  const run = async (of: Problem, sampler = toySampler(policy), maxPositions = 32) => {
    const labelling = labelSampled(of, labeler, 3, { ...options, maxPositions })
    for await (const one of runLabellings([labelling], { sampler, judge: null })) return one
    throw new Error('no result')
  }

  test('keep the tokens that were sampled', async () => {
    const { value } = await run(problem)
    expect(value.labelled.map(one => one.labelled.id)).toEqual(['q0#0', 'q0#1', 'q0#2'])
    for (const { labelled: one, rollout } of value.labelled) {
      expect(one.steps).toEqual(rollout!.steps.map(step => step.text))
      expect(one.labels_S).toHaveLength(rollout!.steps.length)
    }
  })

  test('of a problem without a gradable answer, or without room, there are none', async () => {
    expect((await run({ ...problem, answer: null })).value).toMatchObject({
      labelled: [],
      skipped: 'no-answer',
    })
    expect((await run({ ...problem, answer: '' })).value.skipped).toBe('ungradable')
    const short = fakeEngine({ vocabSize: tokenizer.vocabSize, maxPositions: 1 })
    expect((await run(problem, toySampler(short), 1)).value.skipped).toBe('prompt-too-long')
  })
})
