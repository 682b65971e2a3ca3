import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DataError, EngineError } from '../../src/errors.ts'
import { minformLayout, type PrmLayout, showsWholePrompt } from '../../src/prm/layout.ts'
import { readingOf } from '../../src/prm/reading.ts'
import { conventionOf, conventions } from '../../src/prm/score/conventions.ts'
import { textRollout } from '../../src/rollouts/text-rollout.ts'
import { chatTemplateFrom, loadChatTemplate } from '../../src/tokenizer/chat-template.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'
import { tokenizer as toy } from '../toy.ts'
import { solutionOf } from './solutions.ts'

const folder = new URL('../fixtures/tokenizer', import.meta.url).pathname
const tokenizer = await loadTokenizer(folder)
const template = await loadChatTemplate(folder)
const tokens = { tokenizer, bosId: 0, chat: () => template }
const toyTokens = { tokenizer: toy, bosId: null, chat: () => template }

const words = fc.stringMatching(/^[a-c0-9 .+=\\{}]{0,12}$/)
const named = fc.constantFrom(...conventions.values())

describe('tokens of a solution', () => {
  test('of minform are those of a rollout: blank lines between, the end token last', () => {
    const solution = solutionOf('q0', ['good', 'bad\\boxed{1}'])
    expect(readingOf(solution, minformLayout, toyTokens)).toEqual({
      ids: Int32Array.of(5, 3, 2, 4, 10, 1),
      promptLength: 1,
      reads_S: [2, 5],
      ends_S: [3, 6],
    })
  })

  test('of a solution that was cut off have no end token: its last step is read where it stops', () => {
    const solution = { ...solutionOf('q0', ['good', 'bad']), ended: false }
    const { ids, reads_S } = readingOf(solution, minformLayout, toyTokens)
    expect([[...ids], reads_S]).toEqual([
      [5, 3, 2, 4],
      [2, 3],
    ])
  })

  test('of a part of a solution close its last step as what it is: one of several', () => {
    const solution = solutionOf('q0', ['good', 'bad', 'good', 'bad'])
    const { ids, reads_S } = readingOf(solution, minformLayout, toyTokens, { from: 1, to: 3 })
    expect([[...ids], reads_S]).toEqual([
      [5, 4, 2, 3, 2],
      [2, 4],
    ])
    const rest = readingOf(solution, minformLayout, toyTokens, { from: 3 })
    expect([[...rest.ids], rest.reads_S]).toEqual([[5, 4, 1], [2]])
  })

  test('steps keep their numbers in a part', () => {
    const layout = conventionOf('math-shepherd')
    const { ids } = readingOf(solutionOf('Q?', ['a', 'b', 'c']), layout, tokens, { from: 1 })
    expect(tokenizer.decode(ids)).toBe('Q? Step 2: b ки\nStep 3: c ки')
  })

  test('agree with rollouts on every text whose steps those tell apart', () => {
    fc.assert(
      fc.property(words, fc.array(words, { minLength: 1, maxLength: 5 }), (prompt, steps) => {
        const rollout = textRollout(prompt, steps, true, tokenizer)
        const reading = readingOf(solutionOf(prompt, steps), minformLayout, tokens)
        expect([...reading.ids]).toEqual([...rollout.promptIds, ...rollout.ids])
        fc.pre(rollout.steps.length === steps.length)
        expect(reading.ends_S.map(end => end - reading.promptLength)).toEqual(
          rollout.steps.map(({ end }) => end),
        )
      }),
    )
  })

  test('are read at as many places as there are steps, in order, each within its step', () => {
    fc.assert(
      fc.property(named, words, fc.array(words, { maxLength: 5 }), (layout, prompt, steps) => {
        const solution = solutionOf(prompt, steps)
        const { ids, promptLength, reads_S, ends_S } = readingOf(solution, layout, tokens)
        expect(reads_S.length).toBe(steps.length)
        expect(ends_S.length).toBe(steps.length)
        reads_S.forEach((at, s) => {
          expect(at).toBeGreaterThanOrEqual((ends_S[s - 1] ?? promptLength) - 1)
          expect(at).toBeLessThanOrEqual(ends_S[s]!)
          expect(ends_S[s]).toBeLessThanOrEqual(ids.length)
        })
      }),
    )
  })
})

