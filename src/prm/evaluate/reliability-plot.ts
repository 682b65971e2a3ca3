import { axes, escaped, picture } from '../../plot/picture.ts'
import { scaleOf, ticksOf } from '../../plot/ticks.ts'
import type { Calibration } from './calibration.ts'

const panel = { width: 380, height: 300, left: 56, top: 66 }
const bars = { height: 60, gap: 50 } // how many steps a bin has, below

/**
 * The reliability of a judge as SVG: for every bin with steps a dot at its mean score and mean label, beside the line on
 * which scores are chances, and below it how many steps each bin has.
 */
export function reliabilityPlot({ bins, error }: Calibration, title: string): string {
  const ticks = ticksOf([0, 1], { min: 0, max: 1 })
  const [x, y] = [scaleOf(ticks, 0, panel.width), scaleOf(ticks, panel.height, 0)]
  const filled = bins.filter(({ count }) => count > 0)
  const place = ({ score, label }: (typeof bins)[number]): string =>
    `${x(score).toFixed(1)},${y(label).toFixed(1)}`
  const dots = filled.map(bin => {
    const [cx, cy] = place(bin).split(',')
    const said = `${bin.count} steps, score ${bin.score.toFixed(3)}, right ${bin.label.toFixed(3)}`
    return `<circle class="dot c0" cx="${cx}" cy="${cy}" r="3.5"><title>${escaped(said)}</title></circle>`
  })
  const most = Math.max(1, ...bins.map(({ count }) => count))
  const columns = bins.map(({ from, to, count }) => {
    const height = (bars.height * count) / most
    const top = panel.height + bars.gap + bars.height - height
    return `<rect class="band c0" x="${x(from).toFixed(1)}" y="${top.toFixed(1)}" width="${(x(to) - x(from) - 1).toFixed(1)}" height="${height.toFixed(1)}"/>`
  })
  const total = bins.reduce((sum, { count }) => sum + count, 0)
  const bottom = panel.height + bars.gap + bars.height
  const size = { width: 470, height: panel.top + bottom + 36, left: panel.left }
  return picture(size, title, [
    `<g transform="translate(${panel.left} ${panel.top})">`,
    ...axes(
      panel,
      { ticks, name: 'score of steps', share: false },
      {
        ticks,
        name: `share of steps that are right; calibration error ${error.toFixed(3)}`,
        share: true,
      },
    ),
    `<line class="grid" x1="0" y1="${panel.height}" x2="${panel.width}" y2="0"/>`,
    filled.length > 1 ? `<polyline class="line c0" points="${filled.map(place).join(' ')}"/>` : '',
    ...dots,
    ...columns,
    `<text class="label" x="${panel.width / 2}" y="${bottom + 18}" text-anchor="middle">${total} steps, ${most} in the fullest bin</text>`,
    '</g>',
  ])
}
