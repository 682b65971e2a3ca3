// Files of a tar archive (POSIX ustar), gzipped or not, as servers pack adapters.

import { gunzipSync } from 'node:zlib'
import { DataError } from '../../errors.ts'

const block = 512 // bytes
const longName = 'L' // GNU: the next entry's name
// what an archive may unpack to: weights are hardly packed, those of a fresh adapter are half zeros
const leastRoom = 64 * 2 ** 20
const timesSmaller = 20
const extended = 'x' // POSIX: records of the next entry, among them its path

/** Every file of an archive, by its name without folders. Throws DataError where it is cut or none. */
export function filesOf(archive: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const bytes = unzipped(archive)
  const files = new Map<string, Uint8Array>()
  let named: string | null = null
  for (let at = 0; at + block <= bytes.length && bytes[at] !== 0; ) {
    const header = bytes.subarray(at, at + block)
    const size = Number.parseInt(text(header.subarray(124, 136)), 8)
    const kind = text(header.subarray(156, 157))
    const content = bytes.subarray(at + block, at + block + size)
    if (!(size >= 0) || content.length < size || !checksumFits(header))
      throw new DataError(`an archive of ${archive.length} bytes is damaged or cut`)
    if (kind === longName) named = text(content)
    else if (kind === extended) named = /\d+ path=(.*)\n/.exec(text(content))?.[1] ?? named
    else {
      const name = named ?? text(header.subarray(0, 100))
      if (kind === '0' || kind === '') files.set(name.split('/').at(-1)!, content)
      named = null
    }
    at += block * (1 + Math.ceil(size / block))
  }
  return files
}

function unzipped(archive: Uint8Array): Uint8Array {
  if (archive[0] !== 0x1f || archive[1] !== 0x8b) return plainly(archive)
  const most = leastRoom + timesSmaller * archive.length
  try {
    return gunzipSync(archive, { maxOutputLength: most })
  } catch (cause) {
    const tooLarge = (cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE'
    const why = tooLarge ? `unpacks to more than ${most} bytes` : 'is damaged or cut'
    throw new DataError(`an archive of ${archive.length} bytes ${why}`, { cause })
  }
}

/** An archive that nothing packs; one that another program than gzip packed is a DataError that says so. */
function plainly(archive: Uint8Array): Uint8Array {
  const start = Buffer.from(archive.subarray(0, 4)).toString('hex')
  const packing = packings.find(([magic]) => start.startsWith(magic))?.[1]
  if (packing === undefined) return archive
  throw new DataError(
    `an archive of ${archive.length} bytes is packed with ${packing}; expected tar, plain or gzipped`,
  )
}

/** What packed files begin with. */
const packings = [
  ['425a68', 'bzip2'],
  ['fd377a58', 'xz'],
  ['28b52ffd', 'zstd'],
  ['504b0304', 'zip'],
] as const

/** The sum of a header's bytes, its own field counted as spaces. */
function checksumFits(header: Uint8Array): boolean {
  const stated = Number.parseInt(text(header.subarray(148, 156)), 8)
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0)
  return sum === stated
}

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end)).trim()
}
