// The thread that runs the graphs: a graph runs synchronously, and would freeze progress and timers on the main thread.

import { parentPort, workerData } from 'node:worker_threads'
import { failureOf } from '../../threads/failure.ts'
import { exactBytes } from './exact-bytes.ts'
import { openModel, type VerbName, verbs } from './host.ts'
import type { Lanes } from './lanes.ts'
import type { Answer, Request } from './open.ts'

const port = parentPort!
const cancelled = new Set<number>()
const stopped = new DOMException('the request was cancelled', 'AbortError')
let closing = false

const lanes = await openModel(workerData.source, workerData.options).catch(error => {
  port.postMessage({ id: 0, error: failureOf(error) } satisfies Answer)
  process.exit(0)
})
const { model } = lanes
const { config, info } = model
const adapted = model.adapter !== null
const int8 = await exactBytes(workerData.options.device)
port.postMessage({ id: 0, config, info, adapted, int8, version: 0 } satisfies Answer)

let queue = Promise.resolve()
port.on('message', (message: Request) => {
  const { id, verb, args } = message
  if (verb === 'cancel') cancelled.add(id)
  else if (verb === 'close') closing = true
  queue = queue.then(() => {
    if (verb === 'close') return end()
    return verb === 'cancel' ? undefined : serve(id, verb, args)
  })
})

/** Ends the thread, which lets go of the model. */
async function end(): Promise<void> {
  await lanes.close()
  port.close()
}

async function serve(id: number, verb: VerbName, args: readonly unknown[]): Promise<void> {
  const checkpoint = (): void => {
    if (closing || cancelled.has(id)) throw stopped
  }
  try {
    const run = verbs[verb] as (l: Lanes, c: () => void, ...a: readonly unknown[]) => unknown
    checkpoint()
    const value = await run(lanes, checkpoint, ...args)
    // Arrays by name are copies made for this answer: the other thread gets them as they are.
    const moved = value instanceof Map ? [...value.values()].map(({ buffer }) => buffer) : []
    port.postMessage({ id, value, version: model.version } satisfies Answer, moved)
  } catch (error) {
    port.postMessage({ id, error: failureOf(error), version: model.version } satisfies Answer)
  } finally {
    cancelled.delete(id)
  }
}
