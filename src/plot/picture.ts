// A picture as SVG with its own ground, and colours for light and dark, so that it reads wherever it is shown.

import { scaleOf, type Ticks } from './ticks.ts'

const light = '#2468b0 #c8441b #1b7f4f #8a4fbf #946200 #0f7583 #b5306f #5d6470'.split(' ')
const dark = '#6fb1f5 #ff8a5c #4fcf93 #c39bf0 #e3b341 #4fc8d6 #f487b6 #a9b1bd'.split(' ')

/** How many colours there are: the classes c0, c1, ... of a line, a band or a dot. */
export const colours = light.length

/** A picture of this size with its title at (`left`, 26), around what is drawn in it. */
export function picture(
  {
    width,
    height,
    left,
  }: { readonly width: number; readonly height: number; readonly left: number },
  title: string,
  body: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escaped(title)}</title>`,
    `<style>\n${style()}\n</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    `<text class="title" x="${left}" y="26">${escaped(title)}</text>`,
    ...body,
    '</svg>',
    '',
  ].join('\n')
}

/** What an axis shows: its ticks, and its name (of x) or its panel's (of y); shares are shown in percent. */
export interface Axis {
  readonly ticks: Ticks
  readonly name: string
  readonly share: boolean
}

/** The axes of a panel of this size: lines across it at the ticks of y, marks below it at those of x, both named. */
export function axes(
  { width, height }: { readonly width: number; readonly height: number },
  x: Axis,
  y: Axis,
): string[] {
  const at = { x: scaleOf(x.ticks, 0, width), y: scaleOf(y.ticks, height, 0) }
  return [
    `<text class="name" x="0" y="-10">${escaped(y.name)}</text>`,
    ...y.ticks.values.map(value => gridLine(at.y(value), label(value, y), width)),
    ...x.ticks.values.map(value => xTick(at.x(value), label(value, x), height)),
    `<text class="label" x="${width / 2}" y="${height + 34}" text-anchor="middle">${escaped(x.name)}</text>`,
  ]
}

/** A text as it stands in SVG. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function gridLine(y: number, text: string, width: number): string {
  const at = y.toFixed(1)
  return (
    `<line class="grid" x1="0" y1="${at}" x2="${width}" y2="${at}"/>` +
    `<text class="label" x="-8" y="${(y + 4).toFixed(1)}" text-anchor="end">${text}</text>`
  )
}

function xTick(x: number, text: string, height: number): string {
  const at = x.toFixed(1)
  return (
    `<line class="axis" x1="${at}" y1="${height}" x2="${at}" y2="${height + 5}"/>` +
    `<text class="label" x="${at}" y="${height + 18}" text-anchor="middle">${text}</text>`
  )
}

function label(value: number, { ticks: { digits }, share }: Axis): string {
  return share ? `${(100 * value).toFixed(Math.max(0, digits - 2))} %` : value.toFixed(digits)
}

/** Plain rules, no variables: what draws pictures outside of a browser does not know those. */
function style(): string {
  return [
    'svg{font:12px system-ui,-apple-system,"Segoe UI",sans-serif}',
    '.title{font-size:15px;font-weight:600}.name{font-weight:600}.label{font-size:11px}',
    '.line{fill:none;stroke-width:1.8;stroke-linejoin:round}.band{opacity:.16}',
    ...coloured({ ground: '#ffffff', ink: '#1f2328', soft: '#59636e', rule: '#dfe3e8' }, light),
    '@media (prefers-color-scheme:dark){',
    ...coloured({ ground: '#0d1117', ink: '#e6edf3', soft: '#9ba6b2', rule: '#2b323b' }, dark),
    '}',
  ].join('\n')
}

function coloured(
  { ground, ink, soft, rule }: Readonly<Record<'ground' | 'ink' | 'soft' | 'rule', string>>,
  palette: readonly string[],
): string[] {
  return [
    `.ground{fill:${ground}}.title,.name,.entry{fill:${ink}}.label{fill:${soft}}.grid,.axis{stroke:${rule}}`,
    ...palette.map(
      (colour, i) => `.line.c${i}{stroke:${colour}}.band.c${i},.dot.c${i}{fill:${colour}}`,
    ),
  ]
}
