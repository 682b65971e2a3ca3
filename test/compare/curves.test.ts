import { describe, expect, test } from 'vitest'
import { curvesSvg } from '../../src/compare/curves.ts'
import { type CurveName, curveNames } from '../../src/compare/run-summary.ts'
import { type Curve, spreadCurve } from '../../src/compare/spread.ts'

/** A variant whose seeds have these values after iterations 1, 2, ... */
function variant(name: string, seeds: Partial<Record<CurveName, number[][]>>) {
  const curve = (values: number[]): Curve => values.map((value, i) => ({ iteration: i + 1, value }))
  const curves = curveNames.map(key => [key, spreadCurve((seeds[key] ?? []).map(curve))])
  return { name, curves: Object.fromEntries(curves) }
}

const panelsOf = (svg: string): string[] => [...svg.matchAll(/data-curve="(\w+)"/g)].map(m => m[1]!)
const pointsOf = (svg: string, tag: string): number[][][] =>
  [...svg.matchAll(new RegExp(`<${tag}[^>]* points="([^"]*)"`, 'g'))].map(m =>
    m[1]!.split(' ').map(pair => pair.split(',').map(Number)),
  )

describe('curvesSvg', () => {
  const accuracy = [
    [0, 0.5, 1],
    [0, 0.7, 1],
  ]
  const svg = curvesSvg(
    [variant('pure-vr', { accuracy }), variant('<b>', { accuracy: [[1, 1]] })],
    'A & B',
  )

  test('panels without a curve are left out', () => {
    expect(panelsOf(svg)).toEqual(['accuracy'])
    expect(panelsOf(curvesSvg([], ''))).toEqual([])
  })

  test('the line is the mean and the band the spread, on the axes', () => {
    const [mean] = pointsOf(svg, 'polyline')
    const [x, y] = [(i: number) => (380 * i) / 3, (share: number) => 210 * (1 - share)]
    expect(mean!.map(([at]) => at)).toEqual([x(1), x(2), x(3)].map(at => Number(at.toFixed(1))))
    expect(mean!.map(([, at]) => at)).toEqual([y(0), y(0.6), y(1)])
    const [band] = pointsOf(svg, 'polygon')
    expect(band).toHaveLength(6)
    const half = (band![4]![1]! - band![1]![1]!) / 2
    expect(half / 210).toBeCloseTo(Math.sqrt(0.02), 2)
  })

  test('one seed has no band, one point is a dot', () => {
    expect(pointsOf(svg, 'polygon')).toHaveLength(1)
    const one = curvesSvg([variant('a', { validation: [[0.5]] })], '')
    expect(one).toContain('<circle class="dot c0"')
    expect(one).not.toContain('NaN')
  })

  test('names are escaped, stand in the legend, and the picture is well-formed', () => {
    expect(svg).toContain('>&lt;b&gt;</text>')
    expect(svg).toContain('A &amp; B')
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
    const open: string[] = []
    for (const [, close, name, self] of svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
      if (close) expect(open.pop()).toBe(name)
      else if (!self) open.push(name!)
    }
    expect(open).toEqual([])
  })

  test('more variants than colours differ by dashes; a long legend takes several lines', () => {
    const many = Array.from({ length: 11 }, (_, i) =>
      variant(`pure-prm-vr:labelled=0.${i}`, { accuracy: [[0, i / 10]] }),
    )
    const picture = curvesSvg(many, '')
    expect(picture.match(/stroke-dasharray/g)).toHaveLength(2 * 3)
    const rows = new Set([...picture.matchAll(/class="entry" x="[^"]*" y="(\d+)"/g)].map(m => m[1]))
    expect(rows.size).toBeGreaterThan(2)
  })
})
