/** When a supervised stage learns how fast. */
export interface RateSchedule {
  readonly updates: number
  readonly learningRate: number // at its peak
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
