/** When a supervised stage learns how fast. */
export interface RateSchedule {
  readonly updates: number
  readonly learningRate: number // at its peak
}

const tiny = 1e6 // parameters that the rates of recipes are meant for
const forAdapter = 10 // times as far: what is learned is small and begins at 0 (arXiv:2106.09685 and practice since)

/**
 * The rate for a model of so many parameters, of the one that a recipe has for a tiny one: it falls with the root of the
 * number, and is ten times as high where an adapter alone learns. Two digits.
 */
export function fittingRate(
  rate: number,
  { parameters, adapter }: { readonly parameters: number; readonly adapter: boolean },
): number {
  const size = Math.min(1, Math.sqrt(tiny / parameters))
  if (size === 1 && !adapter) return rate
  return Number((rate * size * (adapter ? forAdapter : 1)).toPrecision(2))
}

const warmUp = 0.05 // share of the updates in which the rate rises

/** The rate of iteration 0, 1, ... `iterations` - 1: it falls evenly towards `end` (a share of `rate`) after the last. */
export function fallingRate(
  iteration: number,
  {
    iterations,
    rate,
    end,
  }: { readonly iterations: number; readonly rate: number; readonly end: number },
): number {
  const through = iteration / Math.max(1, iterations)
  return rate * (1 - through * (1 - end))
}

/** The rate of an update: a linear rise, then half a cosine down to a tenth of the peak. */
export function rateOf(update: number, { updates, learningRate }: RateSchedule): number {
  const rise = Math.max(1, Math.round(warmUp * updates))
  if (update < rise) return (learningRate * (update + 1)) / rise
  const through = (update - rise) / Math.max(1, updates - rise)
  return learningRate * (0.1 + 0.45 * (1 + Math.cos(Math.PI * through)))
}
