import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from 'citty'
import { vi } from 'vitest'
import type { Command } from '../../src/cli/dispatch.ts'

/** A folder among the checkpoints that tests carry. */
export function fixture(name: string): string {
  return new URL(`../fixtures/hf/${name}`, import.meta.url).pathname
}

/** A file of these rows, a row that is a string being written as it is. */
export function rowsFile(rows: readonly unknown[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'minform-rows-')), 'rows.jsonl')
  const line = (row: unknown): string => (typeof row === 'string' ? row : JSON.stringify(row))
  writeFileSync(file, rows.map(row => `${line(row)}\n`).join(''))
  return file
}

/** The records that a command writes to standard output; `written` keeps them where it fails. */
export async function recordsOf<T>(
  command: Command,
  rawArgs: readonly string[],
  written: T[] = [],
): Promise<T[]> {
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    written.push(JSON.parse(String(text)) as T)
    return true
  })
  try {
    await runCommand(command, { rawArgs: [...rawArgs] })
  } finally {
    spy.mockRestore()
  }
  return written
}

/** What a command writes to standard output; what it says on standard error is not shown. */
export async function printedBy(command: Command, rawArgs: readonly string[]): Promise<string> {
  let text = ''
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(some => {
    text += String(some)
    return true
  })
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
  try {
    await runCommand(command, { rawArgs: [...rawArgs] })
  } finally {
    out.mockRestore()
    err.mockRestore()
  }
  return text
}
