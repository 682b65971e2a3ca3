import { describe, expect, test } from 'vitest'
import { DataError, VerifierError } from '../../../src/errors.ts'
import { consensus } from '../../../src/prm/label/consensus.ts'
import type { Labelling } from '../../../src/prm/label/labeler.ts'
import { monteCarlo } from '../../../src/prm/label/monte-carlo.ts'
import { omega } from '../../../src/prm/label/omega.ts'
import { runLabellings } from '../../../src/prm/label/run.ts'
import { type LabelledProblem, labelSampled } from '../../../src/prm/label/work.ts'
import type { StepScorer } from '../../../src/prm/score/step-scorer.ts'
import type { Problem } from '../../../src/types.ts'
import { problems, tokenizer, toyPolicy, toySampler } from '../../toy.ts'

const policy = toyPolicy(3)
const services = { sampler: toySampler(policy), judge: null }
const options = { tokenizer, maxPositions: policy.info.maxPositions, seed: 5 }
const many: readonly Problem[] = Array.from({ length: 12 }, (_, i) => ({
  ...problems[i % 4]!,
  id: `problem ${i}`,
}))

async function all<T>(
  labellings: readonly Labelling<T>[],
  width?: number,
  judge: StepScorer | null = null,
) {
  const found = []
  const run = runLabellings(
    labellings,
    { ...services, judge },
    width === undefined ? {} : { width },
  )
  for await (const one of run) found.push(one)
  return found
}

const bySampling = (some: readonly Problem[]): Labelling<LabelledProblem>[] =>
  some.map(one => labelSampled(one, monteCarlo({ completions: 3, seed: 5 }), 2, options))

test('results come in order, and do not depend on what they run beside', async () => {
  const alone = await all(bySampling(many), 1)
  expect(alone.map(({ value }) => value.problem.id)).toEqual(many.map(({ id }) => id))
  expect(await all(bySampling(many), 5)).toEqual(alone)
  expect(await all(bySampling([...many].reverse()))).toEqual([...alone].reverse())
})

test('searches of different lengths do not mix', async () => {
  const search = omega({ completions: 3, seed: 5, searches: 3 })
  const searches = () => many.map(one => labelSampled(one, search, 2, options))
  expect(await all(searches(), 4)).toEqual(await all(searches(), 1))
})

test('what is spent: rollouts that are labelled, those that label, and their tokens without the prefix', async () => {
  const [one] = await all(bySampling(many.slice(0, 1)))
  const { labelled } = one!.value
  const steps = labelled.map(({ labelled }) => labelled.steps.length)
  expect(one!.spent).toMatchObject({
    solutions: 2,
    solutionTokens: labelled.reduce((sum, { rollout }) => sum + rollout!.ids.length, 0),
    rollouts: 3 * (steps[0]! + steps[1]! - 2),
  })
  expect(one!.spent.tokens).toBeGreaterThanOrEqual(one!.spent.rollouts)
})

test('every step of every solution has a label that real rollouts gave it', async () => {
  const soft = monteCarlo({ completions: 4, seed: 1, labels: 'soft' })
  const found = await all(many.map(one => labelSampled(one, soft, 3, options)))
  const labels = found.flatMap(({ value }) => value.labelled.flatMap(one => one.labelled.labels_S))
  expect(labels.length).toBeGreaterThan(40)
  expect(labels.every(label => label !== null && Number.isInteger(4 * label))).toBe(true)
  expect(new Set(labels).size).toBeGreaterThan(2)
})

describe('a judge', () => {
  const judge = (scoresOf: (steps: number) => readonly number[]): StepScorer => ({
    name: 'by hand',
    range: [0, 1],
    threshold: 0.5,
    aggregation: 'min',
    score: async solutions => solutions.map(({ steps }) => scoresOf(steps.length)),
    close: async () => {},
  })
  const agreed = consensus({ completions: 2, seed: 1, judge: { threshold: 0.5 } })
  const labellings = () => many.slice(0, 4).map(one => labelSampled(one, agreed, 2, options))

  test('is asked for the steps of solutions', async () => {
    const found = await all(
      labellings(),
      4,
      judge(steps => Array<number>(steps).fill(0.9)),
    )
    for (const { value } of found)
      for (const { labelled, missing } of value.labelled)
        expect(labelled.labels_S.every(label => label === (missing ? null : 1))).toBe(true)
  })

  test('that cannot read a solution leaves that one without labels', async () => {
    const choosy: StepScorer = {
      ...judge(() => []),
      score: async solutions =>
        solutions.map(({ id, steps }) => {
          if (id === 'problem 1#0') throw new DataError('too long')
          return steps.map(() => 0.9)
        }),
    }
    const found = (await all(labellings(), 4, choosy)).flatMap(({ value }) => value.labelled)
    expect(found.find(one => one.labelled.id === 'problem 1#0')!.missing).toBe('not-judged')
    expect(found.filter(({ missing }) => missing === 'not-judged')).toHaveLength(1)
  })

  test('that says too little is refused', async () => {
    await expect(
      all(
        labellings(),
        4,
        judge(() => [0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9]),
      ),
    ).rejects.toThrow(VerifierError)
    await expect(all(labellings())).rejects.toThrow('there is no judge')
  })
})

test('an aborted run stops', async () => {
  const run = runLabellings(bySampling(many), services, { signal: AbortSignal.abort() })
  await expect(run.next()).rejects.toThrow('abort')
})
