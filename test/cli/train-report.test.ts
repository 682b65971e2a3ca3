import { expect, test } from 'vitest'
import { trainingReport } from '../../src/cli/train-report.ts'

const evaluation = { sampled: 0.5, greedy: 0.9, passAtN: 1, samples: 4, graded: 10, reward: 0.5 }
const result = {
  before: evaluation,
  after: evaluation,
  checkpoint: 'c',
  chosen: null,
  start: null,
  validated: 10,
}

/** What stands on standard error after a run of so many iterations. */
function shown(iterations: number, metrics: Readonly<Record<string, number>>): string {
  let text = ''
  const report = trainingReport(iterations, { write: more => (text += more) })
  report.start(evaluation, 0)
  for (let i = 1; i <= iterations; i++) {
    report.iteration(i, { ...metrics, 'rollouts/accuracy': i / iterations })
  }
  report.end({ ...result, iterations })
  return text
}

test('a run ends with its curves', () => {
  const text = shown(8, { 'rewards/process_mean': 0.25 })
  expect(text).toContain('sampled right, by iteration\n100.0 % ┤')
  expect(text).toMatch(/ 12\.5 % ┤▁{7}▅{7}█{42}\nPRM mean, by iteration\n0\.250 ┤\n/)
})

test('without a judge there is one curve, and none of a few iterations', () => {
  expect(shown(8, {})).not.toContain('PRM mean, by')
  expect(shown(3, {})).not.toContain('by iteration')
})

test.each([40, 60, 100])('on a terminal of %d columns no line is longer', columns => {
  let text = ''
  const stream = { isTTY: true, columns, write: (more: string) => (text += more) }
  const report = trainingReport(8, stream)
  report.start(evaluation, 0)
  const written = text.length
  for (let i = 1; i <= 8; i++)
    report.iteration(i, {
      'rollouts/accuracy': i / 8,
      'rollouts/graded': 192,
      'rewards/process_mean': -0.25,
      'time/iteration_s': 100,
    })
  report.end({ ...result, iterations: 8 })
  const lines = text
    .slice(written)
    .split(/\n|\r/)
    .map(line => line.replaceAll('\u001b[2K', ''))
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(columns)
  expect(text).toMatch(/\n? +iter +sampled right +of .* s\n/)
  expect(text).toContain('12.5 %   192')
})
