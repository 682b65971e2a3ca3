import { expect, test } from 'vitest'
import { criteria, readChosen, readMarks } from '../../../src/prm/label/criteria.ts'
import type { GradedSolution } from '../../../src/prm/label/labeler.ts'
import { criteriaOf, nearestOf } from '../../../src/rewards/criteria-tree.ts'
import { endsRight, problem, solutionOf, talk } from './by-hand.ts'

const tree = [
  { criterion: 'Is right.', finer: ['The step adds well.', 'A number is right.', 'Signs hold.'] },
  { criterion: 'Is short.', finer: [] },
]
const asked = { ...problem, meta: { criteria: tree } }
const options = { seed: 1, width: 2, places: 1, finer: 1 }
const firsts = (...tokens: number[]): GradedSolution[] =>
  tokens.map(token => solutionOf(`s${token}`, [token, 9], true))

/** What is labelled where the chat model chooses and marks so, and what it was asked. */
function label(chosen: string, marks: string, solutions = firsts(1, 2, 3), o = options) {
  const said: string[] = []
  const chat = (content: string) => {
    said.push(content)
    return content.includes('Which of the criteria') ? chosen : marks
  }
  const work = { problem: asked, solutions }
  const { value, rounds } = talk(
    criteria(o).label(work),
    endsRight(() => 1),
    undefined,
    chat,
  )
  const rows = value.map(({ labelled, missing }) => [labelled.labels_S, missing])
  return { rows, said, rounds: rounds.flat() }
}

test('(3, 2) and (2, 3) are right, (1, 1) is wrong; what stands behind has no label (arXiv:2507.17849, section 3.3)', () => {
  const { rows, said } = label('\\boxed{1, 2}', '\\boxed{3, 2} \\boxed{2, 3} \\boxed{1,1}')
  expect(rows).toEqual([
    [[1, null], null],
    [[1, null], null],
    [[0, null], null],
  ])
  expect(said[0]).toContain('1. Is right.\n2. Is short.')
  expect(said[1]).toContain('<step_1>\nstep 1\n</step_1>')
})

test('a branch that is too coarse gives way to its parts that are nearest to the steps', () => {
  const { said } = label('\\boxed{1+, 2+}', '\\boxed{3, 2} \\boxed{2, 3} \\boxed{1,1}')
  expect(said[1]).toContain('<criteria>\n1. The step adds well.\n2. Is short.\n</criteria>')
  expect(nearestOf(['a b', 'c', 'b d'], ['b', 'd d'], 2)).toEqual(['a b', 'b d'])
})

test('what cannot be read is no mark; steps that nothing tells apart are in no pair', () => {
  const none = [
    [[null, null], 'not-judged'],
    [[null, null], 'not-judged'],
  ]
  const two = firsts(1, 2)
  for (const [chosen, marks] of [
    ['all', ''],
    ['\\boxed{3}', ''],
    ['\\boxed{0}', ''],
    ['\\boxed{2}', '\\boxed{4}'],
    ['\\boxed{2}', '\\boxed{4} \\boxed{11}'],
    ['\\boxed{2}', '\\boxed{4} \\boxed{4, 4}'],
  ] as const)
    expect(label(chosen, marks, two).rows).toEqual(none)
  const alike = label('\\boxed{2}', '\\boxed{4} \\boxed{4}', two).rows
  expect(alike.map(([, missing]) => missing)).toEqual(['not-apart', 'not-apart'])
  expect(readChosen('\\boxed{1, 1+}', 2)).toEqual([{ branch: 0, fine: true }])
  expect(readMarks('', 0, 2)).toEqual([])
})

test('later places have steps that the policy writes behind those of the first solution, each once', () => {
  const marks = '\\boxed{9} \\boxed{1} \\boxed{5}'
  const two = { ...options, places: 2 }
  const { rows, rounds, said } = label('\\boxed{1}', marks, firsts(1, 2, 3), two)
  expect(rounds.filter(Boolean)).toEqual([{ prefix: [1], n: 2 }])
  expect(rows.slice(3)).toEqual([
    [[null, 1], null],
    [[null, 0], null],
    [[null, 0], null],
  ])
  expect(said[2]).toContain('<before>\nstep 1\n</before>')
  expect(label('\\boxed{1}', marks, firsts(1, 1)).rows).toEqual([]) // the same step is no choice
})

test('a problem without criteria is told where they come from', () => {
  expect(() => criteriaOf(problem)).toThrow('minform write criteria')
  expect(() => criteriaOf({ ...problem, meta: { criteria: [{ criterion: 'x' }] } })).toThrow(
    'finer',
  )
})
