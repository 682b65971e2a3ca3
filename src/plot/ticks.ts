/** Round values along an axis, and what the axis spans. */
export interface Ticks {
  readonly values: readonly number[]
  readonly from: number
  readonly to: number
  readonly digits: number // after the point, of the values
}

export interface TickOptions {
  readonly min?: number // the axis goes no further
  readonly max?: number
  readonly whole?: boolean // whole numbers alone
  readonly tight?: boolean // the axis ends with the values, not with a tick
}

/** About five steps of 1, 2 or 5 times a power of ten around values; 0 to 1 around none. */
export function ticksOf(
  values: readonly number[],
  { min = -Infinity, max = Infinity, whole = false, tight = false }: TickOptions = {},
): Ticks {
  const finite = values.filter(Number.isFinite)
  let low = Math.max(min, Math.min(...finite, Infinity))
  let high = Math.min(max, Math.max(...finite, -Infinity))
  if (!(low <= high)) [low, high] = [0, 1]
  if (high - low < 1e-6 * Math.max(1, Math.abs(high)))
    [low, high] = [Math.max(min, low - 0.5), Math.min(max, high + 0.5)]
  const step = roundStep((high - low) / 5, whole)
  const first = tight ? Math.ceil(low / step) : Math.floor(low / step + 1e-9)
  const last = tight ? Math.floor(high / step) : Math.ceil(high / step - 1e-9)
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step)
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  const at = ticks.map(tick => Number(tick.toFixed(digits)))
  return { values: at, from: tight ? low : at[0]!, to: tight ? high : at.at(-1)!, digits }
}

/** Maps an axis to a range of the picture. */
export function scaleOf(
  { from, to }: Ticks,
  start: number,
  end: number,
): (value: number) => number {
  return value => start + ((value - from) / (to - from)) * (end - start)
}

function roundStep(rough: number, whole: boolean): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].find(factor => factor * power >= rough * 0.999)! * power
  return whole ? Math.max(1, Math.round(step)) : step
}
