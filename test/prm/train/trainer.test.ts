import { describe, expect, test } from 'vitest'
import type { LabelledSequence, StepOptions } from '../../../src/engine/engine.ts'
import type { FakeEngine } from '../../../src/engine/fake.ts'
import { pick, random } from '../../../src/numbers/random.ts'
import type { StepLabel } from '../../../src/prm/label/labelled.ts'
import { ofClasses } from '../../../src/prm/train/objective.ts'
import { closingLabels } from '../../../src/prm/train/sequence.ts'
import { type PrmSchedule, trainPrm } from '../../../src/prm/train/trainer.ts'
import { textRollout } from '../../../src/rollouts/text-rollout.ts'
import type { Problem } from '../../../src/types.ts'
import { problems, spied, tokenizer, toyJudge, toyPolicy } from '../../toy.ts'

const schedule: PrmSchedule = {
  headUpdates: 5,
  headRate: 0.05,
  updates: 30,
  learningRate: 0.05,
  batch: 8,
}

const [problem] = problems as [Problem]

/** These steps as a sequence with these labels. */
function sequence(
  steps: readonly string[],
  ended: boolean,
  labels_S: readonly StepLabel[],
): LabelledSequence {
  const rollout = textRollout(problem.prompt, steps, ended, tokenizer)
  return closingLabels({ problem, rollout, labels_S })
}

/** Steps that are closed by the end token are right, steps that are cut off wrong: the fake reads single tokens. */
function examples(seed = 1): () => LabelledSequence {
  const draw = random(seed, 'examples')
  return () => {
    const right = draw() < 0.5
    return sequence([pick(draw, ['good', 'q1', 'q2'])], right, [right])
  }
}

test('a judge learns to tell right steps from wrong ones', async () => {
  const judge = toyJudge()
  judge.table.values.fill(0, tokenizer.vocabSize ** 2) // the head knows nothing
  const losses: number[] = []
  const last = await trainPrm(judge, examples(), ofClasses(), {
    ...schedule,
    updates: 60,
    onUpdate: (_, loss) => losses.push(loss),
  })
  expect(losses).toHaveLength(65)
  expect(losses[0]).toBeCloseTo(Math.log(2), 6)
  expect(last).toBe(losses.at(-1))
  expect(last).toBeLessThan(0.05)
  const [right, wrong] = await scores(judge)
  expect(right).toBeGreaterThan(0.9)
  expect(wrong).toBeLessThan(-0.9)
})

describe('the two stages', () => {
  test('first the head alone, at its own rate, then everything by schedule', async () => {
    const { engine, calls } = spied(toyJudge())
    await trainPrm(engine, examples(), ofClasses(), { ...schedule, updates: 20 })
    const steps = calls.filter(({ verb }) => verb === 'step').map(({ args }) => args[0])
    expect(steps).toHaveLength(25)
    const head = { learningRate: 0.05, weightDecay: 0.1, only: 'head' }
    expect(steps.slice(0, 5)).toEqual(Array(5).fill(head))
    const all = steps.slice(5) as StepOptions[]
    expect(all.every(({ only, weightDecay }) => only === 'all' && weightDecay === 0.1)).toBe(true)
    expect(all[0]!.learningRate).toBeCloseTo(0.05, 6) // a warm-up of one update of twenty
    expect(all.at(-1)!.learningRate).toBeLessThan(0.006) // down to a tenth
  })

  test('the trunk does not move in the first', async () => {
    const judge = toyJudge()
    const before = judge.table.values.slice()
    await trainPrm(judge, examples(), ofClasses(), { ...schedule, updates: 0 })
    const trunk = tokenizer.vocabSize ** 2
    expect(judge.table.values.subarray(0, trunk)).toEqual(before.subarray(0, trunk))
    expect(judge.table.values.subarray(trunk)).not.toEqual(before.subarray(trunk))
  })
})

test('the loss is in nats a label, whatever the batch', async () => {
  // A judge whose numbers are all 0 gives each class 1/2.
  const judge = toyJudge()
  judge.table.values.fill(0)
  const two = () => sequence(['good', 'good', 'bad'], true, [true, false, null])
  const once = { ...schedule, headUpdates: 1, updates: 0 }
  expect(await trainPrm(judge, two, ofClasses(), once)).toBeCloseTo(Math.log(2), 6)
})

test('a batch without labels is no error', async () => {
  const none = () => sequence(['good'], true, [null])
  expect(
    await trainPrm(toyJudge(), none, ofClasses(), { ...schedule, headUpdates: 1, updates: 1 }),
  ).toBe(0)
})

test('stops between updates when it is told to', async () => {
  const controller = new AbortController()
  const seen: number[] = []
  const training = trainPrm(toyJudge(), examples(), ofClasses(), {
    ...schedule,
    signal: controller.signal,
    onUpdate: done => {
      seen.push(done)
      if (done === 3) controller.abort()
    },
  })
  await expect(training).rejects.toThrow(/abort/i)
  expect(seen).toEqual([1, 2, 3])
})

/** p(right) - p(wrong) at an end token and at a step that broke off. */
async function scores(judge: FakeEngine): Promise<[number, number]> {
  const [logits] = await judge.classify([Int32Array.of(1, 3)])
  const at = (t: number): number => Math.tanh((logits![2 * t + 1]! - logits![2 * t]!) / 2)
  return [at(0), at(1)]
}

test('a language model has no head to train first', async () => {
  const next = () => sequence(['good'], true, [true])
  await expect(trainPrm(toyPolicy(), next, ofClasses(), schedule)).rejects.toThrow(
    'expected 0 head updates',
  )
})

test('goes on from where it stood: the same examples, the same rates, the same weights', async () => {
  const whole = toyJudge()
  await trainPrm(whole, examples(), ofClasses(), schedule)
  const parted = toyJudge()
  const controller = new AbortController()
  const first = trainPrm(parted, examples(), ofClasses(), {
    ...schedule,
    signal: controller.signal,
    onUpdate: done => done === 12 && controller.abort(),
  })
  await expect(first).rejects.toThrow(/abort/i)
  await trainPrm(parted, examples(), ofClasses(), { ...schedule, from: 12 })
  expect(parted.table.values).toEqual(whole.table.values)
})

test('a gradient that is not finite moves nothing, and in row after row is an error', async () => {
  const judge = toyJudge()
  const before = judge.table.values.slice()
  const broken = { learn: async () => judge.table.gradient.fill(Number.NaN)[0]! }
  const seen: number[] = []
  const told = { ...schedule, onUpdate: (done: number) => seen.push(done) }
  const training = trainPrm(judge, () => null, broken, told)
  await expect(training).rejects.toThrow('update 10: the gradient has the norm NaN')
  expect(seen).toHaveLength(9)
  expect(judge.table.values).toEqual(before)
})

test('an update waits for who is told of it', async () => {
  const order: string[] = []
  await trainPrm(toyJudge(), examples(), ofClasses(), {
    ...schedule,
    headUpdates: 0,
    updates: 2,
    onUpdate: async done => {
      order.push(`begin ${done}`)
      await new Promise(resolve => setTimeout(resolve, 5))
      order.push(`end ${done}`)
    },
  })
  expect(order).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2'])
})
