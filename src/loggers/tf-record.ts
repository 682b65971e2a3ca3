// TFRecord, the framing of TensorFlow's files: a length and some bytes, each followed by its masked CRC-32C.

/** Bytes as one record. */
export function tfRecord(data: Uint8Array): Buffer {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(data.length))
  return Buffer.concat([length, masked(length), data, masked(data)])
}

function masked(data: Uint8Array): Buffer {
  const crc = crc32c(data)
  const rotated = ((crc >>> 15) | (crc << 17)) >>> 0
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE((rotated + 0xa282ead8) >>> 0)
  return bytes
}

/** The cyclic redundancy check of Castagnoli's polynomial (RFC 3720, appendix B.4). */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of data) crc = (table[(crc ^ byte) & 255]! ^ (crc >>> 8)) >>> 0
  return (crc ^ 0xffffffff) >>> 0
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
  return crc >>> 0
})
