// Runs what a study lacks, side by side, and writes its document from what is there.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { type Planned, planComparison } from '../../src/cli/compare.ts'
import { didYouMean, type Given, kebab } from '../../src/cli/flags.ts'
import { compare, type RunOne, ranVariants, summaryOf } from '../../src/compare/compare.ts'
import { differingTerms, openFolder, type PlannedRun } from '../../src/compare/plan.ts'
import { summarise } from '../../src/compare/summary.ts'
import { ConfigError, RunError } from '../../src/errors.ts'
import { lockFile } from '../../src/runs/lock.ts'
import { minform } from './child.ts'
import { evaluateOnce, evaluateRun } from './evaluate.ts'
import { type Failures, openFailures } from './failures.ts'
import { type Kept, keepRuns, keptFolder, readKept, requireSameTerms, restoreKept } from './kept.ts'
import { makeAll } from './make.ts'
import { studyProgress } from './progress.ts'
import { writeShown } from './shown.ts'
import type { Found, Study } from './study.ts'

const modelTerms = ['model', 'prm'] // those that a study makes

/** What a command line asks of a study. */
export interface Asked {
  readonly out: string // folder of the runs
  readonly docs: string // folder of the document
  readonly jobs: number // runs at once
  readonly only: readonly string[] // recipes or variants that are run; none is all
  readonly parts: readonly string[] // those that are run, by the ends of their names; none is all
  readonly table: boolean // nothing is run
  readonly keep?: boolean // what is complete is kept in the repository
  readonly kept?: string // folder of what is kept there
  readonly flags: Given // of every run
  readonly program: string // file of minform's command line
}

interface PlannedPart extends Planned {
  readonly flags: Given
  readonly made: boolean // whether the models that it starts from are there
}
type PlannedParts = Readonly<Record<string, PlannedPart>>

/** Runs it and writes its document; where runs are missing from that in the end, a RunError that says how many. */
export async function runStudy(study: Study, asked: Asked, signal: AbortSignal): Promise<void> {
  const { out, docs, table, keep = false } = asked
  const file = join(asked.kept ?? keptFolder, `${study.name}.jsonl`)
  mkdirSync(dirname(out), { recursive: true })
  const unlock = table ? () => {} : lockFile(`${out}.lock`, out) // a document may be written while runs go on
  try {
    const kept = readKept(file)
    let parts = await planned(study, asked, kept)
    const unmade = table ? {} : lacking(study, parts, asked)
    if (Object.keys(unmade).length > 0) {
      await makeAll(study, unmade, asked, signal)
      parts = await planned(study, asked, kept)
    }
    if (keep) requireSameTerms(file, kept, parts) // before hours of runs
    const failures = openFailures(out)
    if (!table) await runAll(study, parts, asked, failures, signal)
    if (keep) keepRuns(file, out, parts)
    const summaries = Object.entries(parts).map(([name, { runs, reference, about }]) => {
      const ran = ranVariants(runs, run => failures.of(run))
      return [name, summarise(ran, reference, about)] as const
    })
    const found = { parts: Object.fromEntries(summaries), machine: machine(), out }
    writeDocument(study, found, docs)
    await writeShown(found, line => process.stderr.write(`${line}\n`))
    if (!table) requireComplete(chosenRuns(chosenParts(parts, asked.parts), asked.only), signal)
  } finally {
    unlock()
  }
}

/** The parts whose models are there, or of which runs are kept; those are restored, unless they were run on other terms. */
async function planned(
  { parts, seeds }: Study,
  { out, flags, table }: Asked,
  kept: Kept,
): Promise<PlannedParts> {
  const all: Record<string, PlannedPart> = {}
  for (const [folder, part] of Object.entries(parts)) {
    const models = Object.entries(part.made ?? {}).map(([flag, to]) => [flag, join(out, to)])
    const made = models.every(([, model]) => existsSync(join(model!, 'config.json')))
    const there = kept.terms[folder]
    if (!made && there === undefined) continue
    const own = { iterations: String(part.iterations), evalEvery: String(part.evalEvery) }
    const given = {
      seeds: String(seeds),
      threads: '1',
      ...own,
      ...part.flags,
      ...flags,
      ...(made ? Object.fromEntries(models) : {}),
    }
    const place = { reference: part.reference, out: join(out, folder) }
    const plan = await planComparison(part.variants, { ...given, ...place })
    // what a model is that is not made here is what it was for the runs that are kept
    const unmade = made
      ? {}
      : Object.fromEntries(modelTerms.map(name => [name, there![name] ?? null]))
    const terms = { ...plan.about.terms, ...unmade }
    const same = there !== undefined && differingTerms(there, terms).length === 0
    if (!made && !same) continue
    if (!table || same || existsSync(join(out, folder))) openFolder(join(out, folder), terms)
    if (same) restoreKept(kept, out, plan.runs)
    all[folder] = { ...plan, about: { ...plan.about, terms }, flags: given, made }
  }
  return all
}

