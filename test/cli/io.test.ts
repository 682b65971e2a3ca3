import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, expect, test } from 'vitest'
import { outliveReader, readLines, readRecords, writeRecord } from '../../src/cli/io.ts'
import { ConfigError, DataError } from '../../src/errors.ts'

const folder = mkdtempSync(join(tmpdir(), 'minform-io-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = []
  for await (const item of items) out.push(item)
  return out
}

function file(text: string): string {
  const path = join(folder, 'input.jsonl')
  writeFileSync(path, text)
  return path
}

test('lines of a file: line ends, byte order mark, no last line end', async () => {
  const path = file('\uFEFFone\r\n\ntwo é')
  expect(await all(readLines(path))).toEqual([
    { text: 'one', where: `${path}:1` },
    { text: '', where: `${path}:2` },
    { text: 'two é', where: `${path}:3` },
  ])
  expect(await all(readLines(file('')))).toEqual([])
})

test('standard input in pieces that split lines and characters', async () => {
  const bytes = Buffer.from('{"a":"é"}\n{"b":2}\n')
  const pieces = [...bytes].map(byte => Buffer.from([byte]))
  const records = await all(readRecords('-', Readable.from(pieces, { objectMode: false })))
  expect(records).toEqual([
    { value: { a: 'é' }, where: 'standard input:1' },
    { value: { b: 2 }, where: 'standard input:2' },
  ])
})

test('records: blank lines are passed over, a broken one is named', async () => {
  expect((await all(readRecords(file('1\n\n  \n2\n')))).map(r => r.value)).toEqual([1, 2])
  const broken = all(readRecords(file('{"a":1}\n{"a":\n')))
  await expect(broken).rejects.toThrow(DataError)
  await expect(broken).rejects.toThrow(/input\.jsonl:2: not JSON: \{"a":/)
})

test('a file that is not there or is a folder is wrong usage', async () => {
  await expect(all(readLines(join(folder, 'none')))).rejects.toThrow(ConfigError)
  await expect(all(readLines(folder))).rejects.toThrow(/cannot read/)
})

test('records are written one a line, waiting for a slow reader', async () => {
  const slow = new PassThrough({ highWaterMark: 4 })
  const writing = (async () => {
    await writeRecord({ logprobs: new Float32Array([-0.5, Number.NEGATIVE_INFINITY]) }, slow)
    await writeRecord([1], slow)
    slow.end()
  })()
  const text = (await all(slow)).join('')
  await writing
  expect(text).toBe('{"logprobs":[-0.5,null]}\n[1]\n')
})

test('records end by SIGPIPE when their reader has gone, also while they wait for it', async () => {
  const goes = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code })
  const slow = new PassThrough({ highWaterMark: 4 })
  outliveReader(slow)
  const waiting = writeRecord({ a: 'longer than four' }, slow)
  slow.emit('error', goes('EPIPE'))
  await expect(waiting).rejects.toMatchObject({ code: 141, message: '' })
  await expect(writeRecord(1, slow)).rejects.toMatchObject({ code: 141 })
  const full = new PassThrough()
  outliveReader(full)
  expect(() => full.emit('error', goes('ENOSPC'))).toThrow('ENOSPC')
})
