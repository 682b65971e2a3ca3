import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of files, far from this repository: nothing is installed beside them. */
export function userFiles(): {
  readonly folder: string
  file(name: string, text: string): string
  remove(): void
} {
  const folder = mkdtempSync(join(tmpdir(), 'minform-user-'))
  return {
    folder,
    file: (name, text) => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}
