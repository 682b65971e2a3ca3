import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

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
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
