// The findings that PURE reports (arXiv:2504.15275, sections 4 and 5), looked for in the runs of a comparison. Each says
// whether it appears and with what numbers; none is assumed.

import { formatSpread, inPercent } from './report.ts'
import type { RunSummary } from './run-summary.ts'
import { type Curve, spreadOf } from './spread.ts'
import type { ComparisonSummary, VariantSummary } from './summary.ts'

export type Verdict = 'appears' | 'does not appear' | 'appears in part' | 'cannot be told'

/** One finding: what is claimed, whether the runs show it, and the numbers. */
export interface Finding {
  readonly claim: string
  readonly verdict: Verdict
  readonly numbers: readonly string[] // sentences
}

const smooth = 5 // iterations over which the batch is averaged before it counts
const clearlyWorse = 0.12 // three standard errors of the accuracy of a batch of 192
const clearlyMore = 0.05 // of a reward in [-1, 1], averaged over thousands of steps

/** What the words of the findings mean. */
export const rules = [
  `collapsed: the accuracy of the batch, averaged over ${smooth} iterations, is less than half of the ` +
    'sampled accuracy before training',
  `hacked: averaged over the same ${smooth} iterations, the batch is less accurate than before training by more than ` +
    `${100 * clearlyWorse} points, while a step has more reward than in the first ${smooth} by more than ${clearlyMore}`,
]

/** The iteration by which a run has collapsed; null where it has not. */
export function collapseOf({ before, curves }: RunSummary): number | null {
  const start = before?.sampled ?? null
  if (start === null) return null
  return smoothed(curves.accuracy).find(({ value }) => value < start / 2)?.iteration ?? null
}

/** What a run was when it was hacked. */
export interface Hack {
  readonly iteration: number
  readonly accuracy: number // of the batch
  readonly reward: number // mean of a step
  readonly firstReward: number
}

/** The first time that a run answers clearly worse than before training, for clearly more reward; null where there is none. */
export function hackOf({ before, curves }: RunSummary): Hack | null {
  const start = before?.sampled ?? null
  const rewards = smoothed(curves.process)
  if (start === null || rewards.length === 0) return null
  const firstReward = rewards[0]!.value
  const rewardAt = new Map(rewards.map(({ iteration, value }) => [iteration, value]))
  for (const { iteration, value: accuracy } of smoothed(curves.accuracy)) {
    const reward = rewardAt.get(iteration) ?? Number.NaN
    if (accuracy < start - clearlyWorse && reward > firstReward + clearlyMore)
      return { iteration, accuracy, reward, firstReward }
  }
  return null
}

/** Means over so many points in a row, each at the last of them. */
function smoothed(curve: Curve): Curve {
  return curve.slice(smooth - 1).map(({ iteration }, i) => ({
    iteration,
    value: spreadOf(curve.slice(i, i + smooth).map(({ value }) => value))!.mean,
  }))
}

/** Sum-form credit is hacked: accuracy falls below its start while the reward rises. */
export function sumFormIsHacked(summary: ComparisonSummary, name: string): Finding {
  const claim = 'Sum-form credit with the PRM is hacked: accuracy falls while the PRM reward rises.'
  const variant = variantOf(summary, name)
  const runs = completeRuns(variant)
  if (runs.length === 0) return untold(claim, name)
  const hacks = runs.flatMap(run => {
    const hack = hackOf(run)
    return hack === null ? [] : [`${hackText(hack)} (seed ${run.seed})`]
  })
  const collapses = runs.map(collapseOf)
  const at = spreadOf(collapses)
  return {
    claim,
    verdict: share(hacks.length, runs.length),
    numbers: [
      beforeAfter(name, variant!),
      `${hacks.length} of ${runs.length} seeds are hacked${hacks.map((hack, i) => `${i === 0 ? ': ' : '; '}${hack}`).join('')}.`,
      at === null
        ? `No seed collapses in ${summary.iterations} iterations.`
        : `${at.n} of ${runs.length} collapse, by iteration ${formatSpread(at, x => x.toFixed(1))}; what comes after it may ` +
          'lose the reward too.',
      rewardLine(name, variant!),
      `Steps of an answer ${fromTo(variant!, 'steps', x => x.toFixed(1))}, tokens ` +
        `${fromTo(variant!, 'tokens', x => x.toFixed(1))}, answers without a box in the end ` +
        `${formatSpread(variant!.measures.noBoxEnd, inPercent)} %.`,
      warningsLine(runs),
    ],
  }
}

