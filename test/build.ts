// Before any test: dist is what src says, since threads and programs of the tests are started from there.

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const last = join(root, 'dist', 'page', 'index.html') // what a build writes at its end

export default function build(): void {
  const newest = Math.max(...['src', 'page'].flatMap(changed))
  if (existsSync(last) && statSync(last).mtimeMs > newest) return
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
}

/** When each file of a folder was changed. */
function changed(folder: string): number[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return names.map(name => statSync(join(root, folder, name)).mtimeMs)
}
