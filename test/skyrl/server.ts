// SkyRL's server on this CPU, in a process group of its own, for tests that run where MINFORM_SKYRL names its Python.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Profile } from '../../src/engine/tinker/profile.ts'

const script = join(import.meta.dirname, '../../.ci/skyrl/serve.py')

/** The Python that has SkyRL; null where these tests are not asked for. */
export const python = process.env.MINFORM_SKYRL ?? null

/** What SkyRL's JAX backend was found to do. */
export const skyrl: Profile = {
  ...({ reduction: 'mean', carrier: 'cispo' } as const),
  ...{ snapshots: false, idempotent: false, clips: false, exactSeeds: true },
}

/** What every graph of the server's costs is the time to compile it: few shapes, and no costly passes. */
const settings = {
  max_lora_adapters: 8,
  max_lora_rank: 16,
  train_micro_batch_size: 8,
  sample_max_num_sequences: 64,
}

export class RealServer {
  readonly url: string
  readonly model: string
  readonly work: string
  private readonly port: number
  private process: ChildProcess | null = null

  /** A server of the model of a folder, ready for its first request. */
  static async start(model: string): Promise<RealServer> {
    const server = new RealServer(
      model,
      await mkdtemp(join(tmpdir(), 'minform-skyrl-')),
      await freePort(),
    )
    await server.begin()
    return server
  }

  private constructor(model: string, work: string, port: number) {
    this.model = model
    this.work = work
    this.port = port
    this.url = `http://127.0.0.1:${port}`
  }

  /** Starts it, again where it was killed: its database and checkpoints are as they were. */
  async begin(): Promise<void> {
    const graphs = process.env.MINFORM_SKYRL_GRAPHS ?? join(this.work, 'graphs')
    await mkdir(graphs, { recursive: true })
    const args = [script, this.model, this.work, String(this.port), JSON.stringify(settings)]
    const env = {
      ...process.env,
      ...{ END_WITH_STDIN: '1', JAX_PLATFORMS: 'cpu', JAX_COMPILATION_CACHE_DIR: graphs },
      ...{ JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS: '0' },
      ...{ JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES: '-1' },
      ...{ HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1' },
      XLA_FLAGS: '--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true',
    }
    const child = spawn(python!, args, { env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
    this.process = child
    const log = createWriteStream(join(this.work, 'log'), { flags: 'a' })
    child.stdout!.pipe(log)
    child.stderr!.pipe(log)
    child.stdin!.on('error', () => {}) // it was killed
    await this.answers(child)
  }

  /** Ends API and engine as a machine that goes down does, or as a supervisor does. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.process
    this.process = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    process.kill(-child.pid!, signal)
    await ended
  }

  async close(): Promise<void> {
    await this.kill()
    if (process.env.MINFORM_SKYRL_KEEP === undefined) await rm(this.work, { recursive: true })
  }

  private async answers(child: ChildProcess): Promise<void> {
    for (let waited = 0; waited < 60_000; waited += 200) {
      if (child.exitCode !== null) throw Error(`the server ended; see ${join(this.work, 'log')}`)
      const health = await fetch(`${this.url}/api/v1/healthz`).catch(() => null)
      if (health?.ok) return
      await pause(200)
    }
    throw Error(`the server does not answer; see ${join(this.work, 'log')}`)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
