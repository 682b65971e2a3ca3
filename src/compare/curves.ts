// The curves of a comparison as one picture: small multiples, a line a variant, its spread over seeds as a band.

import { axes, colours, escaped, picture } from '../plot/picture.ts'
import { scaleOf, ticksOf } from '../plot/ticks.ts'
import type { CurveName } from './run-summary.ts'
import type { SpreadPoint } from './spread.ts'
import type { VariantSummary } from './summary.ts'

type Drawn = Pick<VariantSummary, 'name' | 'curves'>

interface Panel {
  readonly curve: CurveName
  readonly title: string
  readonly share: boolean
}

const panels: readonly Panel[] = [
  { curve: 'validation', title: 'accuracy on validation problems', share: true },
  { curve: 'accuracy', title: 'accuracy of the batch', share: true },
  { curve: 'process', title: 'mean reward of a step by the PRM', share: false },
  { curve: 'steps', title: 'steps of an answer', share: false },
]

const dashes = ['', '7 3', '2 3'] // one more each time the colours are used up

const wide = 880
const panel = { width: 380, height: 210, left: 50, right: 16, gap: 70 }
const letter = 6.7 // width of one at 12 px, near enough to lay out the legend

/** Draws the variants; panels of which no variant has a curve are left out. */
export function curvesSvg(variants: readonly Drawn[], title: string): string {
  const shown = panels.filter(({ curve }) => variants.some(v => v.curves[curve].length > 0))
  const legend = legendOf(variants.map(({ name }) => name))
  const top = 44 + legend.height
  const height = top + Math.ceil(shown.length / 2) * (panel.height + panel.gap)
  const body = shown.map((one, i) => {
    const [x, y] = [
      panel.left + (i % 2) * (wide / 2),
      top + Math.floor(i / 2) * (panel.height + panel.gap),
    ]
    return `<g transform="translate(${x} ${y + 18})">\n${drawPanel(one, variants)}\n</g>`
  })
  return picture({ width: wide, height, left: panel.left }, title, [
    `<clipPath id="inside"><rect width="${panel.width}" height="${panel.height}"/></clipPath>`,
    `<g transform="translate(${panel.left} 44)">\n${legend.text}\n</g>`,
    ...body,
  ])
}

function drawPanel({ curve, title, share }: Panel, variants: readonly Drawn[]): string {
  const points = variants.flatMap(variant => variant.curves[curve])
  const ends = points.flatMap(({ mean, spread }) => [mean - (spread ?? 0), mean + (spread ?? 0)])
  const y = ticksOf(ends, share ? { min: 0, max: 1 } : {})
  const x = ticksOf([0, ...points.map(({ iteration }) => iteration)], { whole: true, tight: true })
  const at = {
    x: scaleOf(x, 0, panel.width),
    y: scaleOf(y, panel.height, 0),
  }
  const lines = variants.map((variant, i) => drawCurve(variant.name, variant.curves[curve], i, at))
  return [
    ...axes(panel, { ticks: x, name: 'iteration', share: false }, { ticks: y, name: title, share }),
    `<g clip-path="url(#inside)" data-curve="${curve}">`,
    ...lines.filter(line => line !== ''),
    '</g>',
  ].join('\n')
}

type Scale = (value: number) => number

function drawCurve(
  name: string,
  curve: readonly SpreadPoint[],
  i: number,
  at: { readonly x: Scale; readonly y: Scale },
): string {
  if (curve.length === 0) return ''
  const pair = (iteration: number, value: number): string =>
    `${at.x(iteration).toFixed(1)},${at.y(value).toFixed(1)}`
  const band = bandOf(curve, pair, i % colours)
  const mean = curve.map(point => pair(point.iteration, point.mean))
  const [x, y] = mean[0]!.split(',')
  const line =
    curve.length > 1
      ? `<polyline class="line c${i % colours}"${dashOf(i)} points="${mean.join(' ')}"><title>${escaped(name)}</title></polyline>`
      : `<circle class="dot c${i % colours}" cx="${x}" cy="${y}" r="3"><title>${escaped(name)}</title></circle>`
  return band + line
}

function legendOf(names: readonly string[]): { readonly text: string; readonly height: number } {
  let [x, y] = [0, 0]
  const items = names.map((name, i) => {
    const width = 34 + name.length * letter + 18
    if (x > 0 && x + width > wide - panel.left - panel.right) [x, y] = [0, y + 20]
    const item =
      `<line class="line c${i % colours}"${dashOf(i)} x1="${x}" y1="${y + 8}" x2="${x + 26}" y2="${y + 8}"/>` +
      `<text class="entry" x="${x + 32}" y="${y + 12}">${escaped(name)}</text>`
    x += width
    return item
  })
  return { text: items.join('\n'), height: y + 30 }
}

function dashOf(i: number): string {
  const dash = dashes[Math.floor(i / colours) % dashes.length]!
  return dash === '' ? '' : ` stroke-dasharray="${dash}"`
}

/** The spread around a curve as a polygon of a colour, where it is known of more than one point. */
export function bandOf(
  curve: readonly SpreadPoint[],
  pair: (iteration: number, value: number) => string,
  colour: number,
): string {
  const banded = curve.filter(({ spread }) => spread !== null)
  if (banded.length < 2) return ''
  const over = banded.map(p => pair(p.iteration, p.mean + p.spread!))
  const under = banded.map(p => pair(p.iteration, p.mean - p.spread!)).reverse()
  return `<polygon class="band c${colour}" points="${[...over, ...under].join(' ')}"/>`
}
