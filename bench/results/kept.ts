// What the runs of a study measured, one line a run, kept in this repository: its document is made from that on any machine, and
// what a study lacks is run anywhere. A line holds what studies read of a run folder, and is a folder again where it is restored.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { summaryOf } from '../../src/compare/compare.ts'
import { differingTerms, type PlannedRun, type Terms } from '../../src/compare/plan.ts'
import { curveKeys } from '../../src/compare/run-summary.ts'
import { ConfigError } from '../../src/errors.ts'
import { jsonLine, parseJsonLines } from '../../src/runs/json-lines.ts'
import { parts as files } from '../../src/runs/layout.ts'
import { type LogLine, readRun } from '../../src/runs/reader.ts'
import { writeWhole } from '../../src/runs/whole-file.ts'
import type { Json } from '../../src/types.ts'
import { evaluationFile, numberKeys } from './run-numbers.ts'

/** Where the lines of a study are. */
export const keptFolder = join(import.meta.dirname, 'kept')

const root = join(import.meta.dirname, '..', '..') // below which the code of recipes lies, wherever it was checked out
const events = [
  'test accuracy before',
  'test accuracy after',
  'validation accuracy before',
  'process reward model checked',
]
const fields = ['sampled', 'greedy', 'iteration', 'after', 'pattern', 'address', 'quality']
const digits = 6

type Sums = Readonly<Record<string, string>>

/** A run: its folder below that of the study, what it was asked, and what it logged and measured. */
interface KeptRun {
  readonly run: string
  readonly options: Json
  readonly code: Sums
  readonly node: string
  readonly log: readonly Json[]
  readonly iterations: readonly number[]
  readonly metrics: Readonly<Record<string, readonly (number | null)[]>>
  readonly passAtN: Json // of its evaluation; null where none was made
}

/** What is kept of a study: the terms of its parts, evaluations before training, and runs. */
export interface Kept {
  readonly terms: Readonly<Record<string, Terms>> // by part
  readonly before: Json // null where nothing was evaluated before
  readonly runs: readonly KeptRun[]
}

const beforeFile = 'before.eval.json'

/** Reads what is kept of a study; nothing where there is no such file. */
export function readKept(file: string): Kept {
  const lines = existsSync(file) ? parseJsonLines(readFileSync(file, 'utf8'), file) : []
  const [head, ...runs] = lines as unknown as [Omit<Kept, 'runs'>?, ...KeptRun[]]
  return { terms: head?.terms ?? {}, before: head?.before ?? null, runs }
}

/** Makes folders of the runs of a part that are kept and not there: what a study reads of them, without rollouts and checkpoints. */
export function restoreKept({ runs, before }: Kept, out: string, planned: readonly PlannedRun[]) {
  const asked = new Set(planned.map(({ request }) => relative(out, request.folder)))
  for (const one of runs.filter(({ run }) => asked.has(run))) {
    const folder = join(out, one.run)
    if (existsSync(folder)) continue
    mkdirSync(folder, { recursive: true })
    const code = renamed(one.code, file => resolve(root, file))
    writeFileSync(join(folder, files.log), one.log.map(jsonLine).join(''))
    writeFileSync(join(folder, files.metrics), metricsLines(one).map(jsonLine).join(''))
    if (one.passAtN !== null) writeFileSync(evaluationFile(folder), evaluation(one.passAtN))
    const config = { options: one.options, code, versions: { node: one.node } }
    writeWhole(join(folder, files.config), JSON.stringify(config)) // last: a folder without it is no run
  }
  const file = join(out, beforeFile)
  if (before !== null && !existsSync(file)) writeFileSync(file, evaluation(before))
}

/** Parts to be kept: their runs, and the terms of these. */
export type KeptParts = Readonly<
  Record<
    string,
    { readonly runs: readonly PlannedRun[]; readonly about: { readonly terms: Terms } }
  >
>

