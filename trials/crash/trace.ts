// What of a folder may not depend on how often its command was killed.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, relative } from 'node:path'

/** Files by their path below a folder, each as the SHA-256 of what is in it, less times; logs tell of resuming and are left out. */
export function traceOf(folder: string): Readonly<Record<string, string>> {
  const files = filesOf(folder).filter(file => basename(file) !== 'log.jsonl')
  return Object.fromEntries(files.map(file => [relative(folder, file), digestOf(file)]))
}

/** Paths of what only a process at work may have: locks, and what is not whole. */
export function leftovers(folder: string): readonly string[] {
  const passing = /(^|\/)(\.unfinished-|[^/]*\.lock$)/
  return filesOf(folder)
    .map(file => relative(folder, file))
    .filter(path => passing.test(path))
}

/** The paths that are not the same in two traces. */
export function apart(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): readonly string[] {
  const paths = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  return paths.filter(path => one[path] !== other[path]).sort()
}

function filesOf(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return names.map(name => join(folder, name)).filter(path => statSync(path).isFile())
}

/** Times, and the folder's own name, are taken out of JSON. */
function digestOf(file: string): string {
  const bytes = readFileSync(file)
  const isText = /\.(json|jsonl|md|svg)$/.test(file)
  const held = isText ? bytes.toString('utf8').replaceAll(timed, '') : bytes
  return createHash('sha256').update(held).digest('hex')
}

const timed = /"(time\/\w+|seconds|time)":\s*[^,}\n]*,?\s*|(killed|whole)(-\d+)?/g
