import { expect, test, vi } from 'vitest'
import convert from '../../../src/cli/prm/convert.ts'
import { readLabelled } from '../../../src/prm/formats/read.ts'
import { readProblems } from '../../../src/problems/read-problems.ts'
import { fixture, linesOf } from '../../prm/formats/files.ts'
import { recordsOf } from '../commands.ts'

test('any format as minform’s rows, which are read as the file was', async () => {
  for (const name of ['math-shepherd.jsonl', 'math-aps-tree.jsonl', 'processbench.json']) {
    const { solutions } = await readLabelled(fixture(name))
    const rows = await recordsOf(convert, [fixture(name)])
    expect((await readLabelled(linesOf(...rows))).solutions).toEqual(solutions)
  }
})

test('as TRL’s rows, with what it cannot say told', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const rows = await recordsOf<{ labels: boolean[] }>(convert, [
    linesOf(
      { id: 'a', problem: 'p', steps: ['x', 'y'], labels: [0.75, 0.25], meaning: 'value' },
      { id: 'b', problem: 'p', steps: ['x'], labels: [null], meaning: 'value' },
      { id: 'c', problem: 'p', steps: ['x'], labels: [1, 1], meaning: 'value' },
    ),
    ...['--to', 'trl', '--label-threshold', '0.2', '--skip-bad'],
  ])
  const err = said.mock.calls.map(([text]) => text).join('')
  said.mockRestore()
  expect(rows).toEqual([{ prompt: 'p', completions: ['x', 'y'], labels: [true, true] }])
  expect(err).toContain('labels: 2 for 1 steps')
  expect(err).toContain('1 rows could not be read')
  expect(err).toContain('1 solutions begin with an unknown label')
})

test('as problems of a judge, which training reads', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const rows = await recordsOf<{ question: string }>(convert, [
    linesOf(
      { id: 'a', problem: 'p', steps: ['x', 'y', 'z'], labels: [1, 0, null], meaning: 'rightness' },
      { id: 'b', problem: 'p', steps: ['x'], labels: [1], meaning: 'rightness' },
      { id: 'c', problem: 'p', steps: ['x', 'y'], labels: [null, 0], meaning: 'rightness' },
      { id: 'd', problem: 'p', steps: ['x', 'y'], labels: [1, null], meaning: 'rightness' },
    ),
    ...['--to', 'judging'],
  ])
  const err = said.mock.calls.map(([text]) => text).join('')
  said.mockRestore()
  expect(rows).toMatchObject([
    { id: 'a', answer: '1', meta: { steps: 3 } },
    { id: 'b', answer: '-1', meta: { steps: 1 } },
  ])
  expect(rows[0]!.question).toContain('<step_1>\ny\n</step_1>')
  expect(err).toContain('2 solutions have an unknown label before the first wrong step')
  const problems = await readProblems(linesOf(...rows))
  expect(problems[0]).toMatchObject({ prompt: rows[0]!.question, answer: '1', meta: { steps: 3 } })
})

test('what no step may hold, with line ends as they are written on a command line', async () => {
  const file = linesOf({ prompt: 'p', completions: ['x\n\ny'], labels: [true] })
  await expect(recordsOf(convert, [file, '--forbidden', '\\n\\n'])).rejects.toThrow(
    ':1: steps[0]: holds the separator "\\n\\n"',
  )
  await expect(recordsOf(convert, [file, '--forbidden=zz', '--forbidden=x\\n'])).rejects.toThrow(
    'holds the separator "x\\n"',
  )
  expect(await recordsOf(convert, [file, '--forbidden', 'zz'])).toHaveLength(1)
})
