// Another thread's lane, as the thread of the model sees it.

import type { Worker } from 'node:worker_threads'
import { EngineError } from '../../errors.ts'
import { onEnd, revived } from '../../threads/failure.ts'
import { startThread } from '../../threads/thread.ts'
import type { LaneAnswer, LaneMemory, LaneRequest, LaneSource } from './lane.ts'
import type { Model } from './model.ts'
import type { WorkAnswer, WorkArgs, WorkName } from './work.ts'

/** Is asked for one thing at a time. */
export class Helper {
  readonly memory: LaneMemory
  outdated = true // its weights
  private readonly worker: Worker
  private readonly ended: Promise<void>
  private answer: { resolve(value: unknown): void; reject(error: Error): void } | null = null
  private failed: Error | null = null

  constructor(source: Omit<LaneSource, 'memory'>, trained: Float32Array) {
    const stop = new Int32Array(new SharedArrayBuffer(4))
    this.memory = { trained, gradient: sharedFloats(trained.length), stop }
    const workerData: LaneSource = { ...source, memory: this.memory }
    this.worker = startThread(import.meta.url, 'lane', { workerData })
    this.worker.on('message', ({ value, error }: LaneAnswer) => {
      const { answer } = this
      this.answer = null
      if (error === undefined) answer?.resolve(value)
      else answer?.reject(revived(error))
    })
    onEnd(this.worker, how => this.fail(how))
    this.ended = new Promise(resolve => this.worker.once('exit', () => resolve()))
    this.worker.unref()
  }

  /** The answer of a verb; its weights are made those of the model first. */
  work<V extends WorkName>(verb: V, args: WorkArgs<V>, model: Model): Promise<WorkAnswer<V>> {
    const { version, tokens } = model
    const changed = this.outdated
    this.outdated = false
    Atomics.store(this.memory.stop, 0, 0)
    return new Promise<unknown>((resolve, reject) => {
      if (this.failed !== null) reject(this.failed)
      this.answer = { resolve, reject }
      this.post({ verb, args, version, changed, tokens })
    }) as Promise<WorkAnswer<V>>
  }

  async close(): Promise<void> {
    this.worker.ref()
    this.post({ verb: 'close' })
    await this.ended
  }

  private post(request: LaneRequest): void {
    this.worker.postMessage(request)
  }

  private fail(how: string): void {
    this.failed ??= new EngineError(`a lane of the engine failed: it ${how}`)
    this.answer?.reject(this.failed)
  }
}

/** Zeros that every thread sees. */
export function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * length))
}
