// `minform compare`: recipes and variants of them on equal terms, over several seeds, and a report of what came out.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import { compare } from '../compare/compare.ts'
import { curvesSvg } from '../compare/curves.ts'
import { openFolder, type PlannedRun, runFolder, termsOf, type Variant } from '../compare/plan.ts'
import { markdownReport, textReport } from '../compare/report.ts'
import { type ComparisonSummary, summarise } from '../compare/summary.ts'
import { ConfigError, RunError } from '../errors.ts'
import { lockRun } from '../runs/lock.ts'
import { compareProgress } from './compare-progress.ts'
import type { Command } from './dispatch.ts'
import { didYouMean, type Flags, type Given, kebab, wholeFlag } from './flags.ts'
import { stoppable } from './interrupt.ts'
import { pinned } from './named-model.ts'
import { quoted } from './train-summary.ts'
import { comparedGroups, trainingRequest } from './training/flags.ts'
import { withLogs } from './training/logs.ts'
import { parseVariant, parseVariants } from './variant.ts'

const defaultReference = 'pure-vr'

export const compareArgs = {
  seeds: {
    type: 'string',
    valueHint: 'count',
    description: 'of each variant: 1 to this; default 3',
  },
  out: {
    type: 'string',
    valueHint: 'folder',
    description: 'folder of the runs and the report; default runs/compare',
  },
  reference: {
    type: 'string',
    valueHint: 'name',
    description: `variant to whose final accuracy the others are timed; default ${defaultReference}, or the first`,
  },
  json: { type: 'boolean', description: 'print the report as JSON' },
  ...Object.assign({}, ...comparedGroups.map(({ args }) => args)),
} as const satisfies Flags

/** The command for the variants that the arguments begin with. */
export default function compareCommand(rawArgs: readonly string[]): Command {
  const flag = rawArgs.findIndex(arg => arg.startsWith('-'))
  const names = rawArgs.slice(0, flag < 0 ? rawArgs.length : flag)
  const positionals = names.map((_, i) => [
    `variant${i + 1}`,
    { type: 'positional', required: false } as const,
  ])
  const described = {
    type: 'positional',
    required: false,
    description:
      'RECIPE or RECIPE:option=value,... and more of them, before the options; a recipe may be a file',
  } as const
  const args: Flags = { ...Object.fromEntries(positionals), variant1: described, ...compareArgs }
  const command = defineCommand({
    meta: { name: 'compare', description: 'recipes on equal terms, over several seeds' },
    args,
    run: ({ args: parsed }) =>
      stoppable(async signal => {
        const args = withLogs(parsed, rawArgs)
        const { summary, folder } = await runComparison(names, args, signal)
        process.stdout.write(args.json === true ? asJson(summary) : textReport(summary))
        process.stderr.write(`report: ${join(folder, 'report.md')}, curves.svg, report.json\n`)
        requireComplete(summary, signal)
      }),
  })
  return { ...command, sections: comparedGroups }
}

/** What a comparison found, which lies in its folder too. */
interface Compared {
  readonly summary: ComparisonSummary
  readonly folder: string
}

/** A comparison as it was asked for: its runs, and what its report says of them. */
export interface Planned {
  readonly runs: readonly PlannedRun[]
  readonly folder: string
  readonly reference: string
  readonly about: Pick<ComparisonSummary, 'command' | 'terms' | 'seeds' | 'iterations'>
}

/** What the variants and flags ask for; a ConfigError where that cannot be run. */
export async function planComparison(names: readonly string[], args: Given): Promise<Planned> {
  if (names.length === 0) {
    throw new ConfigError('name what to compare: minform compare RECIPE[:option=value,...]... ')
  }
  const variants = await parseVariants(names)
  const reference = await referenceOf(variants, args.reference as string | undefined)
  const folder = (args.out as string | undefined) ?? join('runs', 'compare')
  const seeds = wholeFlag(args, 'seeds', 3)
  const planned = plan(variants, seeds, folder, args)
  const requests = await pinned(planned.map(({ request }) => request))
  const runs = planned.map((run, i) => ({ ...run, request: requests[i]! }))
  const terms = await termsOf(requests)
  const { iterations } = runs[0]!.request
  return {
    runs,
    folder,
    reference,
    about: { command: commandLine(names, args), terms, seeds, iterations },
  }
}

/** Runs what the variants and flags ask for and writes the report; a ConfigError before anything is run. */
async function runComparison(
  names: readonly string[],
  args: Given,
  signal: AbortSignal,
): Promise<Compared> {
  const { runs, folder, reference, about } = await planComparison(names, args)
  openFolder(folder, about.terms)
  const unlock = lockRun(folder)
  try {
    const ran = await compare(runs, compareProgress(), signal)
    const summary = summarise(ran, reference, about)
    writeReport(folder, summary)
    return { summary, folder }
  } finally {
    unlock()
  }
}

/** A RunError where runs are missing from a report; why it was stopped, where it was. */
function requireComplete({ variants, seeds }: ComparisonSummary, signal: AbortSignal): void {
  const complete = variants.reduce((sum, { n }) => sum + n, 0)
  const asked = variants.length * seeds
  if (complete === asked) return
  signal.throwIfAborted()
  throw new RunError(
    `${asked - complete} of ${asked} runs are not complete, the report says why; ` +
      'the same command runs them again',
  )
}

/** The summary as JSON, as report.json has it. */
export function asJson(summary: ComparisonSummary): string {
  return `${JSON.stringify(summary, null, 2)}\n`
}

function plan(
  variants: readonly Variant[],
  seeds: number,
  folder: string,
  args: Given,
): PlannedRun[] {
  if (args.problems !== undefined && args.model === undefined) {
    throw new ConfigError(
      'a comparison starts from one model: give --model (and --prm); minform prepare makes them',
    )
  }
  return variants.flatMap(variant =>
    Array.from({ length: seeds }, (_, i) => {
      const seed = i + 1
      const { recipe, recipeSource, overrides } = variant
      const own = {
        recipe,
        recipeSource,
        overrides,
        folder: runFolder(folder, variant, seed),
        seed,
      }
      return { variant, seed, request: trainingRequest(own, args) }
    }),
  )
}

async function referenceOf(
  variants: readonly Variant[],
  asked: string | undefined,
): Promise<string> {
  const names = variants.map(({ name }) => name)
  const reference = asked === undefined ? defaultReference : (await parseVariant(asked)).name
  if (names.includes(reference)) return reference
  if (asked === undefined) return names[0]!
  throw new ConfigError(`--reference ${asked} is not compared; ${didYouMean(asked, names)}`)
}

function writeReport(folder: string, summary: ComparisonSummary): void {
  const files = {
    'report.json': asJson(summary),
    'report.md': markdownReport(summary, 'curves.svg'),
    'curves.svg': curvesSvg(summary.variants, 'by iteration, mean and spread over seeds'),
  }
  try {
    mkdirSync(folder, { recursive: true })
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  } catch (cause) {
    throw new RunError(`cannot write the report to ${folder}: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** The command that gives the same report again, less where it goes. */
function commandLine(names: readonly string[], args: Given): string {
  const known = Object.keys(compareArgs).filter(name => name !== 'out' && name !== 'json')
  const flags = known
    .filter(name => args[name] !== undefined && args[name] !== defaultOf(name))
    .map(name => `--${kebab(name)} ${quoted(String(args[name]))}`)
  return ['minform compare', ...names.map(quoted), ...flags].join(' ')
}

function defaultOf(name: string): unknown {
  const def = (compareArgs as Flags)[name]
  return def && 'default' in def ? def.default : undefined
}
