// What a comparison found: a variant's measures and curves over its seeds, and how soon each variant is as good as the
// reference becomes.

import type { Values } from '../recipe.ts'
import type { Json } from '../types.ts'
import { type CurveName, curveNames, type RunSummary } from './run-summary.ts'
import {
  endsOf,
  firstAtLeast,
  type Spread,
  type SpreadPoint,
  spreadCurve,
  spreadOf,
} from './spread.ts'

/** The numbers of one run that are compared; null where a run has none. */
export const measures = {
  sampledBefore: run => run.before?.sampled ?? null,
  sampledAfter: run => run.after?.sampled ?? null,
  greedyBefore: run => run.before?.greedy ?? null,
  greedyAfter: run => run.after?.greedy ?? null,
  bestValidation: ({ curves: { validation } }) =>
    validation.length === 0 ? null : Math.max(...validation.map(({ value }) => value)),
  lastValidation: ({ curves: { validation } }) => validation.at(-1)?.value ?? null,
  processStart: ({ curves }) => endsOf(curves.process)?.start ?? null,
  processEnd: ({ curves }) => endsOf(curves.process)?.end ?? null,
  stepsStart: ({ curves }) => endsOf(curves.steps)?.start ?? null,
  stepsEnd: ({ curves }) => endsOf(curves.steps)?.end ?? null,
  tokensStart: ({ curves }) => endsOf(curves.tokens)?.start ?? null,
  tokensEnd: ({ curves }) => endsOf(curves.tokens)?.end ?? null,
  noBoxEnd: ({ curves }) => endsOf(curves.noBox)?.end ?? null,
} as const satisfies Readonly<Record<string, (run: RunSummary) => number | null>>

export type MeasureName = keyof typeof measures

/** How soon a variant's mean validation curve is at the reference's last point, and in how many seeds it ever is. */
export interface Reach {
  readonly iteration: number | null // null where it never is
  readonly ratio: number | null // to the iteration at which the reference's own mean curve is
  readonly seeds: number
}

/** One variant over its complete runs. */
export interface VariantSummary {
  readonly name: string
  readonly options: Values
  readonly n: number // complete runs, which alone are in the means
  readonly measures: Readonly<Record<MeasureName, Spread | null>>
  readonly curves: Readonly<Record<CurveName, readonly SpreadPoint[]>>
  readonly reach: Reach | null
  readonly runs: readonly RunSummary[]
}

/** A variant as it was asked for, and its runs. */
export interface RanVariant {
  readonly name: string
  readonly options: Values
  readonly runs: readonly RunSummary[]
}

/** All that a report shows. */
export interface ComparisonSummary {
  readonly command: string
  readonly terms: Readonly<Record<string, Json>>
  readonly seeds: number
  readonly iterations: number
  /** The variant whose final accuracy the others are timed to, and that accuracy: its last mean validation. */
  readonly reference: { readonly name: string; readonly accuracy: number | null }
  readonly variants: readonly VariantSummary[]
}

/** Summarises runs; the reference is the name of one of the variants, or a RangeError. */
export function summarise(
  ran: readonly RanVariant[],
  reference: string,
  about: Pick<ComparisonSummary, 'command' | 'terms' | 'seeds' | 'iterations'>,
): ComparisonSummary {
  const timed = ran.find(({ name }) => name === reference)
  if (!timed) throw new RangeError(`summarise: no variant ${reference}`)
  const curve = spreadCurve(complete(timed).map(({ curves }) => curves.validation))
  const accuracy = curve.at(-1)?.mean ?? null
  const own = accuracy === null ? null : firstAtLeast(means(curve), accuracy)
  const variants = ran.map(variant => summariseVariant(variant, accuracy, own))
  return { ...about, reference: { name: reference, accuracy }, variants }
}

function summariseVariant(
  { name, options, runs }: RanVariant,
  target: number | null,
  own: number | null,
): VariantSummary {
  const counted = complete({ runs })
  const measured = Object.entries(measures).map(([measure, of]) => [
    measure,
    spreadOf(counted.map(of)),
  ])
  const curves = curveNames.map(curve => [
    curve,
    spreadCurve(counted.map(run => run.curves[curve])),
  ])
  return {
    name,
    options,
    n: counted.length,
    measures: Object.fromEntries(measured) as Record<MeasureName, Spread | null>,
    curves: Object.fromEntries(curves) as Record<CurveName, SpreadPoint[]>,
    reach: target === null || own === null ? null : reachOf(counted, target, own),
    runs,
  }
}

function reachOf(runs: readonly RunSummary[], target: number, own: number): Reach {
  const curves = runs.map(run => run.curves.validation)
  const iteration = firstAtLeast(means(spreadCurve(curves)), target)
  const seeds = curves.filter(curve => firstAtLeast(curve, target) !== null).length
  return { iteration, ratio: iteration === null ? null : iteration / own, seeds }
}

function means(curve: readonly SpreadPoint[]) {
  return curve.map(({ iteration, mean }) => ({ iteration, value: mean }))
}

function complete({ runs }: Pick<RanVariant, 'runs'>): RunSummary[] {
  return runs.filter(({ state }) => state === 'complete')
}
