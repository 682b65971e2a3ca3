// npm run results: runs the comparisons behind docs/results.md, or goes on where they stopped, and writes the page;
// npm run results -- six does so for docs/results-six.md.
// Flags are those of `minform compare`, and hold for both; --docs names another folder for the page and its pictures.

import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { type ArgsDef, defineCommand } from 'citty'
import { type Compared, compareArgs, requireComplete, runComparison } from '../src/cli/compare.ts'
import { dispatch } from '../src/cli/dispatch.ts'
import { stoppable } from '../src/cli/interrupt.ts'
import { curvesSvg } from '../src/compare/curves.ts'
import { ConfigError } from '../src/errors.ts'
import { type ResultsPartName, resultsPage, resultsParts, resultsPictures } from './results-page.ts'
import { six, sixPage, sixPicture } from './results-six.ts'

const defaults = { out: join('runs', 'results'), docs: 'docs' }

const args = {
  page: { type: 'positional', required: false, description: 'six, for docs/results-six.md' },
  ...compareArgs,
  docs: { type: 'string', description: `folder of the page; default ${defaults.docs}` },
} as const satisfies ArgsDef

const results = defineCommand({
  meta: { name: 'results', description: 'the comparisons behind docs/results.md' },
  args,
  run: ({ args: given }) => stoppable(signal => writePage(given, signal)),
})

async function writePage(
  { page, ...given }: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<void> {
  if (page !== undefined && page !== 'six')
    throw new ConfigError(
      `npm run results -- ${page}: there is six, or no name for docs/results.md`,
    )
  return page === 'six' ? compareSix(given, signal) : compareAll(given, signal)
}

async function compareSix(given: object, signal: AbortSignal): Promise<void> {
  const { docs, out, ...asked } = { ...defaults, out: join('runs', 'six'), ...onlyGiven(given) }
  const { variants, iterations, evalEvery, reference } = six
  const terms = { iterations: String(iterations), evalEvery: String(evalEvery), reference }
  const { summary } = await runComparison(variants, { ...terms, ...asked, out }, signal)
  mkdirSync(docs, { recursive: true })
  const { file, title } = sixPicture
  writeFileSync(join(docs, file), curvesSvg(summary.variants, title))
  writeFileSync(join(docs, 'results-six.md'), sixPage(summary, machine()))
  process.stderr.write(`wrote ${join(docs, 'results-six.md')}\n`)
  requireComplete(summary, signal)
}

/** On what it is run. */
function machine(): string {
  return `${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}`
}

async function compareAll(given: object, signal: AbortSignal): Promise<void> {
  const { docs, out, ...asked } = { ...defaults, ...onlyGiven(given) }
  const compared = async (part: ResultsPartName): Promise<Compared> => {
    const { variants, iterations, evalEvery, reference } = resultsParts[part]
    const terms = { iterations: String(iterations), evalEvery: String(evalEvery), reference }
    return runComparison(variants, { ...terms, ...asked, out: join(out, part) }, signal)
  }
  const collapse = await compared('collapse')
  const methods = await compared('methods')
  const summaries = { collapse: collapse.summary, methods: methods.summary }
  mkdirSync(docs, { recursive: true })
  for (const { file, part, title, names } of resultsPictures) {
    const shown = summaries[part].variants.filter(({ name }) =>
      (names as readonly string[]).includes(name),
    )
    writeFileSync(join(docs, file), curvesSvg(shown, title))
  }
  writeFileSync(join(docs, 'results.md'), resultsPage(summaries, machine()))
  process.stderr.write(`wrote ${join(docs, 'results.md')}\n`)
  for (const summary of Object.values(summaries)) requireComplete(summary, signal)
}

/** Without the flags that were not given, which citty may list as undefined. */
function onlyGiven(given: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

const commands = { results: { about: '', load: async () => ({ default: results }) } }
process.exitCode = await dispatch(commands, ['results', ...process.argv.slice(2)], {
  out: text => process.stdout.write(text),
  err: text => process.stderr.write(text),
  version: '',
  debug: process.env.MINFORM_DEBUG === '1',
})
