/** A chart of blocks for a terminal. */
export interface TextChart {
  readonly format: (value: number) => string // of the highest and the lowest value, at the left
  readonly width?: number // columns of the blocks, at most; default 60
  readonly columns?: number // of a whole line, at most
  readonly height?: number // lines
}

const blocks = ' ▁▂▃▄▅▆▇█'

/**
 * Lines that draw values as columns, the lowest as the lowest block: several columns a value where there is room, means of
 * neighbours where there is not. Values that are not finite leave a gap; nothing finite gives no lines.
 */
export function textChart(
  values: readonly number[],
  { format, width: most = 60, columns: room = Infinity, height = 4 }: TextChart,
): string[] {
  const finite = values.filter(Number.isFinite)
  if (finite.length === 0) return []
  const [low, high] = [Math.min(...finite), Math.max(...finite)]
  const labels = [format(high), ...Array<string>(height - 1).fill(''), format(low)]
  if (height > 1) labels.splice(height - 1, 1)
  const margin = Math.max(...labels.map(label => label.length))
  const width = Math.max(1, Math.min(most, room - margin - 2))
  const levels = columns(values, width).map(value => levelOf(value, low, high, 8 * height))
  return Array.from({ length: height }, (_, row) => {
    const below = 8 * (height - 1 - row)
    const cells = levels.map(level => blocks[Math.max(0, Math.min(8, level - below))])
    const tick = labels[row] === '' ? '│' : '┤'
    return `${(labels[row] ?? '').padStart(margin)} ${tick}${cells.join('')}`.trimEnd()
  })
}

/** Eighths of a line; 0 is a gap. */
function levelOf(value: number, low: number, high: number, top: number): number {
  if (!Number.isFinite(value)) return 0
  return high === low
    ? Math.ceil(top / 2)
    : 1 + Math.round(((value - low) / (high - low)) * (top - 1))
}

function columns(values: readonly number[], width: number): number[] {
  const n = values.length
  if (n <= width) {
    const each = Math.floor(width / n)
    return values.flatMap(value => Array<number>(each).fill(value))
  }
  return Array.from({ length: width }, (_, i) => {
    const part = values.slice(Math.floor((i * n) / width), Math.floor(((i + 1) * n) / width))
    const finite = part.filter(Number.isFinite)
    return finite.reduce((sum, x) => sum + x, 0) / finite.length
  })
}
