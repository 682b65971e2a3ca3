// `minform query`: SQL over what runs recorded.

import { once } from 'node:events'
import { defineCommand } from 'citty'
import { ConfigError, RunError } from '../errors.ts'
import { type AnswerApart, askApart } from '../query/apart.ts'
import { usualBounds } from '../query/bounds.ts'
import { type ReadyName, readyNames, readyQuestions } from '../query/ready.ts'
import { runFolders } from '../runs/folders.ts'
import { bytesFlag } from './bytes.ts'
import type { Command } from './dispatch.ts'
import { type Flags, type Given, numberFlag, textFlag, wholeFlag } from './flags.ts'
import { stoppable } from './interrupt.ts'
import { say } from './io.ts'
import { csvText, jsonText, tableText } from './query-rows.ts'

const queryArgs = {
  ready: {
    type: 'enum',
    options: [...readyNames],
    description: 'a question by its name, in place of SQL',
  },
  json: { type: 'boolean', description: 'print JSON, a row a line' },
  csv: { type: 'boolean', description: 'print comma-separated values' },
  rows: {
    type: 'string',
    valueHint: 'count',
    description: 'that a table shows at most; default 100',
  },
  timeout: {
    type: 'string',
    valueHint: 'seconds',
    description: `that the question may take; default ${usualBounds.seconds}`,
  },
  maxMemory: {
    type: 'string',
    valueHint: 'number',
    description: 'that it may take, such as 4GiB; default 1GiB',
  },
} as const satisfies Flags

/** The command for the runs and the question that the arguments hold. */
export default function queryCommand(rawArgs: readonly string[]): Command {
  const places = rawArgs.map((_, i) => [
    `run${i + 1}`,
    { type: 'positional', required: false } as const,
  ])
  const described = {
    type: 'positional',
    required: false,
    description:
      'RUN... "select ...": folders of runs, or folders that hold some, and one question over the tables ' +
      'rollouts, steps, metrics, log and runs (docs/see-why.md)',
  } as const
  const args: Flags = { ...Object.fromEntries(places), run1: described, ...queryArgs }
  const command = defineCommand({
    meta: { name: 'query', description: 'SQL over the rollouts, steps, metrics and logs of runs' },
    args,
    run: ({ args }) => {
      const given = (args as { _: string[] })._
      const { places, sql } = asked(given, textFlag(args, 'ready') as ReadyName | null)
      return stoppable(signal => answer(places, sql, args, signal))
    },
  })
  const entries = Object.fromEntries(readyNames.map(name => [name, readyQuestions[name].about]))
  return { ...command, sections: [{ title: 'ready questions', entries }] }
}

/** What is asked of which places. */
function asked(
  given: readonly string[],
  ready: ReadyName | null,
): { readonly places: readonly string[]; readonly sql: string } {
  const places = ready === null ? given.slice(0, -1) : given
  const sql = ready === null ? given.at(-1) : readyQuestions[ready].sql
  if (sql === undefined || places.length === 0 || !/\s/.test(sql))
    throw new ConfigError(
      'name runs and ask one question: minform query RUN... "select count(*) from rollouts", or ' +
        `minform query RUN... --ready NAME, of ${readyNames.join(', ')}`,
    )
  return { places, sql }
}

async function answer(
  places: readonly string[],
  sql: string,
  args: Given,
  signal: AbortSignal,
): Promise<void> {
  if (args.json === true && args.csv === true)
    throw new ConfigError('--json and --csv are two ways to print an answer; give one')
  const seconds = numberFlag('--timeout', textFlag(args, 'timeout') ?? `${usualBounds.seconds}`, {
    min: 0.001,
  })
  const most = wholeFlag(args, 'rows', 100)
  const memory = bytesFlag(args, 'maxMemory') ?? usualBounds.memory
  const runs = runFolders(places)
    .all()
    .map(run => ({ ...run, address: run.folder }))
  if (runs.length === 0)
    throw new RunError(`${places.join(', ')}: no run there, nor in a folder below`)
  const found = await askApart(runs, sql, { bounds: { seconds, memory }, signal })
  try {
    for (const line of found.leftOut) say(line)
    const exact = args.csv === true && process.stdout.isTTY !== true // CSV has no escapes
    for await (const some of textOf(found, args, most))
      if (!process.stdout.write(exact ? Buffer.from(some) : some))
        await once(process.stdout, 'drain', { signal })
  } finally {
    found.close()
  }
}

function textOf(found: AnswerApart, args: Given, most: number): AsyncGenerator<string> {
  const { columns } = found
  if (args.json === true) return jsonText(columns, found.rows())
  return args.csv === true
    ? csvText(columns, found.rows(), { terminal: process.stdout.isTTY === true })
    : tableText(columns, found.rows(), most)
}
