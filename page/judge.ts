// How a judge's worst step of a rollout and the grader's outcome go together, over the iterations of a run.

import type { IterationAnswer, RunAnswer } from '../src/view/api.ts'
import { disputed as isDisputed } from './order.ts'
import type { Place } from './place.ts'

export const bins = 10 // of scores, from -1 to 1

/** Rollouts whose worst step scored between two numbers, those that were graded. */
export interface Bin {
  readonly from: number
  readonly to: number
  readonly graded: number
  readonly right: number
}

/** Evenly chosen iterations, the last one among them. */
export function someOf(iterations: readonly number[], most: number): number[] {
  const n = Math.min(most, iterations.length)
  const last = iterations.length - 1
  const places = Array.from({ length: n }, (_, i) =>
    Math.round(last - (i * last) / Math.max(n - 1, 1)),
  )
  return places.reverse().map(place => iterations[place]!)
}

/** All of them, evenly chosen ones first, then what lies between those, so that each more makes the picture finer. */
export function readingOrder(iterations: readonly number[], first: number): number[] {
  const order = new Set<number>()
  for (let n = first; order.size < iterations.length; n *= 2)
    for (const one of someOf(iterations, n)) order.add(one)
  return [...order]
}

/** What an iteration says of its judge; of each kind of dispute as many as are shown. */
export interface Judged {
  readonly iteration: number
  readonly bins: readonly Bin[]
  readonly disputes: Readonly<Record<DisputeKind, readonly Dispute[]>>
}
export type DisputeKind = 'believed' | 'doubted' | 'stepsBelieved' | 'stepsDoubted'

/** A rollout, or a step of it, that the judge sees otherwise than who knows. */
export interface Dispute {
  readonly place: Required<Pick<Place, 'iteration' | 'group' | 'rollout' | 'token'>>
  readonly score: number
  readonly prompt: string
}

export const mostDisputes = 15

/** What is kept of an iteration: its answer is large where there are many rollouts. */
export function judgedOf({ iteration, groups }: IterationAnswer): Judged {
  const bins = emptyBins()
  const disputes: Record<DisputeKind, Dispute[]> = {
    ...{ believed: [], doubted: [], stepsBelieved: [], stepsDoubted: [] },
  }
  for (const group of groups)
    for (const one of group.rollouts) {
      const { rollout, worst, outcome, disputed } = one
      const at = { iteration, group: group.group, rollout, token: null }
      if (worst !== null && outcome !== null) {
        const bin = bins[binOf(worst)]!
        bin.graded++
        if (outcome > 0.5) bin.right++
        if (isDisputed(one)) {
          const kind = outcome > 0.5 ? 'doubted' : 'believed'
          disputes[kind].push({ place: at, score: worst, prompt: group.prompt })
        }
      }
      if (disputed === null) continue
      const { token, score, right } = disputed
      const kind = right ? 'stepsDoubted' : 'stepsBelieved'
      disputes[kind].push({ place: { ...at, token }, score, prompt: group.prompt })
    }
  const cut = Object.entries(disputes).map(([kind, all]) => [kind, largest(all)])
  return { iteration, bins, disputes: Object.fromEntries(cut) }
}

function emptyBins() {
  return Array.from({ length: bins }, (_, b) => ({
    ...{ from: (2 * b) / bins - 1, to: (2 * (b + 1)) / bins - 1, graded: 0, right: 0 },
  }))
}

function binOf(score: number): number {
  return Math.min(Math.max(Math.floor(((score + 1) / 2) * bins), 0), bins - 1)
}

function largest(disputes: readonly Dispute[]): Dispute[] {
  return [...disputes].sort((a, b) => Math.abs(b.score) - Math.abs(a.score)).slice(0, mostDisputes)
}

/** The bins of several iterations, added. */
export function binsOf(all: readonly Judged[]): Bin[] {
  return emptyBins().map((bin, b) => ({
    ...bin,
    graded: all.reduce((sum, one) => sum + one.bins[b]!.graded, 0),
    right: all.reduce((sum, one) => sum + one.bins[b]!.right, 0),
  }))
}

/** Where the judge was surest of what others see differently, over several iterations. */
export function disputesOf(all: readonly Judged[], kind: DisputeKind): Dispute[] {
  return largest(all.flatMap(({ disputes }) => disputes[kind]))
}

/** A line of the check before the run: a word, a number, and over how many. */
export interface Checked {
  readonly name: string
  readonly value: number | null
  readonly n: number | null
}

type Fields = Readonly<Record<string, unknown>>

/** What was found of the judge before the run, where that was looked at. */
export function checkOf({ events }: RunAnswer) {
  const fields = fieldsOf(events.findLast(({ event }) => event === 'process reward model checked'))
  if (fields === null) return null
  const quality = (fields.quality ?? {}) as Fields
  const balanced = (fields.balanced ?? {}) as Fields
  const [right, wrong] = [numberOf(fields.right), numberOf(fields.wrong)]
  const problems = numberOf(fields.problems)
  const lines: Checked[] = [
    {
      name: 'steps judged as they are, right and wrong alike',
      value: numberOf(balanced.value),
      n: numberOf(quality.steps),
    },
    { name: 'right steps kept', value: numberOf(quality.rightKept), n: right },
    { name: 'wrong steps found', value: numberOf(quality.wrongFound), n: wrong },
    { name: 'first errors: precision', value: numberOf(quality.firstErrorPrecision), n: problems },
    { name: 'first errors: recall', value: numberOf(quality.firstErrorRecall), n: problems },
    {
      name: 'calibration error',
      value: numberOf(fields.calibrationError),
      n: numberOf(quality.steps),
    },
  ]
  return {
    on: String(fields.on ?? ''),
    verdict: String(fields.verdict ?? ''),
    lines: lines.filter(({ value }) => value !== null),
  }
}

/** One way to fool a judge, and how often it worked. */
export interface Canary {
  readonly name: string
  readonly about: string
  readonly tried: number | null
  readonly score: number | null
  readonly believed: number | null
  readonly preferred: number | null
  readonly gate: string | null
  readonly verdict: string
}

/** The canaries of the last check. */
export function canariesOf({ events }: RunAnswer): Canary[] {
  const rows = fieldsOf(events.findLast(({ event }) => event === 'canaries'))?.rows
  if (!Array.isArray(rows)) return []
  return rows.map((row: Fields) => ({
    ...{
      name: String(row.name ?? ''),
      about: String(row.about ?? ''),
      verdict: String(row.verdict ?? ''),
    },
    ...{ tried: numberOf(row.tried), score: numberOf(row.score) },
    ...{ believed: numberOf(row.believed), preferred: numberOf(row.preferred) },
    gate: typeof row.gate === 'string' ? row.gate : null,
  }))
}

function fieldsOf(event: RunAnswer['events'][number] | undefined): Fields | null {
  return event === undefined ? null : (event.fields as Fields)
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

/** Metrics of the judge while the run goes on. */
export const judgeMetrics = [
  'rewards/process_mean',
  'rewards/process_min_mean',
  'rewards/process_outcome_agreement',
  'rewards/process_oracle_correlation',
  'rewards/process_wrong_found',
  'rewards/process_right_kept',
]