/** Soft-min credit improves accuracy, and stays up at least three times as long as sum-form takes to collapse. */
export function softMinStaysUp(
  summary: ComparisonSummary,
  softMin: string,
  sumForm: string,
): Finding {
  const claim =
    'Soft-min credit with the PRM improves accuracy, and stays up for at least 3 times as many iterations as ' +
    'sum-form takes to collapse.'
  const variant = variantOf(summary, softMin)
  const [runs, others] = [completeRuns(variant), completeRuns(variantOf(summary, sumForm))]
  if (runs.length === 0) return untold(claim, softMin)
  const better = runs.filter(run => change(run) > 0).length
  const collapses = runs.map(collapseOf)
  const collapsed = collapses.filter(at => at !== null).length
  const up = Math.min(...collapses.map(at => (at === null ? summary.iterations : at - 1)))
  const limit = spreadOf(others.map(collapseOf))?.mean ?? null
  const ratio = limit === null ? null : up / limit
  const long = ratio !== null && ratio >= 3
  return {
    claim,
    verdict: ratio === null ? 'cannot be told' : joint(share(better, runs.length), long),
    numbers: [
      beforeAfter(softMin, variant!),
      `The last policy is more accurate than the first in ${better} of ${runs.length} seeds; ${collapsed} of ${runs.length} collapse in ` +
        `${summary.iterations} iterations, so the first of them stays up for ${up}.`,
      ratio === null
        ? 'Sum-form does not collapse, so there is nothing to compare that with.'
        : `That is ${ratio.toFixed(1)} times the ${limit!.toFixed(1)} iterations after which sum-form has collapsed` +
          (collapsed === 0 ? ', and no more than the length of the runs allows.' : '.'),
      rewardLine(softMin, variant!),
    ],
  }
}

/** Few labels beside the PRM do as well as all labels, and sooner. */
export function fewLabelsSuffice(summary: ComparisonSummary, few: string, all: string): Finding {
  const claim =
    'PRM and verifiable rewards on 10 % of the problems reach at least the accuracy of verifiable rewards on all of ' +
    'them, and sooner (the paper: in about 30 % of the iterations).'
  const [one, other] = [variantOf(summary, few), variantOf(summary, all)]
  const pairs = completeRuns(one).flatMap(run => {
    const twin = completeRuns(other).find(({ seed }) => seed === run.seed)
    return twin ? [run.after!.sampled! - twin.after!.sampled!] : []
  })
  const difference = spreadOf(pairs)
  if (difference === null) return untold(claim, `${few} and ${all}`)
  const { reach } = one!
  const sooner = reach?.ratio !== null && reach?.ratio !== undefined && reach.ratio < 1
  return {
    claim,
    verdict: joint(difference.mean >= 0 ? 'appears' : 'does not appear', sooner),
    numbers: [
      beforeAfter(few, one!),
      beforeAfter(all, other!),
      `Seed by seed the difference is ${signedPoints(difference.mean)}` +
        `${difference.spread === null ? '' : ` ± ${inPercent(difference.spread)}`} points ` +
        `(${weight(difference.mean, difference.spread)}).`,
      reachLine(summary, few, one!),
    ],
  }
}

/** Variants that differ by one choice, from the best to the worst, beside what seeds make of it. */
export function ablation(
  summary: ComparisonSummary,
  what: string,
  names: readonly string[],
): Finding {
  const found = names
    .map(name => ({ name, after: variantOf(summary, name)?.measures.sampledAfter ?? null }))
    .filter(({ after }) => after !== null)
    .sort((a, b) => b.after!.mean - a.after!.mean)
  const claim = `${what} makes a difference.`
  if (found.length < 2) return untold(claim, names.join(', '))
  const [best, worst] = [found[0]!, found.at(-1)!]
  const gap = best.after!.mean - worst.after!.mean
  const spread = Math.max(...found.map(({ after }) => after!.spread ?? Number.NaN))
  const told = Number.isFinite(spread)
  return {
    claim,
    verdict: told ? (gap > 2 * spread ? 'appears' : 'does not appear') : 'cannot be told',
    numbers: [
      `Sampled accuracy after ${summary.iterations} iterations: ` +
        `${found.map(({ name, after }) => `\`${name}\` ${formatSpread(after, inPercent)} %`).join(', ')}.`,
      `From \`${best.name}\` to \`${worst.name}\` it is ${inPercent(gap)} points; ` +
        (told
          ? `the largest spread over seeds is ${inPercent(spread)}, and twice that is asked for.`
          : 'one seed says nothing about spread.'),
    ],
  }
}

