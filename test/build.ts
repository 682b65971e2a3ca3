// Before any test: dist is what src says, since threads and programs of the tests are started from there.

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const last = join(root, 'dist', 'carried', 'package.json') // what a build writes at its end

export default function build(): void {
  const newest = Math.max(...readdirSync(join(root, 'src'), { recursive: true }).map(changed))
  if (existsSync(last) && statSync(last).mtimeMs > newest) return
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
}

function changed(name: string | Buffer): number {
  return statSync(join(root, 'src', String(name))).mtimeMs
}
