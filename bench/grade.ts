// How fast the grader is on known answers against rewrites of them and against other answers, half and
// half, and whether hostile texts harm it. One thread, no pool.

import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { random, shuffled } from '../src/numbers/random.ts'
import { type GradeRequest, grade } from '../src/rewards/grade/grade.ts'
import { hostileTexts } from './hostile.ts'
import { changes, rewrites } from './rewrites.ts'

const rounds = 5
const golds = [
  '42',
  '\\frac{1}{2}',
  'x^2+1',
  '(0,1)',
  '\\{1,2\\}',
  '\\text{even}',
  '2\\sqrt{3}',
  '5\\text{ cm}',
]

export interface GradeReport {
  readonly processor: string
  readonly pairs: number
  readonly perSecond: number // the middle of several rounds
  readonly p50Ms: number
  readonly p99Ms: number
  readonly slowestMs: number
  readonly rightAccepted: number // share of rewrites
  readonly wrongRefused: number // share of other answers
  readonly hostile: HostileReport
}
interface HostileReport {
  readonly texts: number
  readonly gradings: number // each text as prediction and as known answer, under both policies
  readonly seconds: number
  readonly processorSeconds: number
  readonly slowestMs: number
  readonly slowestKind: string
  readonly grownMB: number
  readonly accepted: number
  readonly thrown: number
}

/** Measures everything: less than a minute. */
export function measureGrade(): GradeReport {
  const pairs = pairsOf(knownAnswers())
  for (const pair of pairs) grade(pair.request) // compiles
  const runs = Array.from({ length: rounds }, () => timed(pairs))
  const times = runs.flatMap(run => run.times).sort((a, b) => a - b)
  const speeds = runs.map(run => run.perSecond).sort((a, b) => a - b)
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    pairs: pairs.length,
    perSecond: Math.round(speeds[rounds >> 1]!),
    p50Ms: rounded(times[times.length >> 1]!),
    p99Ms: rounded(times[Math.floor(0.99 * times.length)]!),
    slowestMs: rounded(times.at(-1)!),
    rightAccepted: share(pairs.filter(({ same }) => same)),
    wrongRefused: share(pairs.filter(({ same }) => !same)),
    hostile: measureHostile(),
  }
}

/** The report as lines for people. */
export function gradeLines(report: GradeReport): string {
  const { hostile } = report
  return [
    `${report.processor}, one thread`,
    `${report.perSecond} gradings a second (${report.pairs} pairs); p50 ${report.p50Ms} ms, p99 ${report.p99Ms} ms, slowest ${report.slowestMs} ms`,
    `rewrites accepted ${percent(report.rightAccepted)}, other answers refused ${percent(report.wrongRefused)}`,
    `${hostile.texts} hostile texts, ${hostile.gradings} gradings: ${hostile.seconds} s, slowest ${hostile.slowestMs} ms (${hostile.slowestKind}), ` +
      `memory grown by ${hostile.grownMB} MB, ${hostile.accepted} accepted, ${hostile.thrown} thrown`,
  ].join('\n')
}

interface Pair {
  readonly request: GradeRequest
  readonly same: boolean
}

function knownAnswers(): readonly string[] {
  const file = new URL('../test/fixtures/known-answers/answers.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string[]>)['MATH-500']!
}

/** As many rewrites as other answers, in a fixed random order. */
function pairsOf(answers: readonly string[]): readonly Pair[] {
  const of = (rules: typeof rewrites, same: boolean): Pair[] =>
    answers.flatMap(gold =>
      Object.values(rules).flatMap(rule => {
        const pred = rule(gold)
        return pred === null ? [] : [{ request: { gold, pred, mode: 'answer' as const }, same }]
      }),
    )
  const draw = random(1, 'pairs')
  const others = of(changes, false)
  const equal = shuffled(draw, of(rewrites, true)).slice(0, others.length)
  return shuffled(draw, [...equal, ...others.slice(0, equal.length)])
}

function timed(pairs: readonly Pair[]): { times: number[]; perSecond: number } {
  const start = performance.now()
  const times = pairs.map(({ request }) => {
    const before = performance.now()
    grade(request)
    return performance.now() - before
  })
  return { times, perSecond: (1000 * pairs.length) / (performance.now() - start) }
}

function share(pairs: readonly Pair[]): number {
  const as = pairs.filter(({ request, same }) => grade(request).correct === same)
  return as.length / pairs.length
}

/** Every hostile text as a prediction and as a known answer. */
export function measureHostile(count = 1000): HostileReport {
  const before = process.memoryUsage().rss
  let [gradings, accepted, thrown, slowest, peak] = [0, 0, 0, 0, before]
  let slowestKind = ''
  const start = performance.now()
  const used = process.cpuUsage()
  let i = 0
  for (const { kind, text } of hostileTexts(count)) {
    for (const request of requestsOf(text, golds[i++ % golds.length]!)) {
      for (const policy of ['reward', 'eval'] as const) {
        const at = performance.now()
        try {
          if (grade(request, policy).correct === true) accepted++
        } catch {
          thrown++
        }
        gradings++
        const took = performance.now() - at
        if (took > slowest) [slowest, slowestKind] = [took, kind]
      }
    }
    peak = Math.max(peak, process.memoryUsage().rss)
  }
  return {
    texts: count,
    gradings,
    seconds: rounded((performance.now() - start) / 1000),
    processorSeconds: rounded(processorMs(used) / 1000),
    slowestMs: rounded(slowest),
    slowestKind,
    grownMB: Math.round((peak - before) / 2 ** 20),
    accepted,
    thrown,
  }
}

function processorMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

function requestsOf(text: string, gold: string): readonly GradeRequest[] {
  return [
    { gold, pred: text, mode: 'text' },
    { gold, pred: text, mode: 'answer' },
    { gold: text, pred: `\\boxed{${gold}}`, mode: 'text' },
  ]
}

function rounded(value: number): number {
  return Math.round(1000 * value) / 1000
}

function percent(value: number): string {
  return `${(100 * value).toFixed(2)} %`
}
