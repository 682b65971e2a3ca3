import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { readText } from '../data/plain-file.ts'

/** The versions that a result depends on, for config.json. */
export function versions(): Readonly<Record<'minform' | 'node' | 'onnxruntime-node', string>> {
  const engine = createRequire(import.meta.url).resolve('onnxruntime-node/package.json')
  return {
    minform: packageVersion(new URL('../../package.json', import.meta.url)),
    node: process.versions.node,
    'onnxruntime-node': packageVersion(engine),
  }
}

/** This package's version. */
export function version(): string {
  return packageVersion(new URL('../../package.json', import.meta.url))
}

function packageVersion(file: string | URL): string {
  return (
    JSON.parse(readText(file instanceof URL ? fileURLToPath(file) : file)) as { version: string }
  ).version
}
