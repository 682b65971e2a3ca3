// What this machine and this installation have.

import { statfsSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { type PostInstall, postInstall } from '../../engine/onnx/post-install.ts'
import { type Environment, hubSettings } from '../../hub/settings.ts'

export const leastNode = [20, 19] as const

/** Bytes that are free where something is kept; null where the system does not tell. */
export interface Disk {
  readonly what: string
  readonly path: string
  readonly free: number | null
}

/** Where models of the Hub come from; a token is only said to be there. */
export type HubPlace =
  | {
      readonly endpoint: string
      readonly cache: string
      readonly offline: boolean
      readonly token: boolean
    }
  | { readonly problem: string }

export interface Machine {
  readonly node: string
  readonly nodeIsNewEnough: boolean
  readonly system: string // 'linux/x64'
  readonly cores: number
  readonly memory: { readonly total: number; readonly available: number } // bytes, within a container's limit
  readonly disks: readonly Disk[]
  readonly hub: HubPlace
  readonly postInstall: PostInstall
}

/** What can be read off without computing anything. */
export function machine(env: Environment = process.env): Machine {
  const hub = hubPlace(env)
  const limit = process.constrainedMemory()
  const total = limit > 0 ? Math.min(totalmem(), limit) : totalmem()
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return {
    node: process.versions.node,
    nodeIsNewEnough: major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]),
    system: `${process.platform}/${process.arch}`,
    cores: availableParallelism(),
    memory: { total, available: Math.min(total, process.availableMemory()) },
    disks: [
      disk('runs', process.cwd()),
      ...('cache' in hub ? [disk('models of the Hub', hub.cache)] : []),
    ],
    hub,
    postInstall: postInstall(),
  }
}

function hubPlace(env: Environment): HubPlace {
  try {
    const { endpoint, cache, offline, token } = hubSettings(env)
    return { endpoint, cache, offline, token: token !== null }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

/** Of a folder that may not be there yet: of the nearest one above it that is. */
function disk(what: string, path: string): Disk {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = statfsSync(at)
      return { what, path, free: bavail * bsize }
    } catch {
      if (dirname(at) === at) return { what, path, free: null }
    }
  }
}
