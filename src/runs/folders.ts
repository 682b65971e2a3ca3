// Which folders are looked at: runs that are named, and those that lie in folders that are named, also ones that come later.

import { type Dirent, existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { ConfigError } from '../errors.ts'
import { isRun } from './layout.ts'

const deepest = 4 // folders between one that is named and a run

/** A run by the name that it has as long as it is looked at. */
export interface RunFolder {
  readonly id: string // of letters, digits, '.', '_' and '-'
  readonly folder: string
}

/** The runs in some folders. */
export interface RunFolders {
  /** All of them, looked for anew. */
  all(): readonly RunFolder[]
  /** One by its name; undefined where there is none, or none any more. */
  find(id: string): RunFolder | undefined
}

/** The runs that some folders are or hold. Throws ConfigError for a folder that is not there. */
export function runFolders(named: readonly string[]): RunFolders {
  for (const folder of named) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) continue
    const found = existsSync(folder) ? 'is a file' : 'is not there'
    throw new ConfigError(
      `${folder} ${found}; expected the folder of a run, or one with runs in it`,
    )
  }
  const ids = new Map<string, string>() // by folder
  const known = new Map<string, RunFolder>() // by name
  const all = () => {
    const found = new Map(
      named
        .flatMap(root => runsIn(root))
        .flatMap(folder => {
          const real = realOf(folder)
          return real === null ? [] : [[real, folder]]
        }),
    )
    return [...found].map(([real, folder]) => {
      const id = ids.get(real) ?? freeId(resolve(folder), known)
      ids.set(real, id)
      known.set(id, { id, folder })
      return { id, folder }
    })
  }
  const find = (id: string) => {
    const one = known.get(id)
    return one !== undefined && isRun(one.folder) ? one : all().find(other => other.id === id)
  }
  return { all, find }
}

/** A folder that is a run, or those below it that are; what cannot be opened is passed over. */
function runsIn(folder: string, depth = 0): string[] {
  if (isRun(folder)) return [folder]
  if (depth > deepest) return []
  return foldersIn(folder)
    .map(({ name }) => name)
    .filter(name => !name.startsWith('.') && name !== 'node_modules')
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .flatMap(name => runsIn(join(folder, name), depth + 1))
}

/** A path without links; null of a folder that is gone by now. */
function realOf(folder: string): string | null {
  try {
    return realpathSync(folder)
  } catch {
    return null
  }
}

function foldersIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory())
  } catch {
    return []
  }
}

/** The end of a path, of as many of its parts as it takes to differ from the others. */
function freeId(folder: string, taken: ReadonlyMap<string, unknown>): string {
  let [id, rest] = [word(basename(folder)), dirname(folder)]
  while (taken.has(id) && rest !== dirname(rest)) {
    id = `${word(basename(rest))}-${id}`
    rest = dirname(rest)
  }
  for (let n = 2; taken.has(id); n++) if (!taken.has(`${id}-${n}`)) id = `${id}-${n}`
  return id
}

function word(name: string): string {
  const plain = name.replaceAll(/[^\w.-]+/g, '-')
  return /^\.*$/.test(plain) ? `run${plain}` : plain
}
