// Runs as a folder that any web host serves, and that opens from a file system: the page as it is built, and each of its answers
// as a script, which a page may load where it may not read files.

import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { ConfigError, MinformError, RunError } from '../errors.ts'
import type { RunFolders } from '../runs/folders.ts'
import { unfinished } from '../runs/layout.ts'
import { boundary, freeSpace } from '../runs/whole-file.ts'
import { type Answers, answers } from './answers.ts'
import type { IterationAnswer, RunAnswer, RunsAnswer } from './api.ts'
import type { RecipeFinder } from './iterations.ts'
import { type PageFile, pageFiles } from './page-files.ts'

/** What is exported, and where to. */
export interface ExportRequest {
  readonly runs: RunFolders
  readonly find: RecipeFinder
  readonly folder: string // a new one
  readonly iterations: ReadonlySet<number> | null // null: all that are recorded
  readonly page?: ReadonlyMap<string, PageFile> | null // default as it is built
}

/** What came of it. */
export interface Exported {
  readonly runs: number
  readonly iterations: number
  readonly files: number
  readonly bytes: number
  readonly leftOut: readonly string[] // what could not be read, and why
}

/**
 * Writes the folder, all of it or nothing. Throws ConfigError where it is there already, the page is not built, or an
 * iteration that is asked for is of no run; RunError where no run can be read.
 */
export async function exportRuns(request: ExportRequest): Promise<Exported> {
  const { folder, page = pageFiles() } = request
  if (page === null)
    throw new ConfigError('the page is not built: npm run build in the folder of minform makes it')
  requireNew(folder)
  const place = resolve(folder)
  const temporary = join(dirname(place), `${unfinished}${basename(place)}`)
  rmSync(temporary, { recursive: true, force: true })
  const out = new Out(temporary)
  try {
    for (const [path, { bytes }] of page) out.write(path.slice(1), markedAsFiles(path, bytes))
    const counts = await writeAnswers(request, out)
    boundary(`cannot write ${folder}`, freeSpace, () => {
      rmSync(place, { recursive: true, force: true }) // which is empty
      renameSync(temporary, place)
    })
    return { ...counts, files: out.files, bytes: out.bytes }
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    throw error
  }
}

/** Files that are written below a folder. */
class Out {
  private readonly folder: string
  files = 0
  bytes = 0

  constructor(folder: string) {
    this.folder = folder
  }

  write(name: string, content: string | Uint8Array): void {
    const file = join(this.folder, name)
    boundary(`cannot write ${file}`, freeSpace, () => {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
    })
    this.files++
    this.bytes += Buffer.byteLength(content)
  }

  data(path: string, answer: object): void {
    this.write(`data/${path}.js`, script(path, answer))
  }
}

async function writeAnswers(
  { runs: folders, find, iterations }: ExportRequest,
  out: Out,
): Promise<Pick<Exported, 'runs' | 'iterations' | 'leftOut'>> {
  const answer = answers(folders, find)
  const all = (await answer('runs')) as RunsAnswer
  const readable = all.runs.filter(({ wrong }) => wrong === null)
  if (readable.length === 0)
    throw new RunError(all.runs[0]?.wrong ?? 'there is no run here to be exported')
  const leftOut = all.runs.flatMap(({ folder, wrong }) => (wrong ? [`${folder}: ${wrong}`] : []))
  const runs = await Promise.all(
    readable.map(async ({ id }) => (await answer(`run/${id}`)) as RunAnswer),
  )
  requireRecorded(iterations, runs)
  let count = 0
  for (const run of runs) {
    const asked = run.recorded.filter(one => iterations?.has(one) ?? true)
    const recorded: number[] = []
    for (const iteration of asked) {
      const why = await writeIteration(answer, out, `run/${run.brief.id}/${iteration}`)
      if (why === null) recorded.push(iteration)
      else leftOut.push(why)
    }
    count += recorded.length
    out.data(`run/${run.brief.id}`, { ...run, recorded })
  }
  out.data('runs', all)
  return { runs: runs.length, iterations: count, leftOut }
}

/** Writes an iteration and its groups; or says why it cannot be read. */
async function writeIteration(answer: Answers, out: Out, path: string): Promise<string | null> {
  let iteration: IterationAnswer
  try {
    iteration = (await answer(path)) as IterationAnswer
  } catch (error) {
    if (error instanceof MinformError) return error.message
    throw error
  }
  for (const { group } of iteration.groups)
    out.data(`${path}/${group}`, await answer(`${path}/${group}`))
  out.data(path, iteration)
  return null
}

function requireRecorded(iterations: ReadonlySet<number> | null, runs: readonly RunAnswer[]): void {
  const recorded = new Set(runs.flatMap(run => run.recorded))
  const missing = [...(iterations ?? [])].find(one => !recorded.has(one))
  if (missing === undefined) return
  throw new ConfigError(
    `--only: no rollouts of iteration ${missing} are recorded, of ${recorded.size} that are`,
  )
}

// what the headers of a server say; `file:` for browsers to which each file is an origin of its own
const policy = [
  "default-src 'none'",
  "script-src 'self' file:",
  "style-src 'self' file:",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** The page of an export reads files. */
function markedAsFiles(path: string, bytes: Uint8Array): string | Uint8Array {
  if (path !== '/index.html') return bytes
  return Buffer.from(bytes)
    .toString('utf8')
    .replace('data-from="server"', 'data-from="files"')
    .replace('<head>', `<head>\n<meta http-equiv="Content-Security-Policy" content="${policy}">`)
}

/**
 * A script that hands over an answer. It is a text to be parsed as JSON, so that no name in it is more than a name
 * (`__proto__`), and spells nothing that ends a script.
 */
export function script(path: string, answer: object): string {
  const text = (value: unknown): string =>
    JSON.stringify(value)
      .replaceAll('<', '\\u003c')
      .replaceAll('\u2028', '\\u2028')
      .replaceAll('\u2029', '\\u2029')
  return `window.minform.put(${text(path)}, JSON.parse(${text(JSON.stringify(answer))}))\n`
}

function requireNew(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found === undefined) return
  if (found.isDirectory() && readdirSync(folder).length === 0) return
  throw new ConfigError(`${folder} is there already; name a new folder, or remove it`)
}
