// What `minform search --evaluate` found: a row for each search and size, what as many tokens give plainly, and all at equal
// tokens.

import {
  accuracyFor,
  type PlainSamples,
  passForTokens,
  type SearchPoint,
} from '../../eval/searches.ts'
import { wilson } from '../../eval/wilson.ts'
import { mean } from '../../numbers/numeric.ts'
import { numberCell, percentCell, textTable } from '../../plot/text-table.ts'

/** One search of one size, over all seeds. */
export interface SearchRow {
  readonly search: string
  readonly n: number
  readonly accuracy: number // mean over seeds
  readonly accuracies: readonly number[] // by seed
  readonly low: number // 95 % interval of all seeds' problems together
  readonly high: number
  readonly tokens: number // a problem
  readonly judged: number // steps a problem
  /** Plain samples of as many tokens: how many, and the chance that one of them is right. Null where fewer were taken. */
  readonly plain: { readonly k: number; readonly pass: number } | null
}

export interface SearchReport {
  readonly model: string
  readonly judge: string | null
  readonly source: string
  readonly problems: number
  readonly seeds: readonly number[]
  readonly rows: readonly SearchRow[]
  /** Accuracies for as many tokens as n plain answers have, by search. */
  readonly equalTokens: {
    readonly tokens: number
    readonly answers: number
    readonly accuracy: Readonly<Record<string, number | null>>
  }
}

/** The row of a search of size n from its points of all seeds, and the plain samples of the same seeds. */
export function searchRow(
  search: string,
  n: number,
  points: readonly SearchPoint[],
  plain: readonly PlainSamples[],
): SearchRow {
  const accuracies = points.map(({ right, graded }) => right / graded)
  const total = (of: (point: SearchPoint) => number): number => {
    return points.reduce((sum, point) => sum + of(point), 0)
  }
  const [right, graded] = [total(point => point.right), total(point => point.graded)]
  const [low, high] = wilson(right, graded, 1.96)
  const tokens = mean(points.map(point => point.tokens))
  const passes = plain.map(one => passForTokens(one, tokens)).filter(one => one !== null)
  const whole = passes.length > 0 && passes.length === plain.length
  return {
    search,
    n,
    accuracy: mean(accuracies),
    accuracies,
    low,
    high,
    tokens,
    judged: mean(points.map(point => point.judged)),
    plain: whole ? { k: passes[0]!.k, pass: mean(passes.map(({ pass }) => pass)) } : null,
  }
}

/** The accuracy of every search for as many tokens as `answers` plain samples have. */
export function atEqualTokens(
  rows: readonly SearchRow[],
  plain: readonly PlainSamples[],
  answers: number,
): SearchReport['equalTokens'] {
  const tokens = answers * mean(plain.map(one => one.tokens))
  const names = [...new Set(rows.map(({ search }) => search))]
  const accuracy = names.map(name => {
    const own = rows.filter(({ search }) => search === name)
    return [name, accuracyFor(own, tokens)] as const
  })
  return { tokens, answers, accuracy: Object.fromEntries(accuracy) }
}

/** The report as it is printed. */
export function searchReportLines(report: SearchReport): string {
  const { model, judge, source, problems, seeds, rows, equalTokens } = report
  const head = ['search', 'n', 'right', '95 %', 'tokens', 'judged', 'pass@k for the tokens']
  const cells = rows.map(row => [
    row.search,
    String(row.n),
    percentCell(row.accuracy),
    `${percentCell(row.low)} to ${percentCell(row.high)}`,
    numberCell(row.tokens, 0),
    numberCell(row.judged, 1),
    row.plain === null ? '-' : `${percentCell(row.plain.pass)} (${row.plain.k})`,
  ])
  const equal = Object.entries(equalTokens.accuracy)
    .toSorted(([, a], [, b]) => (b ?? -1) - (a ?? -1))
    .map(([name, share]) => [name, percentCell(share)])
  return [
    `${model} on ${problems} problems of ${source}, ${judge === null ? 'no judge' : `judged by ${judge}`}, seeds ${seeds.join(', ')}`,
    textTable([head, ...cells]),
    '',
    `for ${equalTokens.tokens.toFixed(0)} tokens a problem, as ${equalTokens.answers} plain answers have (between sizes, by the logarithm of tokens)`,
    textTable([['search', 'right'], ...equal]),
    '',
  ].join('\n')
}
