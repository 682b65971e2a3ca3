import { expect, test } from 'vitest'
import { twins } from '../../src/credit/twins.ts'
import { verdict } from '../../src/credit/verdict.ts'
import { written } from '../../src/groups/written.ts'
import type { Outcome, Scorer, ValueInput } from '../../src/method.ts'
import { random } from '../../src/numbers/random.ts'
import { type Ask, chatClient } from '../../src/rewards/remote/chat.ts'
import { knownAnswer, madeWrong } from '../../src/rewards/verifier-lessons.ts'
import { wrongTwins } from '../../src/rollouts/wrong-twins.ts'
import { verdictLabels } from '../../src/update/verdict-labels.ts'
import { verdictPairs } from '../../src/update/verdict-pairs.ts'
import { exampleGroup, exampleRollout, f32 } from '../example-groups.ts'
import { plainTokens } from '../prm/critiques.ts'
import { chatServer } from '../rewards/remote/chat-server.ts'

/** A rollout of three tokens, and what a verifier says at its end. */
const rollout = (said: number, outcome: number): ValueInput => ({
  values_T: f32(9, 9, said),
  before_T: f32(0, 0, 0),
  returns_T: f32(outcome, outcome, outcome),
  trained_T: Uint8Array.of(1, 1, 1),
})

test('log 2 where right and wrong are said the same of (arXiv:2508.05613, eq. 3)', () => {
  const { loss, dvalues_G_T } = verdictPairs().of([rollout(0.3, 1), rollout(0.3, 0)])
  expect(loss).toBeCloseTo(Math.LN2, 6)
  expect(dvalues_G_T).toEqual([f32(0, 0, -0.5), f32(0, 0, 0.5)])
})

test('slopes are those of central differences', () => {
  const draw = random(2)
  const of = (said: readonly number[]) =>
    verdictPairs().of(said.map((x, g) => rollout(x, Number(g < 2))))
  for (let round = 0; round < 50; round++) {
    const said = Array.from({ length: 5 }, () => 4 * draw() - 2)
    const { dvalues_G_T } = of(said)
    for (const [g, x] of said.entries()) {
      const at = (d: number) => of(said.with(g, x + d)).loss
      expect(dvalues_G_T[g]![2]).toBeCloseTo((at(1e-2) - at(-1e-2)) / 2e-2, 3)
    }
  }
})

test('without a right rollout, or a wrong one, there is nothing to learn', () => {
  const { loss, dvalues_G_T, metrics } = verdictPairs().of([rollout(1, 1), rollout(2, 1)])
  expect([loss, metrics['verifier/told']]).toEqual([0, 0])
  expect(dvalues_G_T).toEqual([f32(0, 0, 0), f32(0, 0, 0)])
})

test('matched, the first right one is held against the first wrong one, and so on', () => {
  const { loss } = verdictPairs({ matched: true }).of([
    rollout(2, 1),
    rollout(-1, 0),
    rollout(0, 1),
    rollout(3, 0),
    rollout(9, 1),
  ])
  const of = (gap: number) => Math.log1p(Math.exp(-gap))
  expect(loss).toBeCloseTo((of(3) + of(-3)) / 2, 6)
})

test('before, a label is learned by its cross-entropy; slopes are those of central differences', () => {
  const draw = random(8)
  expect(verdictLabels().of([rollout(0, 1), rollout(0, 0)]).loss).toBeCloseTo(Math.LN2, 6)
  for (let round = 0; round < 50; round++) {
    const said = Array.from({ length: 4 }, () => 6 * draw() - 3)
    const of = (some: readonly number[]) =>
      verdictLabels().of(some.map((x, g) => rollout(x, Number(g < 2))))
    const { dvalues_G_T, metrics } = of(said)
    expect(metrics['verifier/told']).toBe(said.filter((x, g) => x > 0 === g < 2).length / 4)
    for (const [g, x] of said.entries()) {
      const at = (d: number) => of(said.with(g, x + d)).loss
      expect(dvalues_G_T[g]![2]).toBeCloseTo((at(1e-2) - at(-1e-2)) / 2e-2, 3)
    }
  }
})

