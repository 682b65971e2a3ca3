// What an evaluation found, as it is printed: JSON is the record itself, text its tables.

import { numberCell, percentCell, textTable } from '../../plot/text-table.ts'
import type {
  BestOfNReport,
  rankingReport,
  teachingReport,
} from '../../prm/evaluate/candidates-report.ts'
import type { PairwiseQuality } from '../../prm/evaluate/pairwise.ts'
import { type PrmBenchQuality, prmBenchCategories } from '../../prm/evaluate/prm-score.ts'
import type { RewardBenchQuality } from '../../prm/evaluate/reward-bench.ts'
import type { StepReport, SubsetsReport } from '../../prm/evaluate/step-report.ts'

/** The threshold above which a step counts as right, and where it comes from. */
export interface UsedThreshold {
  readonly value: number
  readonly from: 'given' | 'judge' | 'chosen'
  readonly chosenOn: string | null // the file or subset
}

export interface EvalReport {
  readonly benchmark: string
  readonly file: string
  readonly judge: string
  readonly threshold: UsedThreshold | null
  readonly skipped: number // rows that could not be read
  readonly subsets?: SubsetsReport
  readonly prmbench?: PrmBenchQuality
  readonly steps?: StepReport
  readonly ranking?: ReturnType<typeof rankingReport>
  readonly teaching?: ReturnType<typeof teachingReport>
  readonly rewardBench?: readonly RewardBenchQuality[]
  readonly pairwise?: PairwiseQuality
  readonly bestOfN?: readonly BestOfNReport[]
  readonly ungraded?: number // problems of best-of-n without a known answer, or one that cannot be graded
}

/** The report in words and tables. */
export function evalText(report: EvalReport): string {
  const { subsets, prmbench, steps, ranking, rewardBench, bestOfN, teaching } = report
  const { ungraded = 0, pairwise } = report
  const parts = [
    heading(report),
    ...(subsets ? [subsetsText(subsets)] : []),
    ...(prmbench ? [prmBenchText(prmbench)] : []),
    ...(steps ? [stepsText(steps)] : []),
    ...(ranking ? [rankingText(ranking)] : []),
    ...(rewardBench ? [rewardBenchText(rewardBench)] : []),
    ...(pairwise ? [pairwiseText(pairwise)] : []),
    ...(bestOfN ? [bestOfNText(bestOfN)] : []),
    ...(teaching ? [teachingText(teaching)] : []),
    ...(ungraded > 0 ? [`${ungraded} problems are left out: their answers cannot be graded`] : []),
  ]
  return `${parts.join('\n\n')}\n`
}

function heading({ benchmark, file, judge, threshold, skipped }: EvalReport): string {
  const lines = [`${benchmark} of ${file} by ${judge}`]
  if (threshold) {
    const { value, from, chosenOn } = threshold
    const whence = { given: 'as given', judge: 'its own', chosen: `chosen on ${chosenOn}` }[from]
    lines.push(`a step is right above ${short(value)} (${whence})`)
  }
  if (skipped > 0) lines.push(`${skipped} rows could not be read and are left out`)
  return lines.join('\n')
}

/** Four digits after the point, or more where there would be nothing else. */
function short(value: number): string {
  return String(Math.abs(value) < 1e-3 ? value : Number(value.toFixed(4)))
}

function subsetsText({ subsets, averageF1, averageF1OfOthers }: SubsetsReport): string {
  const rows = subsets.map(({ name, chosen, quality }) => [
    chosen ? `${name} *` : name,
    String(quality.errors),
    String(quality.right),
    percentCell(quality.errorAccuracy),
    percentCell(quality.rightAccuracy),
    percentCell(quality.f1),
  ])
  const average = (name: string, f1: number): string[] => [name, '', '', '', '', percentCell(f1)]
  const unnamed = subsets.reduce((sum, { quality }) => sum + quality.unnamed, 0)
  return [
    textTable([
      ['first errors', 'wrong', 'right', 'wrong found', 'right kept', 'F1'],
      ...rows,
      average('average', averageF1),
      ...(averageF1OfOthers === null ? [] : [average('average without *', averageF1OfOthers)]),
    ]),
    ...(subsets.some(({ chosen }) => chosen) ? ['* the threshold was chosen on these'] : []),
    ...(unnamed > 0
      ? [`${unnamed} solutions have too few scores to tell, and count as wrong`]
      : []),
  ].join('\n')
}

