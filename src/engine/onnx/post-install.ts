// What the tensor library's install step fetches beside what its package holds.

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Files that the install step fetches for this system, and those that are not there. */
export interface PostInstall {
  readonly expected: readonly string[]
  readonly missing: readonly string[]
}

interface Metadata {
  readonly requirements: Readonly<Record<string, readonly string[]>>
  readonly manifests: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** What the library's own list names for a system, as 'linux/x64'; nothing where it has no such list. */
export function postInstall(system = `${process.platform}/${process.arch}`): PostInstall {
  const require = createRequire(import.meta.url)
  const folder = join(require.resolve('onnxruntime-node/package.json'), '..')
  const list = join(folder, 'script', 'install-metadata.js')
  if (!existsSync(list)) return { expected: [], missing: [] }
  const { requirements, manifests } = require(list) as Metadata
  const names = requirements[system] ?? []
  const expected = names.flatMap(name => Object.keys(manifests[`${system}:${name}`] ?? {}))
  const place = join(folder, 'bin', 'napi-v6', system)
  return { expected, missing: expected.filter(file => !existsSync(join(place, file))) }
}