/** Chosen parts that have runs to do, and no models to do them with. */
function lacking(study: Study, parts: PlannedParts, { parts: named, only }: Asked): Study['parts'] {
  const chosen = Object.entries(chosenParts(study.parts, named)).filter(([name]) => {
    const part = parts[name]
    if (part === undefined) return true
    return !part.made && part.runs.some(run => isAsked(run, only) && !isComplete(run))
  })
  return Object.fromEntries(chosen)
}

async function runAll(
  { name, evaluates: samples }: Study,
  parts: PlannedParts,
  { out, only, parts: named, jobs, program }: Asked,
  failures: Failures,
  signal: AbortSignal,
): Promise<void> {
  const runs = chosenRuns(chosenParts(parts, named), only)
  const flagsOf = new Map(
    Object.values(parts).flatMap(part => part.runs.map(run => [run, part.flags] as const)),
  )
  const ofFolder = new Map(runs.map(run => [run.request.folder, run]))
  const report = studyProgress(name, runs, failures)
  const evaluate = async (run: PlannedRun, stop: AbortSignal): Promise<void> => {
    if (samples !== undefined)
      await evaluateRun(run, { samples, program, flags: flagsOf.get(run)! }, stop)
  }
  const runOne: RunOne = async ({ folder, iterations }, _, stop = signal, { resume } = {}) => {
    const run = ofFolder.get(folder)!
    const goOn = ['train', '--resume', '--run', folder, '--iterations', String(iterations)]
    try {
      await minform(program, resume ? goOn : trainArgs(run, flagsOf.get(run)!), stop)
      await evaluate(run, stop)
    } finally {
      report.ended(run)
    }
  }
  try {
    if (samples !== undefined && runs[0]) {
      const by = { samples, program, flags: flagsOf.get(runs[0])! }
      await evaluateOnce(runs[0].request.model!, join(out, 'before.eval.json'), by, signal)
    }
    for (const run of runs) await evaluate(run, signal) // which a kill may have cut off from it
    await compare(runs, report, signal, { runOne, jobs })
  } finally {
    report.close()
  }
}

/** Parts by the ends of their names, all without a name; one that no part has is a ConfigError. */
function chosenParts<P>(
  parts: Readonly<Record<string, P>>,
  named: readonly string[],
): Readonly<Record<string, P>> {
  const names = Object.keys(parts)
  const unknown = named.find(end => !names.some(name => name.endsWith(end)))
  if (unknown !== undefined)
    throw new ConfigError(`--parts ${unknown}: no such part; ${didYouMean(unknown, names)}`)
  if (named.length === 0) return parts
  const chosen = Object.entries(parts).filter(([name]) => named.some(end => name.endsWith(end)))
  return Object.fromEntries(chosen)
}

/** The runs of some recipes or variants, of all without a name; one that no run has is a ConfigError. */
function chosenRuns(parts: PlannedParts, only: readonly string[]): readonly PlannedRun[] {
  const runs = Object.values(parts).flatMap(part => part.runs)
  const names = new Set(runs.flatMap(namesOf))
  const unknown = only.find(name => !names.has(name))
  if (unknown !== undefined)
    throw new ConfigError(`--only ${unknown}: no such run; ${didYouMean(unknown, [...names])}`)
  return runs.filter(run => isAsked(run, only))
}

function isAsked(run: PlannedRun, only: readonly string[]): boolean {
  return only.length === 0 || namesOf(run).some(one => only.includes(one))
}

function namesOf({ variant }: PlannedRun): string[] {
  return [variant.recipe.name, variant.name]
}

/** A RunError where runs are not complete; why it was stopped, where it was. */
function requireComplete(runs: readonly PlannedRun[], signal: AbortSignal): void {
  const missing = runs.filter(run => !isComplete(run)).length
  if (missing === 0) return
  signal.throwIfAborted()
  throw new RunError(
    `${missing} of ${runs.length} runs are not complete, the document says why; the same command runs them again`,
  )
}

function isComplete(run: PlannedRun): boolean {
  return summaryOf(run).state === 'complete'
}

/** The command line of a run. */
export function trainArgs({ variant, request }: PlannedRun, flags: Given): string[] {
  const { recipe, recipeSource, overrides } = variant
  const own = { seed: request.seed, run: request.folder }
  const told: [string, unknown][] = Object.entries({ ...flags, ...overrides, ...own })
  const args = told
    .filter(([name, value]) => name !== 'seeds' && value !== undefined)
    .map(([name, value]) => {
      const isSwitch = value === true || typeof recipe.options[name]?.default === 'boolean'
      if (!isSwitch) return `--${kebab(name)}=${value}`
      return String(value) === 'true' ? `--${kebab(name)}` : `--no-${kebab(name)}`
    })
  return ['train', recipeSource?.file ?? recipe.name, ...args]
}

function writeDocument(study: Study, found: Found, docs: string): void {
  const { text, pictures } = study.document(found)
  mkdirSync(docs, { recursive: true })
  for (const [file, svg] of Object.entries(pictures)) writeFileSync(join(docs, file), svg)
  writeFileSync(join(docs, study.file), text)
  process.stderr.write(`wrote ${join(docs, study.file)}\n`)
}

function machine(): string {
  return `${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}`
}
