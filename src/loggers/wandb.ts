// An offline run of Weights & Biases, as its own program reads it: `wandb sync` sends it. The records are those of
// wandb/proto/wandb_internal.proto, the framing is that of LevelDB's log, with the CRC-32 of IEEE 802.3.

import { randomBytes } from 'node:crypto'
import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { MetricsLine } from '../runs/writer.ts'
import type { Json } from '../types.ts'
import type { Ended, LoggedRun, LoggerKind } from './logger.ts'
import { bytesField, messageField, varintField } from './protobuf.ts'
import { knownAs, rememberAs } from './state.ts'

const magic = Buffer.from([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0]) // ':W&B', 0xbee1, version 0
const blockBytes = 2 ** 15
const headBytes = 7 // of a part of a record: checksum, length, kind
const kinds = { whole: 1, first: 2, middle: 3, last: 4 }
const exitCodes: Readonly<Record<Ended, number>> = { done: 0, stopped: 130, failed: 1 }

/** An offline run in the folder `wandb` of the run, for a project. */
export function wandb(project: string): LoggerKind {
  const shown = `wandb=${project}`
  return {
    shown,
    async open(run, lines) {
      const { folder } = run
      const id = knownAs(folder, shown)?.split('-').at(-1) ?? newId()
      const name = knownAs(folder, shown) ?? `offline-run-${stamp()}-${id}`
      const place = join(folder, 'wandb', name)
      await mkdir(place, { recursive: true })
      rememberAs(folder, shown, name)
      const file = join(place, `run-${id}.wandb`)
      let [offset, records] = [0, 0]
      const framed = (bodies: readonly Buffer[]): Buffer => {
        const parts = bodies.map(body => {
          const numbered = Buffer.concat([varintField(1, ++records), body, info(id)])
          const bytes = inBlocks(numbered, offset)
          offset += bytes.length
          return bytes
        })
        return Buffer.concat(parts)
      }
      // it is written anew: an end that it may have would hide what comes after
      const begin = async (lines: readonly MetricsLine[]): Promise<void> => {
        ;[offset, records] = [magic.length, 0]
        const told = [headerRecord(), runRecord(run, project, id), ...lines.map(historyRecord)]
        await writeFile(file, Buffer.concat([magic, framed(told)]))
      }
      await begin(lines)
      return {
        write: more => appendFile(file, framed(more.map(historyRecord))),
        rewind: begin,
        end: ended => appendFile(file, framed([exitRecord(ended)])),
      }
    },
  }
}

/** A record in blocks of LevelDB's log, from where a file ends. */
function inBlocks(record: Buffer, offset: number): Buffer {
  const parts: Buffer[] = []
  let [at, place] = [0, offset]
  const add = (bytes: Buffer): void => {
    parts.push(bytes)
    place += bytes.length
  }
  do {
    let room = blockBytes - (place % blockBytes)
    if (room < headBytes) {
      add(Buffer.alloc(room))
      room = blockBytes
    }
    const data = record.subarray(at, at + room - headBytes)
    const [isFirst, isLast] = [at === 0, at + data.length === record.length]
    at += data.length
    add(
      head(
        data,
        isFirst ? (isLast ? kinds.whole : kinds.first) : isLast ? kinds.last : kinds.middle,
      ),
    )
    add(data)
  } while (at < record.length)
  return Buffer.concat(parts)
}

function head(data: Buffer, kind: number): Buffer {
  const bytes = Buffer.alloc(headBytes)
  bytes.writeUInt32LE(crc32(data, crc32(Buffer.from([kind]))), 0)
  bytes.writeUInt16LE(data.length, 4)
  bytes.writeUInt8(kind, 6)
  return bytes
}

function headerRecord(): Buffer {
  return messageField(21, messageField(1, bytesField(1, 'minform'), bytesField(2, '0.70.0')))
}

function runRecord({ name, config }: LoggedRun, project: string, id: string): Buffer {
  const items = Object.entries(Object(config) as Record<string, Json>).map(([key, value]) =>
    messageField(1, bytesField(1, key), bytesField(16, JSON.stringify(value))),
  )
  const now = messageField(17, varintField(1, Math.floor(Date.now() / 1000)))
  const named = [bytesField(1, id), bytesField(3, project), bytesField(8, name)]
  return messageField(17, ...named, messageField(4, ...items), now)
}

function historyRecord({ iteration, ...metrics }: MetricsLine): Buffer {
  const values = { ...metrics, _step: iteration, _timestamp: Date.now() / 1000 }
  const items = Object.entries(values).flatMap(([key, value]) =>
    value === null || (typeof value === 'number' && !Number.isFinite(value))
      ? []
      : [messageField(1, bytesField(2, key), bytesField(16, JSON.stringify(value)))],
  )
  return messageField(2, ...items, messageField(2, varintField(1, iteration)))
}

function exitRecord(ended: Ended): Buffer {
  return messageField(18, varintField(1, exitCodes[ended]))
}

function info(id: string): Buffer {
  return messageField(200, bytesField(1, id))
}

function newId(): string {
  return randomBytes(4).toString('hex')
}

/** The time as the names of such folders have it: 20261201_000026. */
function stamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_')
}
