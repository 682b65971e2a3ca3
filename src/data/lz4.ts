// LZ4, as Parquet files hold it: bare blocks (LZ4_RAW), and those with the sizes before them that Hadoop writes (LZ4).

/** The bytes of one block. Throws RangeError where it does not hold as many, or points outside of what it holds. */
export function lz4Block(block: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length)
  let [at, to] = [0, 0]
  /** A length of 15 goes on in bytes, the last of which is below 255. */
  const longer = (nibble: number): number => {
    let total = nibble
    if (nibble < 15) return total
    for (let byte = 255; byte === 255; total += byte) {
      if (at >= block.length) throw damaged()
      byte = block[at++]
    }
    return total
  }
  while (at < block.length) {
    const token = block[at++]
    const literals = longer(token >> 4)
    if (at + literals > block.length || to + literals > length) throw damaged()
    out.set(block.subarray(at, at + literals), to)
    at += literals
    to += literals
    if (at === block.length) break // the last sequence has no match
    if (at + 2 > block.length) throw damaged()
    const distance = block[at] | (block[at + 1] << 8)
    at += 2
    const match = longer(token & 15) + 4
    if (distance === 0 || distance > to || to + match > length) throw damaged()
    for (let i = 0; i < match; i++, to++) out[to] = out[to - distance] // may overlap itself
  }
  if (to !== length) throw damaged()
  return out
}

/** The bytes of blocks as Hadoop frames them: the size of what is unpacked, that of the block, both big-endian; else of a bare block. */
export function lz4Hadoop(bytes: Uint8Array, length: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Uint8Array[] = []
  let [at, total] = [0, 0]
  while (at + 8 <= bytes.length && total < length) {
    const [unpacked, packed] = [view.getUint32(at), view.getUint32(at + 4)]
    if (at + 8 + packed > bytes.length || total + unpacked > length) return lz4Block(bytes, length)
    parts.push(lz4Block(bytes.subarray(at + 8, at + 8 + packed), unpacked))
    at += 8 + packed
    total += unpacked
  }
  return total === length && at === bytes.length ? Buffer.concat(parts) : lz4Block(bytes, length)
}

function damaged(): RangeError {
  return new RangeError('a damaged block of LZ4')
}
