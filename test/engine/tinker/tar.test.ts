import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { filesOf } from '../../../src/engine/tinker/tar.ts'
import { DataError } from '../../../src/errors.ts'

test('an archive that unpacks to a thousand times its size is refused by name', () => {
  const archive = gzipSync(Buffer.alloc(80 * 2 ** 20))
  expect(archive.length).toBeLessThan(100_000)
  expect(() => filesOf(archive)).toThrow(DataError)
  expect(() => filesOf(archive)).toThrow(/unpacks to more than \d+ bytes/)
})

test.each([[Buffer.from([0x1f, 0x8b, 8, 0])], [Buffer.alloc(512, 1)]])(
  'an archive that is none is damaged: %j',
  archive => {
    expect(() => filesOf(archive)).toThrow('damaged or cut')
  },
)

test.each([
  [[0x42, 0x5a, 0x68, 0x39], 'bzip2'],
  [[0xfd, 0x37, 0x7a, 0x58], 'xz'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd'],
  [[0x50, 0x4b, 3, 4], 'zip'],
])('an archive that begins with %j is packed with %s', (start, packing) => {
  const archive = Buffer.concat([Buffer.from(start), Buffer.alloc(600, 7)])
  expect(() => filesOf(archive)).toThrow(`packed with ${packing}; expected tar, plain or gzipped`)
})