/** A finding as Markdown: the claim, the verdict, the numbers. */
export function findingText({ claim, verdict, numbers }: Finding): string {
  return [`${claim} **It ${verdict}.**`, numbers.map(line => `- ${line}`).join('\n')].join('\n\n')
}

function untold(claim: string, name: string): Finding {
  return { claim, verdict: 'cannot be told', numbers: [`There is no complete run of ${name}.`] }
}

function variantOf({ variants }: ComparisonSummary, name: string): VariantSummary | undefined {
  return variants.find(variant => variant.name === name)
}

function completeRuns(variant: VariantSummary | undefined): readonly RunSummary[] {
  return (variant?.runs ?? []).filter(
    ({ state, before, after }) =>
      state === 'complete' &&
      typeof before?.sampled === 'number' &&
      typeof after?.sampled === 'number',
  )
}

/** Of the last policy: a checkpoint that was chosen on validation problems hides a collapse. */
function change({ start, after, curves }: RunSummary): number {
  return (curves.validation.at(-1)?.value ?? after!.sampled!) - start!
}

function hackText({ iteration, accuracy, reward, firstReward }: Hack): string {
  return (
    `by iteration ${iteration} the batch is ${inPercent(accuracy)} % right, and the mean reward of a step ` +
    `${firstReward.toFixed(3)} to ${reward.toFixed(3)}`
  )
}

function share(found: number, of: number): Verdict {
  if (found === of) return 'appears'
  return found === 0 ? 'does not appear' : 'appears in part'
}

function joint(first: Verdict, second: boolean): Verdict {
  if (first === 'appears' && second) return 'appears'
  return first === 'does not appear' && !second ? 'does not appear' : 'appears in part'
}

function beforeAfter(name: string, { measures, n }: VariantSummary): string {
  const { sampledBefore, sampledAfter, greedyBefore, greedyAfter, lastValidation } = measures
  const percent = (value: typeof sampledBefore): string => `${formatSpread(value, inPercent)} %`
  return (
    `\`${name}\` (n = ${n}): sampled accuracy ${percent(sampledBefore)} before, ${percent(sampledAfter)} after; ` +
    `greedy ${percent(greedyBefore)} before, ${percent(greedyAfter)} after; validation in the end ${percent(lastValidation)}.`
  )
}

function rewardLine(name: string, variant: VariantSummary): string {
  return `Mean reward of a step by the PRM under \`${name}\`: ${fromTo(variant, 'process', x => x.toFixed(3))}.`
}

function fromTo(
  { measures }: VariantSummary,
  what: 'process' | 'steps' | 'tokens',
  format: (value: number) => string,
): string {
  return `${formatSpread(measures[`${what}Start`], format)} to ${formatSpread(measures[`${what}End`], format)}`
}

function reachLine(
  { reference }: ComparisonSummary,
  name: string,
  { reach, n }: VariantSummary,
): string {
  if (reach === null || reference.accuracy === null)
    return 'No validation was measured, so nothing is timed.'
  const target = `${inPercent(reference.accuracy)} %, the last validation of \`${reference.name}\``
  const { iteration, ratio, seeds } = reach
  if (iteration === null) {
    return `The mean validation curve of \`${name}\` never is at ${target}; ${seeds} of ${n} seeds are at some point.`
  }
  return (
    `\`${name}\` is at ${target}, by iteration ${iteration}: ${ratio!.toFixed(2)} of the iterations that ` +
    `\`${reference.name}\` itself takes; ${seeds} of ${n} seeds get there.`
  )
}

function warningsLine(runs: readonly RunSummary[]): string {
  const first = new Map<string, string>()
  for (const { seed, warnings, folder } of runs) {
    for (const { what, iteration, address } of warnings) {
      const where = address === null ? '' : `: \`${folder}/${address}\``
      const when = `${iteration === null ? '' : `iteration ${iteration} of `}seed ${seed}${where}`
      if (!first.has(what)) first.set(what, when)
    }
  }
  if (first.size === 0) return 'The logs hold no warning.'
  return `The logs warn: ${[...first].map(([what, when]) => `"${what}" (first at ${when})`).join(', ')}.`
}

function signedPoints(share: number): string {
  return `${share >= 0 ? '+' : ''}${inPercent(share)}`
}

function weight(mean: number, spread: number | null): string {
  if (spread === null) return 'one seed, so no spread'
  return Math.abs(mean) > 2 * spread
    ? 'more than twice its spread over seeds'
    : 'less than twice its spread over seeds'
}
