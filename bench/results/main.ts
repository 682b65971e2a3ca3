// npm run results -- NAME: runs what a study lacks and writes its document; without a name the study of PURE, docs/results.md.
// A killed study goes on with the same command. Further flags are those of `minform compare`, for every run.

import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type ArgsDef, defineCommand } from 'citty'
import { compareArgs } from '../../src/cli/compare.ts'
import { dispatch } from '../../src/cli/dispatch.ts'
import { didYouMean, type Given, textFlag, wholeFlag } from '../../src/cli/flags.ts'
import { stoppable } from '../../src/cli/interrupt.ts'
import { ConfigError } from '../../src/errors.ts'
import { type Asked, runStudy } from './run.ts'
import { studies } from './studies.ts'

const [first] = studies

const { reference: _, json: __, ...ofRuns } = compareArgs

const args = {
  study: {
    type: 'positional',
    required: false,
    description: `${studies.map(({ name }) => name).join(', ')}; default ${first.name}`,
  },
  ...ofRuns,
  out: { type: 'string', valueHint: 'folder', description: 'of the runs; default runs/<study>' },
  seeds: { type: 'string', valueHint: 'count', description: 'of each variant: 1 to this' },
  threads: { type: 'string', valueHint: 'count', description: 'of each run; default 1' },
  jobs: { type: 'string', valueHint: 'count', description: 'runs at once; default one a core' },
  only: {
    type: 'string',
    valueHint: 'list',
    description: 'recipes or variants that are run, comma between them; the document tells all',
  },
  parts: {
    type: 'string',
    valueHint: 'list',
    description: 'parts that are made and run, by the ends of their names, such as noise-0.3/own',
  },
  table: { type: 'boolean', description: 'write the document of what is there, and run nothing' },
  keep: {
    type: 'boolean',
    description: `keep what complete runs measured in ${join('bench', 'results', 'kept')}, from which any checkout goes on`,
  },
  docs: { type: 'string', valueHint: 'folder', description: 'of the document; default docs' },
} as const

const results = defineCommand({
  meta: {
    name: 'results',
    description: 'Studies: runs, and the document that says what they show',
  },
  args: args as ArgsDef,
  run: ({ args: given }) => {
    const name = textFlag(given, 'study') ?? first.name
    const found = studies.find(one => one.name === name)
    const names = studies.map(one => one.name)
    if (!found) throw new ConfigError(`no study '${name}'; ${didYouMean(name, names)}`)
    const listed = (flag: string): string[] =>
      (textFlag(given, flag)?.split(/,(?!\w+=)/) ?? []) // a comma before an option is of a variant
        .map(one => one.trim())
        .filter(one => one !== '')
    const asked: Asked = {
      out: textFlag(given, 'out') ?? join('runs', found.out),
      docs: textFlag(given, 'docs') ?? 'docs',
      jobs: wholeFlag(given, 'jobs', availableParallelism()),
      only: listed('only'),
      parts: listed('parts'),
      table: given.table === true,
      keep: given.keep === true,
      flags: ofEveryRun(given),
      program: join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts'),
    }
    return stoppable(signal => runStudy(found, asked, signal))
  },
})

/** The flags that were given for runs. */
function ofEveryRun(given: Given): Given {
  const own = ['study', 'out', 'jobs', 'only', 'parts', 'table', 'keep', 'docs']
  const names = Object.keys(args).filter(name => !own.includes(name))
  return Object.fromEntries(
    names.filter(name => given[name] !== undefined).map(name => [name, given[name]]),
  )
}

const commands = { results: { about: '', load: async () => ({ default: results }) } }
process.exitCode = await dispatch(commands, ['results', ...process.argv.slice(2)], {
  out: text => process.stdout.write(text),
  err: text => process.stderr.write(text),
  version: '',
  debug: process.env.MINFORM_DEBUG === '1',
})
