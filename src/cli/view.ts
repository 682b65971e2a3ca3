// `minform view`: runs as a page in a browser on this machine.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../errors.ts'
import { requirePlace } from '../explain/place.ts'
import { openRun } from '../explain/run.ts'
import { addressOf, type Place, parseAddress } from '../runs/address.ts'
import { type RunFolder, runFolders } from '../runs/folders.ts'
import { jsonLine } from '../runs/json-lines.ts'
import { isRun } from '../runs/layout.ts'
import { namesFile } from '../user/load.ts'
import { answers } from '../view/answers.ts'
import { asking } from '../view/ask.ts'
import { type ExportRequest, exportRuns } from '../view/export.ts'
import type { RecipeFinder } from '../view/iterations.ts'
import { Live } from '../view/live.ts'
import { serveView } from '../view/server.ts'
import type { Command } from './dispatch.ts'
import { type Flags, type Given, textFlag, wholeFlag } from './flags.ts'
import { say } from './io.ts'
import { findRecipe } from './training/flags.ts'

const flags = {
  port: {
    type: 'string',
    valueHint: 'number',
    description: 'on this machine, where the page is; default one that is free',
  },
  loadCode: {
    type: 'boolean',
    description: 'also explain runs by a recipe of a file: its code is run, so know whose it is',
  },
  export: {
    type: 'string',
    valueHint: 'folder',
    description: 'write the page to a new folder instead: it opens as files, or from any web host',
  },
  only: {
    type: 'string',
    valueHint: 'list',
    description: 'iterations that are exported, such as 1,5-8; default all that are recorded',
  },
  open: { type: 'boolean', description: 'open the page in the browser' },
  json: { type: 'boolean', description: 'print the address as JSON, or what was exported' },
} as const satisfies Flags

/** The command for as many folders as there are arguments at most. */
export default function viewCommand(rawArgs: readonly string[]): Command {
  const more = rawArgs
    .slice(1)
    .map((_, i) => [`run${i + 2}`, { type: 'positional', required: false }])
  const run1 = {
    type: 'positional',
    required: false,
    description:
      'a run, a place in it (RUN/iteration/group/rollout/token) or a folder with runs in it, and more of them; default runs',
  } as const
  return {
    meta: {
      name: 'view',
      description: 'Runs as a page in a browser, down to why a token got its advantage',
    },
    args: { run1, ...Object.fromEntries(more), ...flags },
    run: ({ args }) => view(args._, args),
  }
}

async function view(named: readonly string[], args: Given): Promise<void> {
  const places = (named.length > 0 ? named : [defaultFolder()]).map(text =>
    parseAddress(text, isRun),
  )
  const folders = runFolders(places.map(({ folder }) => folder))
  const hash = await hashOf(folders.all(), places)
  const find = finder(args.loadCode === true)
  const folder = textFlag(args, 'export')
  if (folder !== null)
    return exported({ runs: folders, find, folder, iterations: listed(args) }, hash, args)
  if (args.only !== undefined) throw new ConfigError('--only needs --export')
  const server = await serveView(
    { answer: answers(folders, find), live: new Live(folders), ask: asking(folders) },
    args.port === undefined ? 0 : wholeFlag(args, 'port', 0, 1, 65_535),
  )
  const address = `${server.address}${hash}`
  const { port } = server
  const runs = folders.all().length
  process.stdout.write(args.json === true ? jsonLine({ address, port, runs }) : `${address}\n`)
  say(`${runs === 1 ? 'one run' : `${runs} runs`}; Ctrl-C ends it`)
  if (args.open === true) open(address)
  await stopSignal()
  await server.close()
}

async function exported(request: ExportRequest, hash: string, args: Given): Promise<void> {
  for (const flag of ['port', 'open'])
    if (args[flag] !== undefined) throw new ConfigError(`--${flag} is of a server, not of --export`)
  const { leftOut, ...counts } = await exportRuns(request)
  const page = `${join(request.folder, 'index.html')}${hash}`
  for (const what of leftOut) say(`left out: ${what}`)
  const { iterations, files, bytes } = counts
  process.stdout.write(args.json === true ? jsonLine({ page, ...counts, leftOut }) : `${page}\n`)
  say(
    `${iterations} iterations, ${files} files, ${(bytes / 1e6).toFixed(1)} MB: open it, or put the folder on a web host`,
  )
}

/** The numbers of `1,5-8`; null without the flag. */
function listed(args: Given): ReadonlySet<number> | null {
  const text = textFlag(args, 'only')
  if (text === null) return null
  const ranges = text.split(',').map(part => {
    const [, from, to = from] = /^\s*([1-9]\d{0,6})(?:-([1-9]\d{0,6}))?\s*$/.exec(part) ?? []
    if (from === undefined || Number(from) > Number(to))
      throw new ConfigError(`--only is iterations such as 1,5-8, got '${text}'`)
    return { from: Number(from), to: Number(to) }
  })
  return new Set(
    ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i)),
  )
}

/** Where the page opens: at the first address that names a place in a run. */
async function hashOf(
  runs: readonly RunFolder[],
  places: readonly { readonly folder: string; readonly place: Place }[],
): Promise<string> {
  for (const { folder, place } of places)
    if (place.iteration !== null) await requirePlace(openRun(folder), place)
  const first = places.find(({ place }) => place.iteration !== null)
  if (first === undefined) return ''
  const id = runs.find(({ folder }) => folder === first.folder)!.id
  return `#/${addressOf(first.place, id)}`
}

/** A run names its recipe, and whoever made the folder may have named any file. */
function finder(loads: boolean): RecipeFinder {
  return async name => {
    if (!loads && namesFile(name))
      throw new ConfigError(
        `the recipe is code of a file, ${name}: minform view --load-code runs it, and minform show`,
      )
    return findRecipe(name)
  }
}

function defaultFolder(): string {
  if (existsSync('runs')) return 'runs'
  throw new ConfigError('there is no folder runs here; name a run, or a folder with runs in it')
}

/** Ends with the first signal that ends programs. */
async function stopSignal(): Promise<void> {
  await Promise.race((['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(name => once(process, name)))
}

/** Opens an address in the user's browser; where there is none that can be asked, the printed address stays. */
function open(address: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '']
        : ['xdg-open']
  spawn(command!, [...args, address], { stdio: 'ignore', detached: true })
    .on('error', () => say(`no browser could be opened: ${command} is not there`))
    .unref()
}
