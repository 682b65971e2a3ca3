// Event files as TensorBoard reads them: records of `Event` messages (tensorflow/core/util/event.proto), a scalar a metric.

import { appendFile, mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { MetricsLine } from '../runs/writer.ts'
import type { LoggerKind } from './logger.ts'
import { bytesField, doubleField, floatField, messageField, varintField } from './protobuf.ts'
import { tfRecord } from './tf-record.ts'

const started = 1 // SessionLog.START

let files = 0

/** Event files in the folder `tensorboard` of the run. */
export const tensorboard: LoggerKind = {
  shown: 'tensorboard',
  async open({ folder }, lines) {
    const place = join(folder, 'tensorboard')
    await mkdir(place, { recursive: true })
    const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, '0')
    const name = `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${files++}`
    const append = (...events: readonly Uint8Array[]): Promise<void> =>
      appendFile(join(place, name), Buffer.concat(events.map(tfRecord)))
    // what an earlier file has from the first step on is void: this one has all of it
    await append(versionEvent(), startEvent(1), ...lines.map(scalarsEvent))
    return {
      write: more => append(...more.map(scalarsEvent)),
      rewind: kept => append(startEvent((kept.at(-1)?.iteration ?? 0) + 1)),
      end: async () => {},
    }
  },
}

function versionEvent(): Buffer {
  return Buffer.concat([wallTime(), bytesField(3, 'brain.Event:2')])
}

/** Says that steps from this one on come again. */
function startEvent(step: number): Buffer {
  return Buffer.concat([wallTime(), varintField(2, step), messageField(7, varintField(1, started))])
}

function scalarsEvent({ iteration, ...metrics }: MetricsLine): Buffer {
  const values = Object.entries(metrics).flatMap(([tag, value]) =>
    typeof value === 'number' ? [messageField(1, bytesField(1, tag), floatField(2, value))] : [],
  )
  return Buffer.concat([wallTime(), varintField(2, iteration), messageField(5, ...values)])
}

function wallTime(): Buffer {
  return doubleField(1, Date.now() / 1000)
}