describe('a step that holds the separator', () => {
  const inside = solutionOf('Q', ['fine', 'one\n\ntwo'], 'x7')

  test('is refused by its place', () => {
    expect(() => readingOf(inside, minformLayout, tokens)).toThrow(DataError)
    expect(() => readingOf(inside, minformLayout, tokens)).toThrow(
      'solution x7: step 1 holds the separator "\\n\\n"',
    )
    const qwen = conventionOf('qwen-math-prm')
    expect(() => readingOf(solutionOf('Q', ['<extra_0>']), qwen, tokens)).toThrow('step 0 holds')
  })

  test('is refused where it makes one with what follows it', () => {
    const fused = solutionOf('Q', ['one\n', 'two'])
    expect(() => readingOf(fused, minformLayout, tokens)).toThrow('step 0 holds')
  })

  test('is read as it is where that is asked for', () => {
    const { ids, reads_S } = readingOf(inside, minformLayout, tokens, { separators: 'keep' })
    expect(tokenizer.decode(ids)).toBe('Qfine\n\none\n\ntwo')
    expect(reads_S).toEqual([
      ids.length - 1 - tokenizer.encode('one\n\ntwo').length - 1,
      ids.length - 1,
    ])
  })
})

describe('a chat template', () => {
  const qwen = conventionOf('qwen-math-prm')

  test('that drops spaces around a turn drops those of the steps, not those between them', () => {
    const trimming = chatTemplateFrom(
      '{% for m in messages %}[{{ m.role }}]{{ m.content | trim }}{% endfor %}',
    )
    const trims = { ...tokens, chat: () => trimming }
    const layout: PrmLayout = { ...qwen, prompt: { form: 'chat', system: null } }
    const { ids } = readingOf(solutionOf(' Q ', [' a ', ' b ']), layout, trims)
    expect(tokenizer.decode(ids)).toBe('[user]Q[assistant]a  b ')
    const turns = readingOf(solutionOf(' Q ', [' a ', ' b ']), conventionOf('rlhflow'), trims)
    expect(tokenizer.decode(turns.ids)).toBe('[user]Q   a[assistant]+[user]b[assistant]+')
  })

  test('that hides a turn is refused', () => {
    const hiding = chatTemplateFrom('{{ messages[0].content }}')
    const hides = { ...tokens, chat: () => hiding }
    const layout: PrmLayout = { ...qwen, prompt: { form: 'chat', system: null } }
    expect(() => readingOf(solutionOf('Q', ['a']), layout, hides)).toThrow(
      new DataError('the chat template does not show turn 1 as it is given'),
    )
  })

  test('is not asked for by texts', () => {
    const none = {
      ...tokens,
      chat: () => {
        throw new Error('asked')
      },
    }
    expect(readingOf(solutionOf('Q', ['a']), minformLayout, none).ids.length).toBe(3)
  })
})

test('a label of several tokens, or one that fuses with what it follows, cannot be read', () => {
  const labels: PrmLayout['score'] = {
    head: 'labels',
    right: 'good',
    wrong: 'bad',
    over: 'labels',
    written: true,
  }
  const base = conventionOf('math-shepherd')
  const layout: PrmLayout = { ...base, score: labels }
  expect(() => readingOf(solutionOf('Q', ['a']), layout, tokens)).toThrow(EngineError)
  const fused: PrmLayout = {
    ...layout,
    step: { ...base.step, mark: 'w' },
    score: { ...labels, right: 'er' },
  }
  expect(tokenizer.encode('er').length).toBe(1)
  expect(() => readingOf(solutionOf('Q', ['a ans']), fused, tokens)).toThrow(
    'the label "er" is not one token after a step\'s mark',
  )
})

test('a layout of its own words shows the question, minform’s what the policy was asked', () => {
  const bare = solutionOf('Why?', ['a'])
  const asked = { ...bare, problem: { ...bare.problem, prompt: 'Q: Why?\n', question: 'Why?' } }
  for (const layout of conventions.values())
    expect(readingOf(asked, layout, tokens).ids).toEqual(
      readingOf(showsWholePrompt(layout) ? solutionOf('Q: Why?\n', ['a']) : bare, layout, tokens)
        .ids,
    )
})
