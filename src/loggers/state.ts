// What loggers know of their side of a run, so that a run that is continued goes on there.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readText } from '../data/plain-file.ts'
import { parts } from '../runs/layout.ts'
import { writeWhole } from '../runs/whole-file.ts'

/** The name of a run at a logger; null where it has none yet, or what says it cannot be read. */
export function knownAs(folder: string, logger: string): string | null {
  return namesIn(folder)[logger] ?? null
}

/** Remembers the name of a run at a logger. */
export function rememberAs(folder: string, logger: string, name: string): void {
  const names = { ...namesIn(folder), [logger]: name }
  writeWhole(join(folder, parts.loggers), `${JSON.stringify(names, null, 2)}\n`)
}

function namesIn(folder: string): Readonly<Record<string, string>> {
  const file = join(folder, parts.loggers)
  if (!existsSync(file)) return {}
  try {
    return Object(JSON.parse(readText(file))) as Record<string, string>
  } catch {
    return {} // a logger then begins anew
  }
}
