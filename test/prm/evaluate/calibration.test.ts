import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asShare, calibration } from '../../../src/prm/evaluate/calibration.ts'
import { reliabilityPlot } from '../../../src/prm/evaluate/reliability-plot.ts'

const points = [
  { score: 0.05, label: 0 },
  { score: 0.15, label: 1 },
  { score: 0.9, label: 1 },
  { score: 0.8, label: 0.5 },
  { score: 1, label: 1 },
]

test('worked out by hand: two bins', () => {
  const found = calibration(points, { bins: 2 })
  expect(found.bins.map(({ from, to, count }) => [from, to, count])).toEqual([
    [0, 0.5, 2],
    [0.5, 1, 3],
  ])
  expect(found.bins[0]!.score).toBeCloseTo(0.1, 12)
  expect(found.bins[0]!.label).toBeCloseTo(0.5, 12)
  expect(found.bins[1]!.score).toBeCloseTo(0.9, 12)
  expect(found.bins[1]!.label).toBeCloseTo(2.5 / 3, 12)
  expect(found.error).toBeCloseTo((2 * 0.4 + 3 * (0.9 - 2.5 / 3)) / 5, 12)
  expect(found.worst).toBeCloseTo(0.4, 12)
  expect(found.brier).toBeCloseTo((0.0025 + 0.7225 + 0.01 + 0.09 + 0) / 5, 12)
})

test('ends of bins: a bin holds its lower end, the last its upper one, too', () => {
  const { bins } = calibration([0, 0.1, 0.5, 0.99, 1].map(score => ({ score, label: 1 })))
  expect(bins.map(({ count }) => count)).toEqual([1, 1, 0, 0, 0, 1, 0, 0, 0, 2])
  expect(bins[2]!.score).toBeNaN()
})

test('no steps are NaN; a score that is no share is refused', () => {
  expect(calibration([])).toMatchObject({ error: Number.NaN, worst: Number.NaN })
  expect(() => calibration([{ score: -0.1, label: 1 }])).toThrow('a score of -0.1; expected 0 to 1')
})

test('a score that is the label has no error', () => {
  const label = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.array(label, { minLength: 1 }), labels => {
      const { error, brier } = calibration(labels.map(x => ({ score: x, label: x })))
      expect(error).toBeCloseTo(0, 12)
      expect(brier).toBe(0)
    }),
  )
})

test('scores of another range as shares', () => {
  expect(asShare(0, [-1, 1])).toBe(0.5)
  expect(asShare(0.25, [0, 1])).toBe(0.25)
  expect(asShare(3, [-Infinity, Infinity])).toBeNull()
})

test('the plot: a dot a bin with steps, a column a bin, well-formed', () => {
  const svg = reliabilityPlot(calibration(points, { bins: 4 }), 'judge <a>')
  const dots = [...svg.matchAll(/<circle [^>]*cx="([\d.]+)" cy="([\d.]+)"/g)].map(m => [m[1], m[2]])
  // mean scores and labels 0.1, 0.5; 0.9, 0.8333 on 380 by 300
  expect(dots).toEqual([
    ['38.0', '150.0'],
    ['342.0', '50.0'],
  ])
  expect([...svg.matchAll(/<rect class="band/g)]).toHaveLength(4)
  expect(svg).toContain('judge &lt;a&gt;')
  expect(svg).not.toMatch(/NaN|undefined|Infinity/)
  const empty = reliabilityPlot(calibration([{ score: 0.5, label: 1 }]), '')
  expect(empty).not.toMatch(/NaN|undefined|Infinity|polyline/)
})
