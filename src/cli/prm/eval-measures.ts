// The measures that fit what is evaluated.

import { existsSync, realpathSync } from 'node:fs'
import { ConfigError, DataError } from '../../errors.ts'
import {
  bestOfNReport,
  rankingReport,
  teachingReport,
} from '../../prm/evaluate/candidates-report.ts'
import { gradedCandidates } from '../../prm/evaluate/graded-candidates.ts'
import { type JudgedSteps, prmBenchQuality } from '../../prm/evaluate/prm-score.ts'
import { rewardBenchReport } from '../../prm/evaluate/reward-bench.ts'
import {
  isDecided,
  judgedOf,
  type ScoredSolution,
  stepReport,
  subsetsReport,
} from '../../prm/evaluate/step-report.ts'
import { bestThreshold } from '../../prm/evaluate/threshold.ts'
import type { ReadOptions } from '../../prm/formats/read.ts'
import type { LabelledSolution } from '../../prm/solution.ts'
import type { EvalReport, UsedThreshold } from './eval-report.ts'
import { type ScoreSource, scoredSets } from './eval-scores.ts'
import {
  type CandidateSubject,
  filesOf,
  type LabelledSubject,
  readSubject,
  type Subject,
} from './eval-subject.ts'

export interface EvalOptions {
  readonly threshold: number | null
  readonly thresholdFrom: string | null // a file, or a subset of what is evaluated
  readonly range: readonly [number, number] | null
  readonly bins: number
  readonly ns: readonly number[] | null
  readonly trials: number
  readonly seed: number
  readonly reading: Omit<ReadOptions, 'onBad' | 'format'> & { readonly skipBad: boolean }
}

/** Measures a judge on what was read from `path`; `source` is null where the file's own scores are meant. */
export async function evaluateSubject(
  subject: Subject,
  path: string,
  source: ScoreSource | null,
  options: EvalOptions,
): Promise<EvalReport> {
  const about = {
    benchmark: subject.benchmark,
    file: path,
    judge: source?.name ?? 'its own scores',
    skipped: subject.bad.length,
  }
  if (subject.kind === 'candidates')
    return { ...about, ...(await candidateMeasures(subject, source, options)) }
  if (source === null)
    throw new ConfigError('name what scores the steps: --prm, --judge, --oracle or --scores')
  return { ...about, ...(await labelledMeasures(subject, path, source, options)) }
}

type Measured = Omit<EvalReport, 'benchmark' | 'file' | 'judge' | 'skipped'>

async function labelledMeasures(
  { benchmark, solutions }: LabelledSubject,
  path: string,
  source: ScoreSource,
  options: EvalOptions,
): Promise<Measured> {
  const scored = await scoredBy(source, solutions)
  const threshold = await thresholdFor(scored, path, source, options)
  const range = options.range ?? source.range ?? rangeOf(scored)
  requireWithin(scored, range, source)
  const tested = scored.filter(({ solution }) => solution.kind !== 'correct')
  const steps = stepReport(tested, { threshold: threshold.value, range }, options)
  if (benchmark === 'processbench')
    return { threshold, subsets: subsetsReport(scored, threshold.value, threshold.chosenOn), steps }
  if (benchmark === 'prmbench')
    return {
      threshold,
      prmbench: prmBenchQuality(scored.map(one => judgedSteps(one, threshold.value))),
      steps,
    }
  return { threshold, steps }
}

async function scoredBy(
  source: ScoreSource,
  solutions: readonly LabelledSolution[],
): Promise<ScoredSolution[]> {
  const rows = await source.of(solutions)
  return solutions.map((solution, i) => ({ solution, scores_S: rows[i]! }))
}

/** Never chosen on what is tested, unless a subset of it is named, which is marked in the report. */
async function thresholdFor(
  scored: readonly ScoredSolution[],
  path: string,
  source: ScoreSource,
  { threshold, thresholdFrom, reading }: EvalOptions,
): Promise<UsedThreshold> {
  if (threshold !== null) return { value: threshold, from: 'given', chosenOn: null }
  if (thresholdFrom === null) {
    if (source.threshold !== null) return { value: source.threshold, from: 'judge', chosenOn: null }
    throw new ConfigError(
      `${source.name} does not say above which score a step is right; give --threshold, or --threshold-from`,
    )
  }
  const subset = scored.filter(({ solution }) => solution.kind === thresholdFrom)
  const chosenOn =
    subset.length > 0 ? subset : await scoredFile(thresholdFrom, path, source, reading)
  try {
    const { threshold: value } = bestThreshold(chosenOn.filter(isDecided).map(judgedOf))
    return { value, from: 'chosen', chosenOn: thresholdFrom }
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new DataError(`--threshold-from ${thresholdFrom}: ${cause.message}`, { cause })
  }
}

