// Files that grow by whole pieces of work, and a journal beside them that says how far they go. A process killed at any
// moment loses what it had in hand, and nothing of what the journal tells; continued, the files end with the same bytes.

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { readText } from '../data/plain-file.ts'
import { ConfigError, RunError } from '../errors.ts'
import type { Json } from '../types.ts'
import { jsonLine, parseJsonLines, wholeLines } from './json-lines.ts'
import { lockFile } from './lock.ts'
import { boundary, freeSpace, syncFolder, writeWhole } from './whole-file.ts'

export interface JournalOptions {
  /** The files by name; the journal lies beside the first. */
  readonly files: Readonly<Record<string, string>>
  /** What the files depend on: a journal of another one is not continued. */
  readonly config: Readonly<Record<string, Json>>
  readonly resume: boolean
}

export interface Journal<E extends object> {
  /** What is done, in order. */
  readonly entries: readonly E[]
  /** Adds a piece of work: texts to the end of files, all of them or none, and its entry. On disk when it returns. */
  append(texts: Readonly<Record<string, string>>, entry: E): void
  close(): void
}

/** A line of the journal: the entry, and where each file ends with it. */
interface Line<E> {
  readonly ends: Readonly<Record<string, number>>
  readonly entry: E
}

/** Where the journal of a file lies. */
export function journalOf(file: string): string {
  return `${file}.journal`
}

/**
 * Starts files and their journal, in a folder that is made where it is not there, or continues them: what the journal does not tell of is cut off, and one that tells of
 * nothing is begun anew. Throws RunError where
 * files are there that it shall not continue, that it does not know, or that another process writes; ConfigError, naming
 * what differs, where they were made with another configuration.
 */
export function openJournal<E extends object>({
  files,
  config,
  resume,
}: JournalOptions): Journal<E> {
  const [first] = Object.values(files)
  const journal = journalOf(first!)
  return boundary(`cannot write ${first}`, 'choose another place with --out', () => {
    mkdirSync(dirname(first!), { recursive: true })
    const release = lockFile(`${first}.lock`, first!)
    try {
      const there = [journal, ...Object.values(files)].find(file => existsSync(file))
      const nothing = holdsNothing(journal, files)
      if (!resume && there !== undefined && !nothing)
        throw new RunError(`${there} is there; continue it with --resume, or choose another file`)
      const known = resume && !nothing ? knownLines<E>(journal, files, config) : null
      const lines = known ?? []
      const ends = { ...(lines.at(-1)?.ends ?? mapped(files, () => 0)) }
      writeWhole(journal, [config, ...lines].map(jsonLine).join(''), { durable: true })
      const descriptors = mapped(files, (file, name) => openAt(file, ends[name]!))
      const writer = openSync(journal, 'a')
      for (const place of new Set(Object.values(files).map(dirname))) syncFolder(place)
      return writing(lines, { ends, descriptors, writer, first: first! }, release)
    } catch (error) {
      release()
      throw error
    }
  })
}

/** Whether a journal was begun and tells of nothing, as where a model could not be opened: that is nobody's work. */
function holdsNothing(journal: string, files: Readonly<Record<string, string>>): boolean {
  if (!existsSync(journal)) return false
  const lines = wholeLines(readText(journal)).trimEnd().split('\n')
  const empty = Object.values(files).every(file => !existsSync(file) || statSync(file).size === 0)
  return lines.length <= 1 && empty
}

interface Open {
  readonly ends: Record<string, number>
  readonly descriptors: Readonly<Record<string, number>>
  readonly writer: number
  readonly first: string
}

function writing<E extends object>(
  lines: readonly Line<E>[],
  { ends, descriptors, writer, first }: Open,
  release: () => void,
): Journal<E> {
  let isOpen = true
  return {
    entries: lines.map(({ entry }) => entry),
    append: (texts, entry) =>
      boundary(`cannot append to ${first}`, freeSpace, () => {
        if (!isOpen) throw new RunError(`cannot append to ${first}: it is closed`)
        for (const [name, text] of Object.entries(texts)) {
          const bytes = Buffer.from(text)
          whole(descriptors[name]!, bytes)
          ends[name]! += bytes.length
          fsyncSync(descriptors[name]!)
        }
        whole(writer, Buffer.from(jsonLine({ ends, entry }))) // what it tells of is on disk by now
        fsyncSync(writer)
      }),
    close: () => {
      if (!isOpen) return
      isOpen = false
      for (const descriptor of [writer, ...Object.values(descriptors)]) closeSync(descriptor)
      release()
    },
  }
}

/** The lines of a journal of which the files hold all; null where there is no journal yet. */
function knownLines<E extends object>(
  journal: string,
  files: Readonly<Record<string, string>>,
  config: Readonly<Record<string, Json>>,
): Line<E>[] | null {
  const text = existsSync(journal) ? wholeLines(readText(journal)) : ''
  const [found, ...lines] = parseJsonLines(text, journal) as [Record<string, Json>?, ...unknown[]]
  const sizes = mapped(files, file => (existsSync(file) ? statSync(file).size : 0))
  if (found === undefined) {
    const name = Object.keys(files).find(name => sizes[name]! > 0)
    if (name === undefined) return null
    throw new RunError(`${files[name]} has no journal (${journal}); it cannot be continued`)
  }
  requireSame(found, config, journal)
  const all = lines as Line<E>[]
  // of a system that went down files can be shorter than the journal tells
  const lost = all.findIndex(({ ends }) => Object.keys(files).some(n => !(ends[n]! <= sizes[n]!)))
  return lost < 0 ? all : all.slice(0, lost)
}

function requireSame(there: Json, here: Json, journal: string): void {
  const found = differences('', there, JSON.parse(JSON.stringify(here)) as Json)
  if (found.length === 0) return
  throw new ConfigError(
    `${journal} is of another configuration: ${found.join('; ')}; leave that out, or choose another file`,
  )
}

/** Where two values differ: `options.completions is 8 there and 4 here`. */
function differences(name: string, there: Json | undefined, here: Json | undefined): string[] {
  if (isObject(there) && isObject(here)) {
    const names = [...new Set([...Object.keys(there), ...Object.keys(here)])]
    return names.flatMap(key =>
      differences(name === '' ? key : `${name}.${key}`, there[key], here[key]),
    )
  }
  const [a, b] = [JSON.stringify(there) ?? 'not set', JSON.stringify(here) ?? 'not set']
  return a === b ? [] : [`${name} is ${a} there and ${b} here`]
}

function isObject(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Opens a file of which the first `size` bytes stay, to write after them. */
function openAt(file: string, size: number): number {
  if (existsSync(file)) truncateSync(file, size)
  return openSync(file, 'a')
}

/** Writes all bytes; the system may take fewer at a time. */
function whole(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
}

function mapped<T>(
  files: Readonly<Record<string, string>>,
  of: (file: string, name: string) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(files).map(([name, file]) => [name, of(file, name)]))
}
