import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { wandb } from '../../src/loggers/wandb.ts'

const { signal } = new AbortController()

/** The records of a file after LevelDB's log format, its checksums looked at. */
function recordsOf(bytes: Buffer): Buffer[] {
  expect(bytes.subarray(0, 7)).toEqual(Buffer.from('3a572642e1be00', 'hex'))
  const records: Buffer[] = []
  let parts: Buffer[] = []
  for (let at = 7; at < bytes.length; ) {
    const room = 32768 - (at % 32768)
    if (room < 7) {
      at += room
      continue
    }
    const [length, kind] = [bytes.readUInt16LE(at + 4), bytes.readUInt8(at + 6)]
    expect(length).toBeLessThanOrEqual(room - 7)
    const data = bytes.subarray(at + 7, at + 7 + length)
    expect(bytes.readUInt32LE(at)).toBe(crc32(data, crc32(Buffer.from([kind]))))
    expect([1, 2].includes(kind)).toBe(parts.length === 0)
    parts.push(data)
    at += 7 + length
    if (kind === 1 || kind === 4) {
      records.push(Buffer.concat(parts))
      parts = []
    }
  }
  expect(parts).toEqual([])
  return records
}

async function opened() {
  const folder = await mkdtemp(join(tmpdir(), 'minform-wandb-'))
  const run = { name: 'nice', folder, config: { a: 1, o: { x: 2 } } }
  return { folder, run, logger: await wandb('p').open(run, [], signal) }
}

function fileIn(folder: string): string {
  const [name] = readdirSync(join(folder, 'wandb')) as [string]
  expect(readdirSync(join(folder, 'wandb'))).toHaveLength(1)
  return join(folder, 'wandb', name, `run-${name.split('-').at(-1)}.wandb`)
}

test('a run, its configuration, a record an iteration, its end', async () => {
  const { folder, logger } = await opened()
  await logger.write(
    [{ iteration: 1, 'rewards/mean': 0.5, broken: Number.NaN, none: null }],
    signal,
  )
  await logger.end('done', signal)
  const records = recordsOf(readFileSync(fileIn(folder))).map(one => one.toString('latin1'))
  expect(records).toHaveLength(4)
  expect(records[1]).toContain('{"x":2}')
  expect(records[2]).toContain('rewards/mean\x82\x01\x030.5')
  expect(records[2]).toContain('_step\x82\x01\x011')
  expect(records[2]).not.toContain('broken')
  expect(records[3]).toContain('\x92\x01\x02\x08\x00') // exit, with code 0
})

test('records that cross blocks, and ends of blocks that nothing fits into', async () => {
  const { folder, logger } = await opened()
  // of all lengths around the end of the first block, then one of several blocks
  for (let n = 0; n < 40; n++)
    await logger.write([{ iteration: n, text: 'x'.repeat(811 + n) }], signal)
  await logger.write([{ iteration: 40, text: 'y'.repeat(100_000) }], signal)
  const records = recordsOf(readFileSync(fileIn(folder)))
  expect(records).toHaveLength(2 + 41)
  expect(records.at(-1)!.toString()).toContain('y'.repeat(100_000))
})

test('a run that goes on has one file, with all that counts', async () => {
  const { folder, run, logger } = await opened()
  const lines = [1, 2, 3].map(iteration => ({ iteration, x: iteration }))
  await logger.write(lines, signal)
  await logger.end('stopped', signal)
  const again = await wandb('p').open(run, lines.slice(0, 2), signal)
  expect(recordsOf(readFileSync(fileIn(folder)))).toHaveLength(2 + 2)
  await again.write([lines[2]!], signal)
  await again.rewind(lines.slice(0, 1), signal)
  expect(recordsOf(readFileSync(fileIn(folder)))).toHaveLength(2 + 1)
})
