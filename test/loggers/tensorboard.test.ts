import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tensorboard } from '../../src/loggers/tensorboard.ts'
import { crc32c, tfRecord } from '../../src/loggers/tf-record.ts'

beforeEach(() => {
  vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_500)
})
afterEach(() => {
  vi.restoreAllMocks()
})

test('CRC-32C of the examples of RFC 3720, appendix B.4', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43)
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e)
})

test("a record is that of tensorboard 2.21's RecordWriter, byte by byte", () => {
  expect(tfRecord(Buffer.from('abc')).toString('hex')).toBe(
    '0300000000000000b099490e6162636e57f121',
  )
})

test('events are those that protobuf 6 writes for tensorboard 2.21, byte by byte', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'minform-events-'))
  const signal = new AbortController().signal
  const run = { name: 'run', folder, config: {} }
  const logger = await tensorboard.open(
    run,
    [{ iteration: 300, 'rewards/mean': 0.25, é: -2 }],
    signal,
  )
  await logger.write([{ iteration: 301, why: 'text', none: null }], signal)
  await logger.rewind([], signal)
  const [name] = readdirSync(join(folder, 'tensorboard'))
  expect(name).toMatch(/^events\.out\.tfevents\.1700000000\./)
  const bytes = readFileSync(join(folder, 'tensorboard', name!))
  const records = []
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at))
    const record = bytes.subarray(at + 12, at + 12 + length)
    expect(bytes.subarray(at, at + 16 + length)).toEqual(tfRecord(record))
    records.push(record.toString('hex'))
    at += 16 + length
  }
  const start = '0900002040fc54d94110013a020801'
  expect(records).toEqual([
    '0900002040fc54d9411a0d627261696e2e4576656e743a32',
    start,
    '0900002040fc54d94110ac022a200a130a0c726577617264732f6d65616e150000803e0a090a02c3a915000000c0',
    expect.stringMatching(/^09.{16}10ad022a00$/), // no numbers: an empty summary
    start,
  ])
})
