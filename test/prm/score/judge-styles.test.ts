import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type JudgeStyleName,
  judgeMessages,
  judgeStyles,
  readCritique,
} from '../../../src/prm/score/judge-styles.ts'
import type { Problem } from '../../../src/types.ts'
import { solutionOf } from '../solutions.ts'

describe('a critique is read', () => {
  const [yes, no, none] = [true, false, null]
  test.each<[JudgeStyleName, string, (boolean | null)[] | null]>([
    ['first-error', 'Step 1 adds wrongly: \\boxed{1}', [yes, no, none]],
    ['first-error', 'all fine, \\boxed{-1}.', [yes, yes, yes]],
    ['first-error', 'it says \\boxed{7}, but I say \\boxed{0}', [no, none, none]],
    ['first-error', 'the error is at \\boxed{3}', null], // there are 3 steps, from 0
    ['first-error', '\\boxed{-2}', null],
    ['first-error', 'step 1', null],
    ['first-error', '\\boxed{1.5}', null],
    ['first-error', '\\boxed{step 1}', null],
    ['wrong-steps', '\\boxed{0, 2}', [no, yes, no]],
    ['wrong-steps', '\\boxed{[1]}', [yes, no, yes]],
    ['wrong-steps', '\\boxed{none}', [yes, yes, yes]],
    ['wrong-steps', '\\boxed{\\text{None}}', [yes, yes, yes]],
    ['wrong-steps', '\\boxed{1, 9}', null],
    ['wrong-steps', '\\boxed{}', null],
    ['wrong-steps', 'none', null],
    ['each-step', 'a \\boxed{correct} b \\boxed{incorrect}', [yes, no, none]],
    ['each-step', '\\boxed{correct} \\boxed{\\text{Correct}} \\boxed{ CORRECT }', [yes, yes, yes]],
    ['each-step', '\\boxed{correct} \\boxed{unsure} \\boxed{correct}', [yes, none, yes]],
    ['each-step', '\\boxed{incorrect} \\boxed{correct} \\boxed{correct}', [no, none, none]],
    ['each-step', '\\boxed{correct}', null], // two steps without a verdict
    ['each-step', 'correct, correct, incorrect', null],
    ['each-step', '\\boxed{correct} \\boxed{correct} \\boxed{correct} \\boxed{correct}', null],
  ])('%s: %s', (style, text, expected) => expect(readCritique(text, 3, style)).toEqual(expected))

  test('after the thinking, or in it where nothing comes after', () => {
    const thought = '<think>\\boxed{0} or so</think> I say \\boxed{1}'
    expect(readCritique(thought, 2, 'first-error')).toEqual([true, false])
    const inside = '<think>\\boxed{correct} \\boxed{incorrect}</think> The second is wrong.'
    expect(readCritique(inside, 2, 'each-step')).toEqual([true, false])
  })

  test('of more steps than a person would write', () => {
    const text = '\\boxed{correct} '.repeat(200)
    expect(readCritique(text, 200, 'each-step')).toEqual(Array(200).fill(true))
  })

  test('as a verdict of each step, or as none at all, whatever it says', () => {
    const part = fc.oneof(
      fc.constantFrom('\\boxed{', '}', 'correct', 'incorrect', 'none', '</think>', ',', '-1', '0'),
      fc.string({ maxLength: 5 }),
      fc.nat({ max: 12 }).map(String),
    )
    const styles = fc.constantFrom(...(Object.keys(judgeStyles) as JudgeStyleName[]))
    fc.assert(
      fc.property(fc.array(part), styles, fc.integer({ min: 1, max: 9 }), (parts, style, steps) => {
        const votes = readCritique(parts.join(''), steps, style)
        if (votes === null) return
        expect(votes.length).toBe(steps)
        const known = votes.filter(vote => vote !== null).map(Number)
        expect(known.every(vote => vote >= 0 && vote <= 1)).toBe(true)
        expect(known.length > 0 || style === 'each-step').toBe(true)
      }),
    )
  })
})

test('points by principles: those of the problem, or general ones (arXiv:2509.25598)', () => {
  const read = (text: string) => readCritique(text, 2, 'principles')
  expect(read('\\boxed{3/5}, then \\boxed{ 0 / 4 }')).toEqual([0.6, 0])
  for (const bad of [
    '3/5 4/5',
    '\\boxed{3/5}',
    '\\boxed{3/5} \\boxed{6/5}',
    '\\boxed{0/0} \\boxed{1/1}',
  ])
    expect(read(bad)).toBeNull()
  const { problem, ...rest } = solutionOf('s', ['a', 'b'])
  const asked = (meta: Problem['meta']) =>
    judgeMessages({ ...rest, problem: { ...problem, meta } }, 'principles')[1]!.content
  expect(asked({ principles: ['Names its source.'] })).toContain(
    '<principles>\n- Names its source.\n</principles>',
  )
  expect(asked({})).toContain('- It is right')
  expect(() => asked({ principles: [] })).toThrow(`problem ${problem.id}: its principles`)
})

test('a mark from 1 to 10 is of the whole, and stands at its last step (arXiv:2506.01937)', () => {
  expect(readCritique('so \\boxed{10}', 3, 'rating')).toEqual([null, null, 1])
  expect(readCritique('\\boxed{1}', 1, 'rating')).toEqual([0])
  expect(readCritique('\\boxed{4}', 2, 'rating')).toEqual([null, 1 / 3])
  for (const text of ['\\boxed{0}', '\\boxed{11}', 'good', '\\boxed{7.5}'])
    expect(readCritique(text, 2, 'rating')).toBeNull()
})

test('a judge is shown the problem and the numbered steps, and told what to do', () => {
  const [system, user] = judgeMessages(
    solutionOf('What is 3 + 4?\n\n', ['3 + 4 = 7', '']),
    'each-step',
  )
  expect(system!.role).toBe('system')
  expect(user!.content).toContain('<problem>\nWhat is 3 + 4?\n</problem>')
  expect(user!.content).toContain('<step_0>\n3 + 4 = 7\n</step_0>\n\n<step_1>\n\n</step_1>')
  expect(user!.content.endsWith(judgeStyles['each-step'].ask)).toBe(true)
})
