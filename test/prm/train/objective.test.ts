import { describe, expect, test } from 'vitest'
import type { FakeEngine } from '../../../src/engine/fake.ts'
import { crossEntropy } from '../../../src/prm/train/losses/cross-entropy.ts'
import { implicitCrossEntropy } from '../../../src/prm/train/losses/implicit-cross-entropy.ts'
import { implicitDpo } from '../../../src/prm/train/losses/implicit-dpo.ts'
import type { LogitLoss } from '../../../src/prm/train/losses/loss.ts'
import { qRanking } from '../../../src/prm/train/losses/q-ranking.ts'
import { squaredError } from '../../../src/prm/train/losses/squared-error.ts'
import { twoHeads } from '../../../src/prm/train/losses/two-heads.ts'
import {
  type ClassifiedExample,
  type Objective,
  ofClasses,
  ofLabelTokens,
  ofLogits,
  ofResponses,
  withReference,
} from '../../../src/prm/train/objective.ts'
import { f32 } from '../../example-groups.ts'
import { spied, toyJudge, toyPolicy } from '../../toy.ts'

const nan = Number.NaN

function example(
  ids: readonly number[],
  at: readonly number[],
  labels: readonly number[],
): ClassifiedExample {
  return { ids: Int32Array.from(ids), at_N: Int32Array.from(at), labels: f32(...labels) }
}

const batch = [
  example([5, 3, 2, 4, 2, 1], [2, 4, 5], [1, 0, nan]),
  example([6, 4, 2], [2], [0.25]),
  example([7, 3, 1], [], []),
]

/** Labels of a loss with two targets a position. */
const pairs = [example([5, 3, 2, 4, 2], [2, 4], [1, nan, 0, 0.5])]

/** The gradient that an objective leaves is that of the number it returns, along a direction of every parameter. */
async function isGradient<E>(
  model: FakeEngine,
  objective: Objective<E>,
  examples: readonly E[],
): Promise<void> {
  const loss = await objective.learn(model, examples)
  const { values, gradient } = model.table
  const slopes = gradient.slice()
  await model.clear()
  const direction = values.map((_, i) => Math.sin(7 * i + 1))
  const start = values.slice()
  const h = 1e-2
  const at = async (d: number): Promise<number> => {
    values.set(start.map((x, i) => x + d * direction[i]!))
    const found = await objective.learn(model, examples)
    await model.clear()
    return found
  }
  const numeric = ((await at(h)) - (await at(-h))) / (2 * h)
  values.set(start)
  const expected = slopes.reduce((sum, slope, i) => sum + slope * direction[i]!, 0)
  expect(Number.isFinite(loss)).toBe(true)
  expect(Math.abs(expected)).toBeGreaterThan(1e-3)
  expect(numeric).toBeCloseTo(expected, 3)
}

describe('a head', () => {
  const losses: readonly [string, LogitLoss, readonly ClassifiedExample[]][] = [
    ['cross-entropy', crossEntropy({ wrongWeight: 2 }), batch],
    ['cross-entropy by its slopes', withoutDistribution(crossEntropy({ wrongWeight: 2 })), batch],
    ['squared error', squaredError(), batch],
    ['ranking', qRanking(), batch],
    ['two heads', twoHeads(), pairs],
  ]

  test.each(losses)('%s: the gradient is that of the mean over the terms', (_, loss, examples) =>
    isGradient(toyJudge(3, loss.classes), ofLogits(loss), examples),
  )

  test('one pass or two, the gradient is the same', async () => {
    const [one, two] = [toyJudge(3), toyJudge(3)]
    const loss = crossEntropy({ wrongWeight: 2 })
    const first = await ofLogits(loss).learn(one, batch)
    expect(await ofLogits(withoutDistribution(loss)).learn(two, batch)).toBeCloseTo(first, 6)
    one.table.gradient.forEach((slope, i) => {
      expect(two.table.gradient[i]).toBeCloseTo(slope, 6)
    })
  })

  test('a cross-entropy takes one pass', async () => {
    const { engine, calls } = spied(toyJudge())
    await ofLogits(crossEntropy()).learn(engine, batch)
    expect(calls.map(({ verb }) => verb)).toEqual(['accumulateClasses'])
  })

  test('in nats a label: a head that knows nothing loses log 2', async () => {
    const model = toyJudge()
    model.table.values.fill(0)
    expect(await ofLogits(crossEntropy()).learn(model, batch)).toBeCloseTo(Math.log(2), 6)
    expect(await ofLogits(crossEntropy({ wrongWeight: 5 })).learn(model, batch)).toBeCloseTo(
      Math.log(2),
      6,
    )
  })

  test('nothing to learn is 0, and moves nothing; another head is refused', async () => {
    for (const loss of [crossEntropy(), squaredError(), qRanking()]) {
      const model = toyJudge(1, loss.classes)
      expect(await ofLogits(loss).learn(model, [batch[2]!])).toBe(0)
      expect(model.table.gradient.every(slope => slope === 0)).toBe(true)
    }
    expect(() => ofLogits(squaredError()).learn(toyJudge(), batch)).toThrow(
      "a head with 1 outputs; this model's has 2",
    )
    expect(await ofClasses().learn(toyJudge(), [])).toBe(0)
    const unequal = example([5, 3, 2], [1, 2], [1])
    expect(() => ofLogits(crossEntropy()).learn(toyJudge(), [unequal])).toThrow('1 labels for 2')
  })
})

