// Metrics of runs as lines over the iterations.

import type { RunBrief, Series } from '../src/view/api.ts'

/** Numbers over iterations, one line of a chart; the band is around it where several runs are in it. */
export interface Line {
  readonly name: string
  readonly runs: readonly string[] // whose they are
  readonly iterations: readonly number[]
  readonly values: readonly (number | null)[]
  readonly low: readonly (number | null)[] | null
  readonly high: readonly (number | null)[] | null
}

/** A line of one metric of one run. */
export function lineOf(run: string, { iterations, values }: Series, metric: string): Line | null {
  const found = values[metric]
  if (found === undefined) return null
  return { name: run, runs: [run], iterations, values: found, low: null, high: null }
}

/**
 * Numbers after a moving average that weighs what came before with `weight`, 0 to 1, without its start at 0: sum of
 * weight^(t - k) x[k] / sum of weight^(t - k) over the k <= t that have one. What is null stays null.
 */
export function smoothed(values: readonly (number | null)[], weight: number): (number | null)[] {
  let [sum, total] = [0, 0]
  return values.map(value => {
    if (value === null) return null
    sum = weight * sum + value
    total = weight * total + 1
    return sum / total
  })
}

export function smoothLine(line: Line, weight: number): Line {
  if (weight === 0) return line
  const of = (values: Line['low']): Line['low'] => values && smoothed(values, weight)
  return { ...line, values: smoothed(line.values, weight), low: of(line.low), high: of(line.high) }
}

/** Runs whose recipe and settings are the same but for the seed, as lists. */
export function overSeeds(runs: readonly RunBrief[]): RunBrief[][] {
  const alike = new Map<string, RunBrief[]>()
  for (const run of runs) {
    const { seed: _, folder: __, ...settings } = run.settings
    const sorted = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))
    const key = JSON.stringify([run.recipe, sorted])
    alike.set(key, [...(alike.get(key) ?? []), run])
  }
  return [...alike.values()]
}

/** The mean of lines, from the lowest to the highest of them, where at least one has a number. */
export function together(name: string, lines: readonly Line[]): Line {
  if (lines.length === 1) return { ...lines[0]!, name }
  const iterations = [...new Set(lines.flatMap(line => line.iterations))].sort((a, b) => a - b)
  const maps = lines.map(line => new Map(line.iterations.map((it, i) => [it, line.values[i]])))
  const found = iterations.map(it => maps.flatMap(map => map.get(it) ?? []))
  const over = (of: (xs: readonly number[]) => number): (number | null)[] =>
    found.map(xs => (xs.length === 0 ? null : of(xs)))
  return {
    name,
    runs: lines.flatMap(line => line.runs),
    iterations,
    values: over(xs => xs.reduce((a, b) => a + b, 0) / xs.length),
    low: over(xs => Math.min(...xs)),
    high: over(xs => Math.max(...xs)),
  }
}

/** Lines over the iterations that any of them has: a table whose first row is the iterations. */
export function tableOf(lines: readonly Line[]): (number | null)[][] {
  const iterations = [...new Set(lines.flatMap(line => line.iterations))].sort((a, b) => a - b)
  const rows = lines.flatMap(({ iterations: own, values, low, high }) => {
    const place = new Map(own.map((it, i) => [it, i]))
    const at = (xs: readonly (number | null)[]) =>
      iterations.map(it => (place.has(it) ? (xs[place.get(it)!] ?? null) : null))
    return low === null || high === null ? [at(values)] : [at(values), at(low), at(high)]
  })
  return [iterations, ...rows]
}
