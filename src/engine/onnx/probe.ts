// Whether a device computes here, tried in a process of its own: a driver that crashes takes nothing else with it, and what
// native code prints is not shown.

import { fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Device } from '../engine.ts'

/** What a device did with a small graph. */
export interface Probed {
  readonly device: Device
  readonly computes: boolean
  readonly gflops: number | null // of products of matrices
  readonly why: string | null // it does not compute
}

/** What the process of a probe answers. */
export type ProbeAnswer = { readonly gflops: number } | { readonly why: string }

const typescript = import.meta.url.endsWith('.ts')
const own = new URL(`./probe-program.${typescript ? 'ts' : 'js'}`, import.meta.url)

/** Has a device multiply matrices, and measures it for about a second. */
export function probeDevice(
  device: Device,
  threads: number,
  { timeoutMs = 60_000, program = own } = {},
): Promise<Probed> {
  const child = fork(fileURLToPath(program), [device, String(threads)], {
    execArgv: typescript ? ['--import', loader()] : [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  return new Promise(resolve => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      end({ why: `gave no answer within ${timeoutMs / 1000} s` })
    }, timeoutMs)
    const end = (answer: ProbeAnswer): void => {
      clearTimeout(timer)
      const gflops = 'gflops' in answer ? answer.gflops : null
      const why = 'why' in answer ? answer.why : null
      resolve({ device, computes: gflops !== null, gflops, why })
    }
    child.once('message', answer => end(answer as ProbeAnswer)) // how it ends after that does not matter
    child.once('error', error => end({ why: error.message }))
    child.once('close', (code, signal) =>
      end({ why: `the process that tried it died (${signal ?? `exit code ${code}`})` }),
    )
  })
}

function loader(): string {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'))
  return new URL('./dist/loader.mjs', tsx).href
}
