// How a judge's worst step of a rollout and the grader's outcome go together, over the iterations of a run.

import type { GroupBrief, IterationAnswer, RolloutBrief, RunAnswer } from '../src/view/api.ts'
import { dispute } from './order.ts'

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

/** Graded rollouts by their worst step. */
export function binsOf(answers: readonly IterationAnswer[]): Bin[] {
  const found = Array.from({ length: bins }, (_, b) => ({
    ...{ from: (2 * b) / bins - 1, to: (2 * (b + 1)) / bins - 1, graded: 0, right: 0 },
  }))
  for (const { rollout } of answers.flatMap(rolloutsOf)) {
    const bin = rollout.worst === null ? undefined : found[binOf(rollout.worst)]
    if (bin === undefined || rollout.outcome === null) continue
    bin.graded++
    if (rollout.outcome > 0.5) bin.right++
  }
  return found
}

function binOf(score: number): number {
  return Math.min(Math.max(Math.floor(((score + 1) / 2) * bins), 0), bins - 1)
}

/** A rollout and where it stands. */
export interface Placed {
  readonly iteration: number
  readonly group: GroupBrief
  readonly rollout: RolloutBrief
}

function rolloutsOf({ iteration, groups }: IterationAnswer): Placed[] {
  return groups.flatMap(group => group.rollouts.map(rollout => ({ iteration, group, rollout })))
}

/** The rollouts that judge and grader see most differently, of one kind. */
export function disputesOf(
  answers: readonly IterationAnswer[],
  kind: 'believed' | 'doubted',
  most: number,
): Placed[] {
  return answers
    .flatMap(rolloutsOf)
    .filter(({ rollout }) => (dispute(rollout) ?? -1) > 0)
    .filter(({ rollout }) => rollout.outcome! > 0.5 === (kind === 'doubted'))
    .sort((a, b) => dispute(b.rollout)! - dispute(a.rollout)!)
    .slice(0, most)
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
