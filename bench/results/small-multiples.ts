// Many small panels on the same axes, each with one curve or a few, so that dozens of runs can be told apart.

import { bandOf } from '../../src/compare/curves.ts'
import type { SpreadPoint } from '../../src/compare/spread.ts'
import { escaped, picture } from '../../src/plot/picture.ts'
import { scaleOf, ticksOf } from '../../src/plot/ticks.ts'

/** A curve of a panel; the colour is an index into those of all pictures. */
export interface Line {
  readonly points: readonly SpreadPoint[]
  readonly colour: number
}

/** One panel: what it is called, and its curves, the last on top. */
export interface Panel {
  readonly title: string
  readonly lines: readonly Line[]
  readonly top?: number // of its axis; default 1, which is 100 %
}

const wide = 880
const margin = { left: 46, right: 10, top: 76, bottom: 34 }
const gap = { x: 14, y: 26 }
const labelled = 44 // the gap where panels have axes of their own

/** Panels of shares by iteration, or by whatever else stands in its place. `legend` names colours. */
export function smallMultiples(
  title: string,
  panels: readonly Panel[],
  { columns = 6, legend = [] as readonly (readonly [colour: number, name: string])[] } = {},
): string {
  const between = panels.some(({ top = 1 }) => top !== 1) ? labelled : gap.x
  const width = (wide - margin.left - margin.right - (columns - 1) * between) / columns
  const size = { width, height: Math.round(width * 0.62) }
  const rows = Math.ceil(panels.length / columns)
  const iterations = panels.flatMap(({ lines }) =>
    lines.flatMap(({ points }) => points.map(({ iteration }) => iteration)),
  )
  const x = ticksOf([0, ...iterations], { whole: true, tight: true })
  const body = panels.map((panel, i) => {
    const top = panel.top ?? 1
    const at = {
      x: scaleOf(x, 0, size.width),
      y: (share: number) => size.height * (1 - share / top),
      top,
    }
    const [column, row] = [i % columns, Math.floor(i / columns)]
    const lowest = i + columns >= panels.length
    const left = margin.left + column * (size.width + between)
    const down = margin.top + row * (size.height + gap.y)
    return [
      `<g transform="translate(${left.toFixed(1)} ${down})">`,
      `<text class="label" x="0" y="-6">${escaped(panel.title)}</text>`,
      ...[0, top / 2, top].map(share =>
        grid(at.y(share), size.width, column === 0 || between === labelled ? share : null),
      ),
      ...(lowest
        ? [x.from, x.to].map(value => mark(at.x(value), Math.round(value), size.height))
        : []),
      ...panel.lines.map(line => curve(line, at)),
      '</g>',
    ].join('\n')
  })
  const height = margin.top + rows * (size.height + gap.y) + margin.bottom - gap.y
  return picture({ width: wide, height, left: margin.left }, title, [legendOf(legend), ...body])
}

interface Scales {
  readonly x: (iteration: number) => number
  readonly y: (share: number) => number
  readonly top: number
}

function curve({ points, colour }: Line, { x, y, top }: Scales): string {
  if (points.length === 0) return ''
  const pair = (iteration: number, share: number): string =>
    `${x(iteration).toFixed(1)},${y(Math.min(top, Math.max(0, share))).toFixed(1)}`
  const band = bandOf(points, pair, colour)
  const mean = points.map(p => pair(p.iteration, p.mean))
  if (mean.length === 1) {
    const [cx, cy] = mean[0]!.split(',')
    return `<circle class="dot c${colour}" cx="${cx}" cy="${cy}" r="2.5"/>`
  }
  return `${band}<polyline class="line c${colour}" points="${mean.join(' ')}"/>`
}

function grid(y: number, width: number, share: number | null): string {
  const label =
    share === null
      ? ''
      : `<text class="label" x="-6" y="${(y + 4).toFixed(1)}" text-anchor="end">${100 * share} %</text>`
  return `<line class="grid" x1="0" y1="${y.toFixed(1)}" x2="${width.toFixed(1)}" y2="${y.toFixed(1)}"/>${label}`
}

function mark(x: number, iteration: number, height: number): string {
  return `<text class="label" x="${x.toFixed(1)}" y="${height + 15}" text-anchor="${x === 0 ? 'start' : 'end'}">${iteration}</text>`
}

function legendOf(entries: readonly (readonly [number, string])[]): string {
  let x = margin.left
  return entries
    .map(([colour, name]) => {
      const item =
        `<line class="line c${colour}" x1="${x}" y1="46" x2="${x + 26}" y2="46"/>` +
        `<text class="entry" x="${x + 32}" y="50">${escaped(name)}</text>`
      x += 60 + name.length * 6.7
      return item
    })
    .join('\n')
}
