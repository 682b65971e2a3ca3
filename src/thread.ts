import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Starts the module of a name that lies beside the one at `base`, in a thread of its own. Under a TypeScript loader it is a
 * .ts file, which a new thread must load too.
 */
export function startThread(base: string, name: string, options: WorkerOptions): Worker {
  if (!base.endsWith('.ts')) return new Worker(new URL(`./${name}.js`, base), options)
  const tsx = pathToFileURL(createRequire(base).resolve('tsx/package.json'))
  const loader = new URL('./dist/esm/api/index.mjs', tsx)
  const file = new URL(`./${name}.ts`, base)
  const start = `import('${loader}').then(tsx => { tsx.register(); return import('${file}') })`
  return new Worker(start, { ...options, eval: true })
}
