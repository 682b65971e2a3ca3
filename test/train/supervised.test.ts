import { expect, test } from 'vitest'
import type { StepOptions, WeightedSequence } from '../../src/engine/engine.ts'
import { pick, random } from '../../src/numbers/random.ts'
import { type Example, learnTexts, type Schedule } from '../../src/train/supervised.ts'
import { lacking } from '../engine/lacking.ts'
import { problems, spied, tokenizer, toyPolicy } from '../toy.ts'

const schedule: Schedule = { updates: 20, batch: 4, learningRate: 0.1 }

/** Questions and their boxed answers, in random order. */
function solutions(seed = 1): () => Example {
  const draw = random(seed, 'solutions')
  return () => {
    const { prompt, answer } = pick(draw, problems)
    const body = tokenizer.encode(`\\boxed{${answer}}`)
    return { promptIds: tokenizer.encode(prompt), ids: Int32Array.of(...body, tokenizer.eosId) }
  }
}

test('a policy learns to answer', async () => {
  const policy = toyPolicy()
  const losses: number[] = []
  const last = await learnTexts(policy, solutions(), {
    ...schedule,
    updates: 80,
    batch: 8,
    onUpdate: (_, loss) => losses.push(loss),
  })
  expect(losses).toHaveLength(80)
  expect(losses[0]).toBeGreaterThan(1.5)
  expect(last).toBe(losses.at(-1))
  expect(last).toBeLessThan(0.1)
})

test('the loss is cross-entropy in nats a token of what follows the prompts', async () => {
  const policy = toyPolicy()
  policy.table.values.fill(0) // every token as likely as any other
  const once = { ...schedule, updates: 1 }
  expect(await learnTexts(policy, solutions(), once)).toBeCloseTo(Math.log(13), 6)
})

test('a token weighs the same in every example; the prompt weighs nothing', async () => {
  const { engine, calls } = spied(toyPolicy())
  const examples: Example[] = [
    { promptIds: Int32Array.of(5, 6, 7), ids: Int32Array.of(3, 1) },
    { promptIds: Int32Array.of(5), ids: Int32Array.of(3, 3, 1) },
    { promptIds: new Int32Array(), ids: Int32Array.of(3, 3, 1) }, // its first token has no context
  ]
  await learnTexts(engine, () => examples.shift()!, { ...schedule, updates: 1, batch: 3 })
  const [sequences] = calls[0]!.args as [WeightedSequence[]]
  const w = Math.fround(1 / 8)
  expect(sequences.map(({ ids, weights }) => [[...ids], [...weights]])).toEqual([
    [
      [5, 6, 7, 3, 1],
      [0, 0, w, w],
    ],
    [
      [5, 3, 3, 1],
      [w, w, w],
    ],
    [
      [3, 3, 1],
      [w, w],
    ],
  ])
})

test('the rate follows its schedule, the decay is the one that is given', async () => {
  const rates = async (change: Partial<Schedule>): Promise<StepOptions[]> => {
    const { engine, calls } = spied(toyPolicy())
    await learnTexts(engine, solutions(), { ...schedule, updates: 40, ...change })
    return calls.filter(({ verb }) => verb === 'step').map(({ args }) => args[0] as StepOptions)
  }
  const steps = await rates({})
  expect(steps.slice(0, 2).map(one => one.learningRate)).toEqual([0.05, 0.1]) // rises
  expect(steps.at(-1)!.learningRate).toBeLessThan(0.012)
  expect(steps.every(({ weightDecay }) => weightDecay === 0.01)).toBe(true)
  expect((await rates({ weightDecay: 0 }))[0]).toMatchObject({ weightDecay: 0 })
})

test('stops between updates when it is told to', async () => {
  const controller = new AbortController()
  const policy = toyPolicy()
  const learning = learnTexts(policy, solutions(), {
    ...schedule,
    signal: controller.signal,
    onUpdate: done => {
      if (done === 2) controller.abort()
    },
  })
  await expect(learning).rejects.toThrow(/abort/i)
  expect(policy.version).toBe(2)
})

test('an engine that does not clip learns too', async () => {
  const engine = lacking(toyPolicy(), { clipNorm: false, entropies: false })
  const longer = { ...schedule, updates: 80, batch: 8 }
  expect(await learnTexts(engine, solutions(), longer)).toBeLessThan(0.1)
})
