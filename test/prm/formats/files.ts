import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file that the tests carry. */
export function fixture(name: string): string {
  return new URL(`../../fixtures/prm/${name}`, import.meta.url).pathname
}

/** A file of this content. */
export function fileOf(content: string | Uint8Array, name = 'rows.jsonl'): string {
  const file = join(mkdtempSync(join(tmpdir(), 'minform-formats-')), name)
  writeFileSync(file, content)
  return file
}

/** A file of JSON Lines. */
export function linesOf(...rows: readonly unknown[]): string {
  return fileOf(rows.map(row => `${JSON.stringify(row)}\n`).join(''))
}