function prmBenchText({ overall, classes, categories, unjudged }: PrmBenchQuality): string {
  const row = (name: string, one: typeof overall): string[] => [
    name,
    String(one.solutions),
    ...[one.prmScore, one.f1, one.negativeF1, one.stepAccuracy, one.firstErrorAccuracy].map(share =>
      percentCell(share < 0 ? null : share),
    ),
    percentCell(one.similarity < 0 ? null : one.similarity),
  ]
  const known: string[] = []
  const lines = Object.entries(prmBenchCategories).flatMap(([category, members]) => {
    const there = Object.entries(members).filter(([kind]) => classes[kind])
    if (there.length === 0) return []
    known.push(...there.map(([kind]) => kind))
    const score = percentCell(categories[category]!)
    return [
      [category, '', score, '', '', '', '', ''],
      ...there.map(([kind, name]) => row(`  ${name} ${kind}`, classes[kind]!)),
    ]
  })
  const others = Object.keys(classes).filter(kind => !known.includes(kind))
  return [
    textTable([
      [
        'PRMBench',
        'solutions',
        'PRMScore',
        'F1',
        'F1 of wrong',
        'steps',
        'first error',
        'similarity',
      ],
      row('overall', overall),
      ...lines,
      ...others.map(kind => row(`  ${kind}`, classes[kind]!)),
    ]),
    ...(unjudged > 0 ? [`${unjudged} solutions have too few scores, and are in no measure`] : []),
  ].join('\n')
}

function stepsText(report: StepReport): string {
  const { steps, firstErrors: first, calibration, missing, undecided } = report
  const rows: [string, string][] = [
    ['labelled steps', `${steps.steps} in ${report.solutions} solutions`],
    ['judged as they are', percentCell(steps.stepAccuracy)],
    ['  of right ones', percentCell(steps.rightKept)],
    ['  of wrong ones', percentCell(steps.wrongFound)],
    ['first errors: precision', percentCell(steps.firstErrorPrecision)],
    ['  recall', percentCell(steps.firstErrorRecall)],
    ['  F1', percentCell(steps.firstErrorF1)],
    ['solutions with an error, and its place found', percentCell(first.errorAccuracy)],
    ['solutions without, and none found', percentCell(first.rightAccuracy)],
    ["  F1 of both (ProcessBench's)", percentCell(first.f1)],
    ['AUC of steps', numberCell(report.stepAuc)],
    ['AUC of solutions, by their lowest score', numberCell(report.solutionAuc)],
  ]
  if (calibration)
    rows.push(
      ['calibration error', numberCell(calibration.error)],
      ['  of the worst bin', numberCell(calibration.worst)],
      ['Brier score', numberCell(calibration.brier)],
    )
  return [
    textTable(rows),
    ...(missing > 0 ? [`${missing} labelled steps have no score`] : []),
    ...(undecided > 0
      ? [`${undecided} solutions are in no F1 of both: their labels hide whether there is an error`]
      : []),
    ...(calibration ? ['', reliability(calibration)] : []),
  ].join('\n')
}

function reliability({ bins }: NonNullable<StepReport['calibration']>): string {
  return textTable([
    ['scores', 'steps', 'mean score', 'right'],
    ...bins.map(({ from, to, count, score, label }) => [
      `${numberCell(from, 2)} to ${numberCell(to, 2)}`,
      String(count),
      numberCell(score),
      percentCell(label),
    ]),
  ])
}