describe('label tokens', () => {
  const ids = Int32Array.of(5, 3, 2, 7, 4, 2, 8)
  const weights = f32(0, 0, 3, 0, 0, 1)

  test('the loss is the mean of minus the log-probability, by weight', async () => {
    const model = toyPolicy(2)
    const [scores] = await model.score([ids])
    const expected = -(3 * scores!.logprobs[2]! + scores!.logprobs[5]!) / 4
    expect(await ofLabelTokens().learn(model, [[{ ids, weights }]])).toBeCloseTo(expected, 6)
  })

  test('the gradient is its own', () =>
    isGradient(toyPolicy(2), ofLabelTokens(), [
      [{ ids, weights }],
      [{ ids, weights: f32(...weights.map(w => w / 2)) }],
    ]))

  test('without weights nothing is learned', async () => {
    const model = toyPolicy()
    expect(await ofLabelTokens().learn(model, [[{ ids, weights: weights.map(() => 0) }], []])).toBe(
      0,
    )
    expect(model.table.gradient.every(slope => slope === 0)).toBe(true)
  })
})

describe('whole responses', () => {
  const right = { ids: Int32Array.of(5, 3, 2, 9, 1), from: 1, outcome: 1 }
  const wrong = { ids: Int32Array.of(5, 4, 2, 10, 1), from: 2, outcome: 0 }

  test('the reference is the model as it was: the loss starts at log 2', async () => {
    const model = toyPolicy(4)
    const [first, second] = await withReference(model, [right, wrong])
    expect(first!.reference_T).toHaveLength(4)
    expect(second!.reference_T).toHaveLength(3)
    for (const objective of [ofResponses(implicitCrossEntropy()), ofResponses(implicitDpo())])
      expect(await objective.learn(model, [[first!, second!]])).toBeCloseTo(Math.log(2), 6)
  })

  test('the gradient is that of the loss', async () => {
    const known = await withReference(toyPolicy(5), [right, wrong])
    const one = known.map(response => [response])
    await isGradient(toyPolicy(4), ofResponses(implicitCrossEntropy({ beta: 0.5 })), one)
    await isGradient(toyPolicy(4), ofResponses(implicitDpo({ beta: 0.5 })), [known])
  })

  test('descent makes the right response likelier than its reference, and the wrong one less likely', async () => {
    const model = toyPolicy(4)
    const known = await withReference(model, [right, wrong])
    const objective = ofResponses(implicitCrossEntropy({ beta: 0.5 }))
    for (let update = 0; update < 50; update++) {
      await objective.learn(model, [known])
      await model.step({ learningRate: 0.05 })
    }
    const scores = await model.score([right.ids, wrong.ids])
    const ratio = (i: number): number => {
      const { reference_T, from } = known[i]!
      const policy_T = scores[i]!.logprobs.subarray(from - 1)
      return policy_T.reduce((sum, x, t) => sum + x - reference_T[t]!, 0)
    }
    expect(ratio(0)).toBeGreaterThan(1)
    expect(ratio(1)).toBeLessThan(-1)
  })

  test('nothing to learn is 0', async () => {
    expect(await ofResponses(implicitCrossEntropy()).learn(toyPolicy(), [])).toBe(0)
  })
})

function withoutDistribution({ classes, targets, of }: LogitLoss): LogitLoss {
  return { classes, targets, of }
}