/** Adds what is complete of parts that requireSameTerms took to what is kept; a run that was kept already is replaced. */
export function keepRuns(file: string, out: string, parts: KeptParts): void {
  const kept = readKept(file)
  const complete = Object.values(parts)
    .flatMap(({ runs }) => runs)
    .filter(run => summaryOf(run).state === 'complete')
  const rows = new Map(kept.runs.map(one => [one.run, one]))
  for (const { request } of complete) {
    const run = relative(out, request.folder)
    rows.set(run, rowOf(run, request.folder))
  }
  const begun = Object.entries(parts).filter(([, { runs }]) =>
    runs.some(({ request }) => rows.has(relative(out, request.folder))),
  )
  const terms = {
    ...kept.terms,
    ...Object.fromEntries(begun.map(([name, one]) => [name, placed(one.about.terms, out)])),
  }
  const before = passAtNOf(join(out, beforeFile)) ?? kept.before
  const sorted = [...rows.values()].sort((a, b) => (a.run < b.run ? -1 : 1))
  mkdirSync(dirname(file), { recursive: true })
  writeWhole(file, [{ terms, before }, ...sorted].map(jsonLine).join(''))
}

/** A ConfigError where kept runs of a part were made on other terms: they are no runs of one study. */
export function requireSameTerms(file: string, { terms }: Kept, parts: KeptParts): void {
  for (const [part, { about }] of Object.entries(parts)) {
    const there = terms[part]
    const differing = there === undefined ? [] : differingTerms(there, about.terms)
    if (differing.length === 0) continue
    throw new ConfigError(
      `${file}: the runs of ${part} have another ${differing.join(', ')}; run them without --keep, or remove that file to begin anew`,
    )
  }
}

/** Terms with what lies below the study's folder named from there. */
function placed(terms: Terms, out: string): Terms {
  const all = Object.entries(terms).map(([name, term]): [string, Json] => {
    const path = (term as { path?: string } | null)?.path
    if (path === undefined) return [name, term]
    const within = relative(resolve(out), resolve(path))
    return [name, { ...(term as object), path: within.startsWith('..') ? path : within }]
  })
  return Object.fromEntries(all)
}

function rowOf(run: string, folder: string): KeptRun {
  const reader = readRun(folder)
  const config = reader.config() as { options: Json; code?: Sums; versions: { node: string } }
  const lines = reader.metrics()
  const keys = [...Object.values(curveKeys), ...numberKeys].filter(key =>
    lines.some(line => typeof line[key] === 'number'),
  )
  const column = (key: string) =>
    lines.map(line => (typeof line[key] === 'number' ? rounded(line[key]) : null))
  return {
    run,
    options: config.options,
    code: renamed(config.code ?? {}, file => relative(root, file)),
    node: config.versions.node,
    log: reader.log().filter(isKept).map(eventOf),
    iterations: lines.map(({ iteration }) => iteration),
    metrics: Object.fromEntries(keys.map(key => [key, column(key)])),
    passAtN: passAtNOf(evaluationFile(folder)),
  }
}

function isKept({ level, event }: LogLine): boolean {
  return level === 'warn' || events.includes(event)
}

/** An event without what names places of the machine that it happened on. */
function eventOf(line: LogLine): Json {
  const { time, level, event, chosen } = line
  const told = fields.filter(name => line[name] !== undefined).map(name => [name, line[name]])
  const at = (chosen as { iteration?: Json } | null | undefined)?.iteration
  const best = at === undefined ? {} : { chosen: { iteration: at } }
  return { time, level, event, ...Object.fromEntries(told), ...best }
}

function metricsLines({ iterations, metrics }: KeptRun): Json[] {
  return iterations.map((iteration, i) => {
    const values = Object.entries(metrics).filter(([, column]) => column[i] !== null)
    return { iteration, ...Object.fromEntries(values.map(([key, column]) => [key, column[i]!])) }
  })
}

function renamed(sums: Sums, name: (file: string) => string): Sums {
  return Object.fromEntries(Object.entries(sums).map(([file, sum]) => [name(file), sum]))
}

function rounded(value: number): number {
  return Number(value.toPrecision(digits))
}

function evaluation(passAtN: Json): string {
  return `${JSON.stringify({ passAtN })}\n`
}

function passAtNOf(file: string): Json {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).passAtN : null
}