test('a verdict is the sigmoid at the end; what is not known stays so, and so does what another wrote', () => {
  const group = exampleGroup([2], [1], [1])
  const rewards = { outcome_G: [0, null, Number.NaN], values_G_T: [f32(9, 0), f32(1), f32(1)] }
  expect(verdict()(group, rewards)).toEqual([f32(0.5, 0.5), null, f32(Number.NaN)])
  const others = {
    ...group,
    rollouts: group.rollouts.map(one => ({ ...one, origin: 'other' as const })),
  }
  expect(verdict()(others, rewards)).toEqual([null, null, null])
})

test('it learns outcomes, or where wrong ones are made the first right one and what was made of it', () => {
  const group = exampleGroup([1], [1], [1], [1])
  const outcome_G = [0, 1, 1, 0]
  const of = (made: boolean, origin?: 'other') => {
    const rollouts = group.rollouts.map((one, g) => (g === 3 && origin ? { ...one, origin } : one))
    return twins({ made })({ ...group, rollouts }, { outcome_G }).map(r_T => r_T?.[0] ?? null)
  }
  expect(of(false)).toEqual([0, 1, 1, 0])
  expect(of(true, 'other')).toEqual([null, 1, null, 0])
  expect(of(true)).toEqual([null, null, null, null])
})

test('the known answer stands before the prompt where it can be spelled and there is room', () => {
  const { problem, rollouts } = exampleGroup([1, 1])
  const [one] = rollouts
  const tokens = { encode: (text: string) => Int32Array.from(text, x => x.charCodeAt(0)) }
  const shown = (answer: string | null, maxPositions = 99) =>
    knownAnswer({ tokenizer: tokens }, { maxPositions })({ ...problem, answer }, one!)
  const told = [...'\\boxed{7}\n\n'].map(x => x.charCodeAt(0))
  expect([...shown('7')]).toEqual([...told, ...one!.promptIds])
  expect(shown(null)).toBe(one!.promptIds)
  expect(shown('7', told.length + one!.promptIds.length + 1)).toBe(one!.promptIds)
})

test('a chat model makes the first right rollout wrong, three times at most; what it makes is graded', async () => {
  const server = await chatServer(({ body, call }) => {
    const { content } = body.messages[0]!
    if (content.includes('step 1')) return ['\\boxed{1}', 'no box', 'bad\n\n\\boxed{2}'][call]!
    return '\\boxed{1}' // right again and again
  })
  const client = chatClient({ url: server.url, model: 'm', retries: 0 })
  const ask: Ask = async (...all) => (await client.ask(...all)).value
  try {
    const grade: Scorer<Outcome> = async groups =>
      groups.map(({ rollouts }) => ({
        outcome_G: rollouts.map(({ text }) => Number(text.includes('{1}'))),
      }))
    const texts = [['wrong', 'step 1 \\boxed{1}', 'x \\boxed{1}'], ['step 2 \\boxed{1}'], ['wrong']]
    const groups = texts.map(some => ({
      ...exampleGroup(),
      rollouts: some.map(text => ({ ...exampleRollout([1]), text })),
    }))
    const first = async () => groups
    const place = { tokenizer: (await plainTokens()).tokenizer, maxTokens: 40 }
    for (const only of [0, 1, 2]) {
      const asked = server.asked.length
      const [found] = await wrongTwins(
        async () => [groups[only]!],
        grade,
        madeWrong(ask),
        place,
      )([], 1)
      const made = found!.rollouts.slice(texts[only]!.length)
      expect(server.asked.length - asked).toBe([3, 3, 0][only])
      expect(made.map(({ text, origin }) => [text, origin])).toEqual(
        only === 0 ? [['bad\n\n\\boxed{2}', 'other']] : [],
      )
      if (only === 0) {
        expect(made[0]!.promptIds).toBe(groups[0]!.rollouts[1]!.promptIds)
        expect(written(made[0]!)).not.toContain(1)
        const short = wrongTwins(
          async () => [groups[0]!],
          grade,
          async () => 'far \\boxed{2}',
          { ...place, maxTokens: 2 },
        )
        expect((await short([], 1))[0]!.rollouts).toHaveLength(3)
      }
    }
    expect(wrongTwins(first, grade, null, place)).toBe(first)
  } finally {
    await server.close()
  }
})
