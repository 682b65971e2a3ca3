import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Starts the module of a name that lies beside the one at `base`, in a thread of its own. Under a TypeScript loader it is a
 * .ts file, which a new thread must load too.
 */
export function startThread(base: string, name: string, options: WorkerOptions): Worker {
  if (!base.endsWith('.ts'))
    return new Worker(new URL(`./${name}.js`, base), { execArgv: threadArguments(), ...options })
  const tsx = pathToFileURL(createRequire(base).resolve('tsx/package.json'))
  const loader = new URL('./dist/esm/api/index.mjs', tsx)
  const file = new URL(`./${name}.ts`, base)
  const start = `import('${loader}').then(tsx => { tsx.register(); return import('${file}') })`
  return new Worker(start, { ...options, eval: true })
}

/** What a thread made of a file takes over from this program: not what says how its own text is to be read. */
export function threadArguments(): string[] {
  const of = (at: number): string | undefined => process.execArgv[at]
  return process.execArgv.filter(
    (one, at) => !/^--input-type(=|$)/.test(one) && of(at - 1) !== '--input-type',
  )
}
