import { expect, test } from 'vitest'
import { textChart } from '../../src/cli/text-chart.ts'

const format = (value: number): string => value.toFixed(1)

test('values as columns, the ends of the axis at the left', () => {
  expect(textChart([0, 1, 2, 3], { format, width: 4, height: 2 })).toEqual([
    '3.0 ┤  ▃█', //
    '0.0 ┤▁▆██',
  ])
  expect(textChart([0, 1], { format, width: 5, height: 3 })).toEqual([
    '1.0 ┤  ██', //
    '    │  ██',
    '0.0 ┤▁▁██',
  ])
})

test('more values than columns: the mean of neighbours', () => {
  expect(textChart([0, 0, 4, 4, 2, 2], { format, width: 3, height: 1 })).toEqual(['4.0 ┤▁█▅'])
})

test('a constant, a gap, and nothing', () => {
  expect(textChart([2, Number.NaN, 2], { format, width: 3, height: 2 })).toEqual([
    '2.0 ┤', //
    '2.0 ┤█ █',
  ])
  expect(textChart([Number.NaN], { format })).toEqual([])
  expect(textChart([], { format })).toEqual([])
})

test('a whole line, its label too, has room', () => {
  const values = Array.from({ length: 200 }, (_, i) => i)
  const lines = textChart(values, { format, columns: 40 })
  expect(Math.max(...lines.map(line => line.length))).toBe(40)
  expect(textChart(values, { format, columns: 3 }).every(line => line.length > 0)).toBe(true)
})
