// Accuracy against tokens, a line for each search and one for pass@k of plain samples.

import { axes, colours, escaped, picture } from '../../plot/picture.ts'
import { scaleOf, ticksOf } from '../../plot/ticks.ts'
import type { SearchReport } from './report.ts'

const size = { width: 640, height: 300 }
const place = { left: 60, top: 60, right: 20, bottom: 50 }
const letter = 7 // pixels of a letter in the legend, at most
const dashes = ['', '6 4', '2 3']

interface Line {
  readonly name: string
  readonly points: readonly (readonly [tokens: number, share: number])[]
}

/** The report as SVG; tokens a problem stand as powers of 2. */
export function searchPicture({ rows, model, source }: SearchReport): string {
  const names = [...new Set(rows.map(({ search }) => search))]
  const searches = names.map((name): Line => {
    const own = rows.filter(({ search }) => search === name)
    return { name, points: own.map(({ tokens, accuracy }) => [tokens, accuracy]) }
  })
  const plain = rows.flatMap(({ plain, tokens }) => (plain ? [[tokens, plain.pass] as const] : []))
  const lines = [...searches, { name: 'pass@k of plain samples', points: plain }].map(line => {
    const points = line.points.toSorted(([a], [b]) => a - b)
    return { ...line, points: points.map(([tokens, share]) => [Math.log2(tokens), share] as const) }
  })
  const all = lines.flatMap(({ points }) => points)
  const x = ticksOf(all.map(([tokens]) => tokens))
  const y = ticksOf(
    all.map(([, share]) => share),
    { min: 0, max: 1 },
  )
  const at = { x: scaleOf(x, 0, size.width), y: scaleOf(y, size.height, 0) }
  const { text, height } = legendOf(lines.map(({ name }) => name))
  return picture(
    {
      width: place.left + size.width + place.right,
      height: place.top + size.height + place.bottom + height,
      left: place.left,
    },
    `${model} on ${source}`,
    [
      `<g transform="translate(${place.left} ${place.top})">`,
      ...axes(
        size,
        { ticks: x, name: 'tokens a problem, as a power of 2', share: false },
        { ticks: y, name: 'right', share: true },
      ),
      ...lines.map((line, i) => drawn(line, i, at)),
      '</g>',
      `<g transform="translate(${place.left} ${place.top + size.height + place.bottom})">`,
      text,
      '</g>',
    ],
  )
}

type Scale = (value: number) => number

function drawn(
  { name, points }: Line,
  i: number,
  at: { readonly x: Scale; readonly y: Scale },
): string {
  const places = points.map(([x, y]) => [at.x(x).toFixed(1), at.y(y).toFixed(1)] as const)
  const dots = places.map(
    ([x, y]) => `<circle class="dot c${i % colours}" cx="${x}" cy="${y}" r="2.5"/>`,
  )
  const title = `<title>${escaped(name)}</title>`
  const along = places.map(pair => pair.join(',')).join(' ')
  return `<polyline class="line c${i % colours}"${dashOf(i)} points="${along}">${title}</polyline>${dots.join('')}`
}

function legendOf(names: readonly string[]): { readonly text: string; readonly height: number } {
  let [x, y] = [0, 0]
  const items = names.map((name, i) => {
    const width = 44 + name.length * letter
    if (x > 0 && x + width > size.width) [x, y] = [0, y + 20]
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