async function scoredFile(
  file: string,
  path: string,
  source: ScoreSource,
  reading: EvalOptions['reading'],
): Promise<ScoredSolution[]> {
  if (!existsSync(file))
    throw new ConfigError(`--threshold-from ${file}: is no file, and no subset of ${path}`)
  const tested = path === '-' ? [] : filesOf(path).map(one => realpathSync(one))
  if (filesOf(file).some(one => tested.includes(realpathSync(one))))
    throw new ConfigError(
      `--threshold-from ${file}: is what is tested; choose the threshold on something else`,
    )
  const subject = await readSubject(file, undefined, reading)
  if (subject.kind !== 'labelled')
    throw new ConfigError(`--threshold-from ${file}: holds candidates, not labelled solutions`)
  return scoredBy(source, subject.solutions)
}

/** Scores out of the range that was named are no shares of it. */
function requireWithin(
  scored: readonly ScoredSolution[],
  [lowest, highest]: readonly [number, number],
  { name }: ScoreSource,
): void {
  for (const { solution, scores_S } of scored)
    for (const [s, score] of scores_S.entries())
      if (score !== null && !(score >= lowest && score <= highest))
        throw new DataError(
          `${name}: step ${s} of solution ${solution.id} has the score ${score}, outside of ${lowest} to ${highest}; give the range that the scores have with --range`,
        )
}

/** 0 to 1 where every score is within; else no range is known. */
function rangeOf(scored: readonly ScoredSolution[]): readonly [number, number] {
  const within = scored.every(({ scores_S }) =>
    scores_S.every(score => score === null || (score >= 0 && score <= 1)),
  )
  return within ? [0, 1] : [-Infinity, Infinity]
}

function judgedSteps({ solution, scores_S }: ScoredSolution, threshold: number): JudgedSteps {
  const known = scores_S.filter(score => score !== null)
  return {
    id: solution.id,
    kind: solution.kind ?? '',
    right_S: solution.labels_S.map(label => label !== 0),
    judgedRight_S: known.length < scores_S.length ? null : known.map(score => score > threshold),
  }
}

async function candidateMeasures(
  { benchmark, sets }: CandidateSubject,
  source: ScoreSource | null,
  { threshold: given, ns, trials, seed }: EvalOptions,
): Promise<Measured> {
  const value = given ?? source?.threshold ?? null
  const threshold: UsedThreshold | null =
    value === null ? null : { value, from: given === null ? 'judge' : 'given', chosenOn: null }
  const whole = value === null ? {} : { threshold: value }
  if (benchmark === 'reward-bench')
    return { threshold, rewardBench: rewardBenchReport(await scoredSets(sets, source), whole) }
  if (benchmark === 'rewardmath') {
    const scored = await scoredSets(sets, source)
    const teaching = teachingReport(scored, undefined, whole)
    return { threshold, ranking: rankingReport(scored, whole), teaching }
  }
  const { sets: kept, graded_P, left } = await gradedCandidates(sets)
  if (kept.length === 0)
    throw new DataError('no problem has a known answer that its candidates can be graded by')
  const scored_P = await scoredSets(kept, source)
  const most = graded_P.reduce((n, { right_N }) => Math.max(n, right_N.length), 1)
  const counts = ns ?? powersUpTo(most)
  return {
    threshold,
    bestOfN: bestOfNReport(scored_P, graded_P, counts, { trials, seed, ...whole }),
    teaching: teachingReport(
      scored_P,
      graded_P.map(({ right_N }) => right_N),
      whole,
    ),
    ungraded: left,
  }
}

function powersUpTo(most: number): number[] {
  const powers: number[] = []
  for (let n = 1; n < most; n *= 2) powers.push(n)
  return [...powers, most]
}
