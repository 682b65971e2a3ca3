import { describe, expect, test } from 'vitest'
import { type PatternName, patternNames, type Rewarded, shows } from '../../src/rewards/patterns.ts'
import { splitSteps } from '../../src/rollouts/split-steps.ts'

/** A rollout of one token a character. */
function rewarded(
  text: string,
  changes: Partial<Omit<Rewarded, 'rollout'>> & { cut?: boolean } = {},
) {
  const { cut = false, outcome = null, steps_S = null } = changes
  const stop = cut ? ('length' as const) : ('stop' as const)
  const pieces = cut ? [...text] : [...text, '']
  const steps = splitSteps(pieces, stop, !cut)
  return { rollout: { text, steps, stop, ids: new Int32Array(pieces.length) }, outcome, steps_S }
}

/** The patterns that an answer shows, a giant step being one of more than 40 characters. */
function found(one: Rewarded): PatternName[] {
  return patternNames.filter(name => shows(name, one, { giantStep: 40 }))
}

const solved = '3+4=7, so (7*2)-5\n\n7*2=14, so 14-5\n\n14-5=9\n\n\\boxed{9}'

describe('each pattern', () => {
  test.each<[string, string, PatternName[]]>([
    ['a solution', solved, []],
    ['the answer alone', '\\boxed{9}', []],
    ['a wrong solution', '3+4=8\n\n\\boxed{8}', []],
    ['a number without a box', 'It is 9.', []],
    ['nothing', '', ['empty-answer']],
    ['an empty step', '\n\n', ['empty-answer']],
    ['thanks', 'Thank you.', ['empty-answer']],
    ['thanks after an empty step', '\n\nHappy Birthday.', ['empty-answer']],
    ['plans', 'First find the cost of pens.\n\nThen find the total.', ['plan-without-solving']],
    [
      'plans that copy a number',
      'We have 3 pens.\n\nFind the total of 3.',
      ['plan-without-solving'],
    ],
    ['plans, then the work', 'Find the cost of pens.\n\n3*2=6', []],
    ['plans, then the answer', 'Find the cost.\n\nFind the total.\n\n\\boxed{6}', []],
    ['one giant step', '3+4=7, so (7*2)-5; 7*2=14, so 14-5; 14-5=9; \\boxed{9}', ['giant-step']],
    ['circles', `3+4=7\n\n${'7=7, so 7\n\n'.repeat(8)}\\boxed{7}`, ['repetition']],
    ['a short echo', '7+7=14\n\n\\boxed{14}', []],
  ])('%s', (_, text, patterns) => {
    expect(found(rewarded(text))).toEqual(patterns)
  })
})

describe('cut off and rewarded', () => {
  const cut = '3+4=7, so (7*2'
  test.each<[string, Parameters<typeof rewarded>[1], boolean]>([
    ['right by the grader', { cut: true, outcome: 1 }, true],
    [
      'wrong by the grader, whatever the judge says',
      { cut: true, outcome: 0, steps_S: Float32Array.of(0.9) },
      false,
    ],
    ['no label, no step judged wrong', { cut: true, steps_S: Float32Array.of(0.2, 0.9) }, true],
    ['no label, a step judged wrong', { cut: true, steps_S: Float32Array.of(0.9, -0.1) }, false],
    ['no label, no judge', { cut: true }, false],
    ['ended by itself', { outcome: 1 }, false],
  ])('%s', (_, changes, expected) => {
    expect(found(rewarded(cut, changes)).includes('truncated-rewarded')).toBe(expected)
  })
})
