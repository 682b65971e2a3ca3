// The curves of a comparison as one SVG: small multiples, a line a variant, its spread over seeds as a band. It has its
// own ground, and colours for light and dark, so that it reads wherever it is shown.

import type { CurveName } from './run-summary.ts'
import type { SpreadPoint } from './spread.ts'
import type { VariantSummary } from './summary.ts'
import { scaleOf, type Ticks, ticksOf } from './ticks.ts'

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

const light = '#2468b0 #c8441b #1b7f4f #8a4fbf #946200 #0f7583 #b5306f #5d6470'.split(' ')
const dark = '#6fb1f5 #ff8a5c #4fcf93 #c39bf0 #e3b341 #4fc8d6 #f487b6 #a9b1bd'.split(' ')
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
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${height}" width="${wide}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escaped(title)}</title>`,
    `<style>\n${style()}\n</style>`,
    `<clipPath id="inside"><rect width="${panel.width}" height="${panel.height}"/></clipPath>`,
    `<rect class="ground" width="${wide}" height="${height}"/>`,
    `<text class="title" x="${panel.left}" y="26">${escaped(title)}</text>`,
    `<g transform="translate(${panel.left} 44)">\n${legend.text}\n</g>`,
    ...body,
    '</svg>',
    '',
  ].join('\n')
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
    `<text class="name" x="0" y="-10">${escaped(title)}</text>`,
    ...y.values.map(value => gridLine(at.y(value), label(value, y, share))),
    ...x.values.map(value => xTick(at.x(value), label(value, x, false))),
    `<text class="label" x="${panel.width / 2}" y="${panel.height + 34}" text-anchor="middle">iteration</text>`,
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
  const banded = curve.filter(({ spread }) => spread !== null)
  const over = banded.map(p => pair(p.iteration, p.mean + p.spread!))
  const under = banded.map(p => pair(p.iteration, p.mean - p.spread!)).reverse()
  const band =
    banded.length > 1
      ? `<polygon class="band c${i % 8}" points="${[...over, ...under].join(' ')}"/>`
      : ''
  const mean = curve.map(point => pair(point.iteration, point.mean))
  const [x, y] = mean[0]!.split(',')
  const line =
    curve.length > 1
      ? `<polyline class="line c${i % 8}"${dashOf(i)} points="${mean.join(' ')}"><title>${escaped(name)}</title></polyline>`
      : `<circle class="dot c${i % 8}" cx="${x}" cy="${y}" r="3"><title>${escaped(name)}</title></circle>`
  return band + line
}

function legendOf(names: readonly string[]): { readonly text: string; readonly height: number } {
  let [x, y] = [0, 0]
  const items = names.map((name, i) => {
    const width = 34 + name.length * letter + 18
    if (x > 0 && x + width > wide - panel.left - panel.right) [x, y] = [0, y + 20]
    const item =
      `<line class="line c${i % 8}"${dashOf(i)} x1="${x}" y1="${y + 8}" x2="${x + 26}" y2="${y + 8}"/>` +
      `<text class="entry" x="${x + 32}" y="${y + 12}">${escaped(name)}</text>`
    x += width
    return item
  })
  return { text: items.join('\n'), height: y + 30 }
}

function dashOf(i: number): string {
  const dash = dashes[Math.floor(i / light.length) % dashes.length]!
  return dash === '' ? '' : ` stroke-dasharray="${dash}"`
}

function gridLine(y: number, text: string): string {
  const at = y.toFixed(1)
  return (
    `<line class="grid" x1="0" y1="${at}" x2="${panel.width}" y2="${at}"/>` +
    `<text class="label" x="-8" y="${(y + 4).toFixed(1)}" text-anchor="end">${text}</text>`
  )
}

function xTick(x: number, text: string): string {
  const at = x.toFixed(1)
  return (
    `<line class="axis" x1="${at}" y1="${panel.height}" x2="${at}" y2="${panel.height + 5}"/>` +
    `<text class="label" x="${at}" y="${panel.height + 18}" text-anchor="middle">${text}</text>`
  )
}

function label(value: number, { digits }: Ticks, share: boolean): string {
  return share ? `${(100 * value).toFixed(Math.max(0, digits - 2))} %` : value.toFixed(digits)
}

function style(): string {
  const colours = (palette: readonly string[]): string =>
    palette.map((colour, i) => `.c${i}{--c:${colour}}`).join('')
  return [
    'svg{--ground:#ffffff;--ink:#1f2328;--soft:#59636e;--rule:#dfe3e8;font:12px system-ui,-apple-system,"Segoe UI",sans-serif}',
    colours(light),
    '@media (prefers-color-scheme:dark){',
    'svg{--ground:#0d1117;--ink:#e6edf3;--soft:#9ba6b2;--rule:#2b323b}',
    `${colours(dark)}}`,
    '.ground{fill:var(--ground)}.title{font-size:15px;font-weight:600;fill:var(--ink)}',
    '.name{font-weight:600;fill:var(--ink)}.entry{fill:var(--ink)}.label{font-size:11px;fill:var(--soft)}',
    '.grid,.axis{stroke:var(--rule)}.line{fill:none;stroke:var(--c);stroke-width:1.8;stroke-linejoin:round}',
    '.band{fill:var(--c);opacity:.16}.dot{fill:var(--c)}',
  ].join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
