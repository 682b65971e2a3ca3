// Modules of the user's: TypeScript or JavaScript, on any Node, wherever they lie. What they import as 'minform' is this
// very copy, so that its classes and types are one, also where it is not installed beside them.

import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import { readBytes, readText } from '../data/plain-file.ts'
import { ConfigError } from '../errors.ts'
import { causeOf } from './shape.ts'

/** Files by their paths, with sums of what they held. */
export type Code = Readonly<Record<string, string>>

/** A module of the user's. */
export interface Loaded {
  readonly file: string // absolute
  readonly value: unknown // its default export
  readonly code: Code // of the module and of all it imports that is not in node_modules
}

const extensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']

/** Whether a name is meant as a file of code: it has a folder, or ends as such a file does. */
export function namesFile(name: string): boolean {
  return /[\\/]/.test(name) || extensions.some(end => name.endsWith(end))
}

/** The absolute path of a file of code; a ConfigError where there is none. */
export function codeFile(name: string): string {
  const file = resolve(name)
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) throw new ConfigError(`${name}: there is no such file`)
  if (!found.isFile() || !extensions.some(end => file.endsWith(end)))
    throw new ConfigError(`${name}: expected a file of TypeScript or JavaScript (${extensions})`)
  return file
}

/** Loads a module anew. One that is missing, cannot be parsed, fails, or exports no default is a ConfigError that says where. */
export async function loadUserModule(name: string): Promise<Loaded> {
  const file = codeFile(name)
  const { createJiti } = await import('jiti') // which nobody waits for who loads nothing
  const lent = lending(readText(file))
  const jiti = createJiti(import.meta.url, {
    fsCache: false, // a folder that others may write to
    interopDefault: false,
    virtualModules: lent.modules,
  })
  const before = new Set(Object.keys(jiti.cache))
  const own = (): string[] =>
    Object.keys(jiti.cache).filter(path => !before.has(path) && isOwn(path))
  try {
    const found = await lent.load(() => {
      for (const path of own()) delete jiti.cache[path]
      return jiti.import<unknown>(file)
    })
    return { file, value: defaultOf(found, name), code: codeOf([file, ...own()]) }
  } catch (error) {
    throw error instanceof ConfigError ? error : unloadable(name, error)
  } finally {
    for (const path of own()) delete jiti.cache[path] // the next load is of what the files hold then
  }
}

/** Imports of 'minform' that are more than types. */
const imports =
  /\bimport\s+(?!type\b)[^'"]*['"]minform['"]|\b(?:import|require)\(\s*['"]minform['"]/

/** This copy of minform, read only where a module asks for it: most rewards need its types alone. */
function lending(source: string) {
  let copy: unknown = null
  let loading = true
  let missed = false
  const open = (): Promise<unknown> => import('../index.ts')
  const modules = {
    get minform(): unknown {
      if (copy === null && loading) {
        missed = true
        throw new Error('minform is not read yet')
      }
      return copy ?? open()
    },
  }
  const load = async <T>(once: () => Promise<T>): Promise<T> => {
    if (imports.test(source)) copy = await open()
    try {
      return await once()
    } catch (error) {
      if (!missed) throw error
      copy = await open() // something that it imports asks for it
      return await once()
    } finally {
      loading = false
    }
  }
  return { modules, load }
}

/** The sums of files as they are now. */
export function codeOf(files: readonly string[]): Code {
  const sums = files.map(file => [file, sumOf(readBytes(file))] as const)
  return Object.fromEntries(sums)
}

function sumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}

function isOwn(path: string): boolean {
  return !path.includes(`${sep}node_modules${sep}`)
}

function defaultOf(module: unknown, name: string): unknown {
  if (typeof module === 'function') return module // CommonJS
  const exports = module as Readonly<Record<string, unknown>>
  if (exports.default !== undefined) return exports.default
  const names = Object.keys(exports)
  const there = names.length === 0 ? 'nothing' : names.join(', ')
  throw new ConfigError(`${name}: expected a default export; it exports ${there}`)
}

function unloadable(name: string, error: unknown): ConfigError {
  const { message = '', code } = error as NodeJS.ErrnoException
  const parse = /^ParseError: ([\s\S]*?)\s*\n\s*(.+:\d+:\d+)$/.exec(message.trim())
  if (parse) return new ConfigError(`${parse[2]}: cannot be parsed: ${parse[1]}`, { cause: error })
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND')
    return new ConfigError(`${name}: ${message.split('\n')[0]}`, { cause: error })
  return new ConfigError(`${name}: failed while it was loaded: ${causeOf(error)}`, { cause: error })
}
