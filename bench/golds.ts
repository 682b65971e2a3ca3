// npx tsx bench/golds.ts FOLDER [OUT.md]: how the grader fares on the known answers of public problem
// sets: each against itself, against other ways to write it, and against other answers.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GradeRequest, grade } from '../src/rewards/grade/grade.ts'
import { boxesOf } from '../src/text/boxes.ts'
import { changes, rewrites } from './rewrites.ts'

const perAnswer = 10

const sets: readonly { name: string; file: string; answer: (row: Row) => string }[] = [
  { name: 'MATH-500', file: 'math/math500.jsonl', answer: row => String(row.answer) },
  {
    name: 'OlympiadBench',
    file: 'math/olympiadbench.jsonl',
    answer: row => row.final_answer!.join(', '),
  },
  {
    name: 'Minerva',
    file: 'math/minerva_math.jsonl',
    answer: row => boxesOf(row.solution!).at(-1)?.content ?? '',
  },
  { name: 'AMC23', file: 'math/amc23.jsonl', answer: row => String(row.answer) },
  { name: 'AIME24', file: 'math/aime24.jsonl', answer: row => String(row.answer) },
  {
    name: 'GSM8K',
    file: 'gsm8k/test.jsonl',
    answer: row => String(row.answer).split('####')[1].trim(),
  },
]

interface Row {
  readonly answer?: string | number
  readonly final_answer?: readonly string[]
  readonly solution?: string
}
interface Line {
  readonly name: string
  readonly answers: number
  readonly gradable: number
  readonly itself: number
  readonly rewritten: readonly [right: number, of: number]
  readonly changed: readonly [refused: number, of: number]
}

const [folder, out] = process.argv.slice(2)
if (!folder) {
  console.error('usage: npx tsx bench/golds.ts FOLDER [OUT.md]')
  process.exit(2)
}
const lines = sets.filter(({ file }) => existsSync(join(folder, file))).map(measure)
const table = tableOf(lines)
console.log(table)
if (out) writeFileSync(out, `${table}${restOf(out)}`)

/** What a document says of other graders: bench/differential.ts writes it. */
function restOf(document: string): string {
  const text = existsSync(document) ? readFileSync(document, 'utf8') : ''
  const at = text.indexOf('## Against other graders')
  return at < 0 ? '' : `\n${text.slice(at)}`
}

function measure({ name, file, answer }: (typeof sets)[number]): Line {
  const golds = readFileSync(join(folder, file), 'utf8')
    .trim()
    .split('\n')
    .map(row => answer(JSON.parse(row)))
  let [gradable, itself, right, rewritten, refused, changed] = [0, 0, 0, 0, 0, 0]
  for (const gold of golds) {
    if (isRight({ gold, pred: null }) === null) {
      console.error(`${name}: not gradable: ${gold}`)
      continue
    }
    gradable++
    if (isRight({ gold, pred: gold })) itself++
    else console.error(`${name}: not itself: ${gold}`)
    for (const [rule, pred] of applied(rewrites, gold).slice(0, perAnswer)) {
      rewritten++
      if (isRight({ gold, pred })) right++
      else console.error(`${name}: refused (${rule}): ${gold} | ${pred}`)
    }
    for (const [rule, pred] of applied(changes, gold)) {
      changed++
      if (isRight({ gold, pred }) === false) refused++
      else console.error(`${name}: accepted (${rule}): ${gold} | ${pred}`)
    }
  }
  return {
    name,
    answers: golds.length,
    gradable,
    itself,
    rewritten: [right, rewritten],
    changed: [refused, changed],
  }
}

function isRight(request: GradeRequest): boolean | null {
  return grade({ ...request, mode: 'answer' }, 'reward').correct
}

function applied(rules: typeof rewrites, gold: string): [string, string][] {
  return Object.entries(rules).flatMap(([rule, rewrite]) => {
    const pred = rewrite(gold)
    return pred === null ? [] : [[rule, pred] as [string, string]]
  })
}

function tableOf(measured: readonly Line[]): string {
  const share = (n: number, of: number) => `${n} of ${of} (${((100 * n) / of).toFixed(1)} %)`
  const rows = measured.map(({ name, answers, gradable, itself, rewritten, changed }) =>
    [
      name,
      share(gradable, answers),
      share(itself, gradable),
      share(...rewritten),
      share(...changed),
    ].join(' | '),
  )
  return [
    '# Known answers of public problem sets',
    '',
    'Written by `npx tsx bench/golds.ts FOLDER docs/known-answers.md`, under the `reward` policy. `FOLDER` holds the',
    'published files; the rules that rewrite and change an answer are in `bench/rewrites.ts`, up to ten rewrites an answer.',
    '',
    '| problem set | gradable | equal to itself | equal when rewritten | different when changed |',
    '|---|---|---|---|---|',
    ...rows.map(row => `| ${row} |`),
    '',
  ].join('\n')
}
