// Messages of Protocol Buffers, field by field: what two formats of files need of it.

/** An unsigned whole number, a field of wire type 0. */
export function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint(8 * field), varint(value)])
}

/** Bytes, a text or a message, a field of wire type 2. */
export function bytesField(field: number, value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value as string)
  return Buffer.concat([varint(8 * field + 2), varint(bytes.length), bytes])
}

/** A message of fields as a field. */
export function messageField(field: number, ...fields: readonly Uint8Array[]): Buffer {
  return bytesField(field, Buffer.concat(fields))
}

/** A float64, a field of wire type 1. */
export function doubleField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return Buffer.concat([varint(8 * field + 1), bytes])
}

/** A float32, a field of wire type 5. */
export function floatField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return Buffer.concat([varint(8 * field + 5), bytes])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let left = value // not by shifts, which are of 32 bits
  while (left >= 128) {
    bytes.push(128 + (left % 128))
    left = Math.floor(left / 128)
  }
  return Buffer.from([...bytes, left])
}
