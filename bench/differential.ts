// The grader against others on pairs that are equal, or different, by construction.
//   npx tsx bench/differential.ts pairs PAIRS [COUNT]           writes the pairs
//   python bench/differential.py math-verify PAIRS MATH-VERIFY  grades them (sympy the same)
//   npx tsx bench/differential.ts table PAIRS MATH-VERIFY SYMPY [DOCUMENT] [DISAGREEMENTS]
// prints the table, puts it into a document below its heading, and writes each disagreement.

import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { grade } from '../src/rewards/grade/grade.ts'
import { type Pair, pairsOf } from './pairs.ts'

interface Verdict {
  readonly correct: boolean | null
  readonly seconds: number
}

const heading = '## Against other graders'

/** A row of the table: of one kind, how often each grader agrees with what is known by construction. */
interface Row {
  readonly kind: string
  n: number
  readonly right: number[] // of each grader
}

const names = ['eval', 'reward', 'Math-Verify', 'SymPy'] as const

function verdictsOf(pairs: readonly Pair[], files: readonly string[]): Verdict[][] {
  const ours = (['eval', 'reward'] as const).map(policy =>
    pairs.map(pair => {
      const before = process.cpuUsage().user
      const { correct } = grade(pair, policy)
      return { correct, seconds: (process.cpuUsage().user - before) / 1e6 }
    }),
  )
  const theirs = files.map(file => read<Verdict>(file))
  return [...ours, ...theirs]
}

function read<T>(file: string): T[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(row => JSON.parse(row) as T)
}

function isRight({ correct }: Verdict, { equal }: Pair): boolean {
  return (correct === true) === equal
}

function tableOf(pairs: readonly Pair[], verdicts: readonly Verdict[][]): string {
  const rows = new Map<string, Row>()
  for (const [i, pair] of pairs.entries()) {
    const row = rows.get(pair.kind) ?? { kind: pair.kind, n: 0, right: names.map(() => 0) }
    rows.set(pair.kind, row)
    row.n++
    for (const [k, of] of verdicts.entries()) if (isRight(of[i], pair)) row.right[k]++
  }
  const share = (n: number, of: number) => `${((100 * n) / of).toFixed(1)} %`
  const count = (k: number, equal: boolean) =>
    pairs.filter((pair, i) => pair.equal === equal && !isRight(verdicts[k][i], pair)).length
  const equal = pairs.filter(pair => pair.equal).length
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(['', ...names]),
    line(['---', ...names.map(() => '---')]),
    line([
      `right of ${pairs.length}`,
      ...names.map((_, k) =>
        share(pairs.filter((pair, i) => isRight(verdicts[k][i], pair)).length, pairs.length),
      ),
    ]),
    line([
      `wrong accepted of ${pairs.length - equal}`,
      ...names.map((_, k) => String(count(k, false))),
    ]),
    line([`right refused of ${equal}`, ...names.map((_, k) => String(count(k, true)))]),
    line(['pairs a second', ...names.map((_, k) => speed(verdicts[k]))]),
    line(['p99 ms', ...names.map((_, k) => p99(verdicts[k]))]),
    '',
    line(['kind', 'pairs', ...names]),
    line(['---', '---', ...names.map(() => '---')]),
    ...[...rows.values()]
      .sort((a, b) => a.kind.localeCompare(b.kind))
      .map(({ kind, n, right }) => line([kind, String(n), ...right.map(k => share(k, n))])),
    '',
  ].join('\n')
}

function speed(of: readonly Verdict[]): string {
  return Math.round(of.length / of.reduce((sum, { seconds }) => sum + seconds, 0)).toString()
}

function p99(of: readonly Verdict[]): string {
  const times = of.map(({ seconds }) => seconds).sort((a, b) => a - b)
  return (1000 * times[Math.floor(0.99 * times.length)]).toFixed(1)
}

function disagreements(pairs: readonly Pair[], verdicts: readonly Verdict[][]): string {
  return pairs
    .flatMap((pair, i) => {
      const said = verdicts.map(of => of[i].correct)
      return new Set(said.map(one => one === true)).size === 1
        ? []
        : [
            JSON.stringify({
              ...pair,
              ...Object.fromEntries(names.map((name, k) => [name, said[k]])),
            }),
          ]
    })
    .join('\n')
}

function main([command, pairsFile, ...rest]: readonly string[]): void {
  if (command === 'pairs') {
    const rows = pairsOf(Number(rest[0] ?? 20_000)).map(pair => JSON.stringify(pair))
    writeFileSync(pairsFile, `${rows.join('\n')}\n`)
    return
  }
  const [mathVerify, sympy, document, list] = rest
  const graded = [mathVerify, sympy].map(file => read<Verdict>(file).length)
  const pairs = read<Pair>(pairsFile).slice(0, Math.min(...graded)) // as far as all of them got
  for (const pair of pairs.slice(0, 2000)) grade(pair, 'eval') // compiles
  const verdicts = verdictsOf(pairs, [mathVerify, sympy])
  const table = tableOf(pairs, verdicts)
  console.log(table)
  if (list) writeFileSync(list, disagreements(pairs, verdicts))
  if (!document) return
  const text = readFileSync(document, 'utf8')
  const at = text.indexOf('\n| ', text.indexOf(heading))
  const end = text.indexOf('\n\n', text.indexOf('| kind |', at))
  writeFileSync(
    document,
    `${text.slice(0, at + 1)}${table.trimEnd()}${end < 0 ? '\n' : text.slice(end)}`,
  )
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) main(process.argv.slice(2))
