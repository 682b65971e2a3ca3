// Threads of the engine: the one that runs a model's graphs, and those that help it.

import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'

/** Starts the module of this folder with that name. Under a TypeScript loader it is a .ts file, which a new thread must load too. */
export function startThread(name: 'worker' | 'lane', workerData: unknown): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL(`./${name}.js`, import.meta.url), { workerData })
  }
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'))
  const loader = new URL('./dist/esm/api/index.mjs', tsx)
  const file = new URL(`./${name}.ts`, import.meta.url)
  const start = `import('${loader}').then(tsx => { tsx.register(); return import('${file}') })`
  return new Worker(start, { eval: true, workerData })
}
