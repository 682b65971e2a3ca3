// How curves are drawn.

import type uPlot from 'uplot'
import type { Line } from './series.ts'
import { short } from './written-out.ts'

interface Asked {
  readonly node: HTMLElement
  readonly lines: readonly { readonly line: Line; readonly colour: string }[]
  readonly onpoint: (place: number | null) => void
  /** Told where iterations are, in pixels from the left; null outside of what is seen. */
  readonly onplace: (left: (iteration: number) => number | null) => void
}

const height = 150 // pixels

/** The options of a chart; colours are those of the style sheet, read as it is drawn. */
export function chartOptions({ node, lines, onpoint, onplace }: Asked): uPlot.Options {
  const style = (name: string): string => getComputedStyle(node).getPropertyValue(name).trim()
  const runColour = (colour: string): string => style(`--${colour}`)
  const axis: uPlot.Axis = {
    stroke: () => style('--soft'),
    grid: { stroke: () => style('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${getComputedStyle(node).fontFamily}`,
  }
  const series = lines.flatMap(({ line, colour }): uPlot.Series[] => {
    const stroke = (): string => runColour(colour)
    const points = { show: line.iterations.length < 30, size: 4, fill: stroke }
    const own = { stroke, width: 1.5, points, spanGaps: true }
    if (line.low === null) return [own]
    const edge = { stroke: 'transparent', width: 0, points: { show: false }, spanGaps: true }
    return [own, edge, edge]
  })
  const bands = lines.reduce<{ at: number; bands: uPlot.Band[] }>(
    ({ at, bands }, { line, colour }) => {
      if (line.low === null) return { at: at + 1, bands }
      const fill = (): string => `color-mix(in srgb, ${runColour(colour)} 20%, transparent)`
      return { at: at + 3, bands: [...bands, { series: [at + 2, at + 1], fill }] }
    },
    { at: 1, bands: [] },
  ).bands
  return {
    width: Math.max(node.clientWidth, 100),
    height,
    scales: { x: { time: false } },
    legend: { show: false },
    cursor: { points: { size: 6 }, y: false, drag: { x: false, y: false } },
    axes: [
      { ...axis, size: 24, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] },
      { ...axis, size: 52, values: (_, ticks) => ticks.map(tick => short(tick)) },
    ],
    series: [{}, ...series],
    bands,
    hooks: {
      setCursor: [plot => onpoint(plot.cursor.idx ?? null)],
      draw: [plot => onplace(iteration => placeOf(plot, iteration))],
    },
  }
}

function placeOf(plot: uPlot, iteration: number): number | null {
  const { min, max } = plot.scales.x!
  if (min == null || max == null || iteration < min || iteration > max) return null
  return plot.bbox.left / devicePixelRatio + plot.valToPos(iteration, 'x')
}
