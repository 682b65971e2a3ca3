import { expect, test } from 'vitest'
import { askedIds } from '../../src/engine/asked.ts'
import type { Asked } from '../../src/engine/engine.ts'
import { fakeEngine } from '../../src/engine/fake.ts'
import { EngineError } from '../../src/errors.ts'
import { stepScores } from '../../src/rewards/step-scores.ts'
import { asRollout, textRollout } from '../../src/rollouts/text-rollout.ts'
import type { Group, Rollout } from '../../src/types.ts'
import { exampleGroup } from '../example-groups.ts'
import { spied, tokenizer, toyJudge } from '../toy.ts'

/** A rollout of written steps. */
function written(prompt: string, ...steps: readonly string[]): Rollout {
  return asRollout(textRollout(prompt, steps, true, tokenizer))
}

const groups: readonly Group[] = [
  exampleGroup(written('q0', 'good', 'bad', '\\boxed{0}'), written('q0', 'q1')),
  exampleGroup(),
  exampleGroup(written('q1q2q3', 'badbad', 'good')),
]

/** A judge whose logits of class 1 and 0 at position t are t and -t, so that a score names its position. */
const positional = Object.assign(toyJudge(), {
  classify: async (sequences: readonly Asked[]) =>
    sequences
      .map(askedIds)
      .map(({ length }) =>
        Float32Array.from(
          { length: 2 * length },
          (_, i) => (i % 2 ? 0.1 : -0.1) * Math.floor(i / 2),
        ),
      ),
})

test('a step’s score is read at its closing token', async () => {
  const at = (...positions: number[]) => Float32Array.from(positions, t => Math.tanh(0.1 * t))
  // q0 | good, blank line | bad, blank line | box, end
  expect(await stepScores(positional)(groups)).toEqual([
    { steps_G_S: [at(2, 4, 6), at(2)] },
    { steps_G_S: [] },
    { steps_G_S: [at(5, 7)] }, // three tokens of prompt
  ])
})

test('the score is p(right) - p(wrong)', async () => {
  const judge = toyJudge(4)
  const [{ steps_G_S }] = (await stepScores(judge)(groups)) as [{ steps_G_S: Float32Array[] }]
  const rollout = groups[0]!.rollouts[0]!
  const [logits] = await judge.classify([Int32Array.of(...rollout.promptIds, ...rollout.ids)])
  const expected = rollout.steps.map(({ end }) => {
    const row = 2 * (rollout.promptIds.length + end - 1)
    const [wrong, right] = [Math.exp(logits![row]!), Math.exp(logits![row + 1]!)]
    return (right - wrong) / (right + wrong)
  })
  for (const [s, score] of expected.entries()) expect(steps_G_S[0]![s]).toBeCloseTo(score, 6)
  expect(new Set(expected).size).toBeGreaterThan(1)
})

test('all rollouts are judged in one call, by their own ids, where their steps close', async () => {
  const { engine, calls } = spied(toyJudge())
  await stepScores(engine)(groups)
  expect(calls).toHaveLength(1)
  expect(calls[0]!.args[0]).toEqual(
    groups.flatMap(({ rollouts }) =>
      rollouts.map(({ promptIds, ids, steps }) => ({
        ids: Int32Array.of(...promptIds, ...ids),
        at: steps.map(({ end }) => promptIds.length + end - 1),
      })),
    ),
  )
})

test('a model that cannot tell right from wrong is refused', () => {
  const three = fakeEngine({ head: 'token-classification', classes: 3 })
  expect(() => stepScores(three)).toThrow(EngineError)
  expect(() => stepScores(three)).toThrow(
    "the score 'difference' is of 2 outputs; this model's head has 3",
  )
  expect(() => stepScores(fakeEngine())).toThrow("this model's head has 0")
})