function rankingText(rows: NonNullable<EvalReport['ranking']>): string {
  const [{ problems, left }] = rows as [(typeof rows)[number]]
  return [
    textTable([
      ['right solution first', 'accuracy', 'with ties', 'MRR'],
      ...rows.map(row => [
        row.how,
        percentCell(row.accuracy, 2),
        percentCell(row.accuracyWithTies, 2),
        numberCell(row.meanReciprocalRank, 4),
      ]),
    ]),
    `${problems} problems${left > 0 ? `; ${left} more are left out, for want of scores or of right and wrong ones` : ''}`,
  ].join('\n')
}

function teachingText(rows: NonNullable<EvalReport['teaching']>): string {
  const [{ problems, pairs, mixed }] = rows as [(typeof rows)[number]]
  return [
    textTable([
      [
        'as a reward',
        'pairs right',
        'variance',
        'above all wrong',
        'at the top',
        'steps up',
        'reached',
      ],
      ...rows.map(row => [
        row.how,
        percentCell(row.pairAccuracy, 2),
        numberCell(row.variance, 4),
        percentCell(row.aboveAllWrong, 2),
        percentCell(row.atTop, 2),
        numberCell(row.climb.steps, 0),
        String(row.climb.climbed),
      ]),
    ]),
    `${pairs} pairs; variance within ${problems} problems, 1 being that of all; right ones of ${mixed} above every wrong one, and what of these a policy has right that goes by the order, most at the top; steps of a softmax policy up the reward until right ones are 20 % more likely, the median of as many problems`,
  ].join('\n')
}

function rewardBenchText(rows: readonly RewardBenchQuality[]): string {
  const [{ sections, prompts, left }] = rows as [RewardBenchQuality]
  return [
    textTable([
      ['preferred above the others', ...sections.map(({ name }) => name), 'average'],
      ...rows.map(row => [
        row.how,
        ...row.sections.map(({ score }) => percentCell(score)),
        percentCell(row.average),
      ]),
    ]),
    `${prompts} prompts${left > 0 ? `; ${left} more are left out, for want of scores` : ''}`,
  ].join('\n')
}

function pairwiseText(found: PairwiseQuality): string {
  const { pairs, judged, missing, problems, winners } = found
  return [
    textTable([
      ['two at a time', `of ${pairs} pairs of a right and a wrong one`],
      ['for the right one', percentCell(found.right)],
      ['  in both places', percentCell(found.rightInBoth)],
      ['', `of ${judged} pairs of any two`],
      ['changes with the places', percentCell(found.changed)],
      ['for the first', percentCell(found.first)],
      ['', `of ${problems} problems with right and wrong ones`],
      ...winners.map(({ how, right }) => [`right winner by ${how}`, percentCell(right)]),
    ]),
    ...(missing > 0 ? [`${missing} verdicts did not come, or could not be read`] : []),
  ].join('\n')
}

function bestOfNText(reports: readonly BestOfNReport[]): string {
  const cells = (name: string, of: (one: BestOfNReport) => number): string[] => [
    name,
    ...reports.map(one => percentCell(of(one))),
  ]
  const rules = reports[0]!.rules.map(({ rule, how }, i) =>
    cells(`${rule} by ${how}`, one => one.rules[i]!.solved.mean),
  )
  const spread = reports
    .flatMap(({ rules }) => rules.map(({ solved }) => solved.deviation))
    .reduce((most, one) => Math.max(most, one), 0)
  return [
    textTable([
      ['problems solved with n', ...reports.map(({ n }) => String(n))],
      cells('pass@n', one => one.passAtN),
      cells('one alone', one => one.average),
      cells('majority', one => one.majority.mean),
      ...rules,
    ]),
    `over random subsets a share varies by up to ${percentCell(spread)} (standard deviation)`,
  ].join('\n')
}
