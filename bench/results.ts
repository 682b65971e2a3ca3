// npm run results: runs the comparison behind docs/results.md, or goes on where it stopped, and writes the page.
// Flags are those of `minform compare`; --docs names another folder for the page and its pictures.

import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { type ArgsDef, defineCommand } from 'citty'
import { compareArgs, requireComplete, runComparison, stopped } from '../src/cli/compare.ts'
import { dispatch } from '../src/cli/dispatch.ts'
import { curvesSvg } from '../src/compare/curves.ts'
import { resultsPage, resultsPictures, resultsVariants } from './results-page.ts'

const defaults = { out: 'runs/results', iterations: '60', evalEvery: '5', docs: 'docs' }

const args = {
  ...compareArgs,
  docs: { type: 'string', description: `folder of the page; default ${defaults.docs}` },
} as const satisfies ArgsDef

const results = defineCommand({
  meta: { name: 'results', description: 'the comparison behind docs/results.md' },
  args,
  run: async ({ args: given }) => {
    const { docs, ...asked } = { ...defaults, ...onlyGiven(given) }
    const { summary, interrupted } = await runComparison(resultsVariants, asked)
    const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}`
    mkdirSync(docs, { recursive: true })
    for (const { file, title, names } of resultsPictures) {
      const shown = summary.variants.filter(({ name }) => names.includes(name))
      writeFileSync(join(docs, file), curvesSvg(shown, title))
    }
    writeFileSync(join(docs, 'results.md'), resultsPage(summary, machine))
    process.stderr.write(`wrote ${join(docs, 'results.md')}\n`)
    if (interrupted) throw stopped()
    requireComplete(summary)
  },
})

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
