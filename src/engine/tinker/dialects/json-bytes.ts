// Requests as JSON, their arrays of numbers written digit by digit: most of a request is tokens and what each of them weighs, and
// the usual way through arrays of numbers and a text takes three times as long.

type Part = null | boolean | number | string | Int32Array | Float32Array | readonly Part[] | Parts
export type Parts = { readonly [key: string]: Part | undefined }

const longest = 32 // characters of a number with its comma, at most

/** The JSON of a value, in which typed arrays are arrays. A float32 is told by nine digits, which name no other. */
export function jsonBytes(value: Parts): Uint8Array<ArrayBuffer> {
  const writer = new JsonWriter()
  writer.value(value)
  return writer.bytes()
}

class JsonWriter {
  private buffer = Buffer.allocUnsafe(2 ** 16)
  private at = 0

  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.buffer.buffer as ArrayBuffer, this.buffer.byteOffset, this.at)
  }

  value(part: Part): void {
    if (part instanceof Int32Array) this.numbers(part, writeInteger)
    else if (part instanceof Float32Array) this.numbers(part, writeFloat)
    else if (Array.isArray(part)) this.list(part)
    else if (typeof part === 'object' && part !== null) this.object(part as Parts)
    else this.text(JSON.stringify(part))
  }

  private list(parts: readonly Part[]): void {
    this.text('[')
    for (const [i, part] of parts.entries()) {
      if (i > 0) this.text(',')
      this.value(part)
    }
    this.text(']')
  }

  private object(parts: Parts): void {
    let before = '{'
    for (const [key, part] of Object.entries(parts)) {
      if (part === undefined) continue
      this.text(`${before}${JSON.stringify(key)}:`)
      this.value(part)
      before = ','
    }
    this.text(before === '{' ? '{}' : '}')
  }

  private text(text: string): void {
    this.ensure(3 * text.length)
    this.at += this.buffer.write(text, this.at)
  }

  private numbers<T extends Int32Array | Float32Array>(
    values: T,
    write: (value: number, into: Buffer, at: number) => number,
  ): void {
    this.ensure(2 + longest * values.length)
    const { buffer } = this
    let { at } = this
    buffer[at++] = openList
    for (let i = 0; i < values.length; i++) {
      if (i > 0) buffer[at++] = comma
      at = write(values[i]!, buffer, at)
    }
    buffer[at++] = closeList
    this.at = at
  }

  private ensure(more: number): void {
    if (this.at + more <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.buffer.length, this.at + more))
    this.buffer.copy(larger, 0, 0, this.at)
    this.buffer = larger
  }
}

const [openList, closeList, comma, minus, exponent] = [...Buffer.from('[],-e')] as [
  number,
  number,
  number,
  number,
  number,
]

/** The three digits of every number below a thousand, one after another. */
const threes = Buffer.from(
  Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0')).join(''),
)

/** Of the binary exponent of a float32: how many digits behind the point make nine or ten of it, below 2^31. */
const digitsBehind = Int8Array.from({ length: 256 }, (_, bits) =>
  Math.ceil(8 - (bits - 127) * Math.log10(2)),
)
const powers = Array.from({ length: 128 }, (_, i) => 10 ** i)
const asFloat = new Float32Array(1)
const bitsOf = new Uint32Array(asFloat.buffer)

/** Writes a 32-bit integer; where it ends. */
function writeInteger(value: number, into: Uint8Array, start: number): number {
  let [left, at] = [value, start]
  if (left < 0) {
    into[at++] = minus
    left = -left
  }
  if (left < 1000) return writeFirst(left, into, at)
  if (left < 1e6) return writeThree(left % 1000, into, writeFirst((left / 1000) | 0, into, at))
  const thousands = Math.floor(left / 1000)
  return writeThree(left % 1000, into, writeInteger(thousands, into, at))
}

/** Writes a number below a thousand without zeros before it. */
function writeFirst(value: number, into: Uint8Array, start: number): number {
  let at = start
  if (value > 99) into[at++] = threes[3 * value]!
  if (value > 9) into[at++] = threes[3 * value + 1]!
  into[at++] = threes[3 * value + 2]!
  return at
}

function writeThree(value: number, into: Uint8Array, at: number): number {
  into[at] = threes[3 * value]!
  into[at + 1] = threes[3 * value + 1]!
  into[at + 2] = threes[3 * value + 2]!
  return at + 3
}

/** Writes a float32 as a whole number and the power of ten below it, `-669746893e-11`: nine digits name no other. */
function writeFloat(value: number, into: Buffer, start: number): number {
  if (value === (value | 0)) return writeInteger(value, into, start)
  asFloat[0] = value
  const digits = digitsBehind[(bitsOf[0]! >>> 23) & 255]!
  if (!(digits > 0 && digits < 46)) return start + into.write(JSON.stringify(value), start)
  let at = start
  if (value < 0) into[at++] = minus
  const whole = Math.round(Math.abs(value) * powers[digits]!)
  const [millions, rest] = [(whole / 1e6) | 0, whole % 1e6]
  at = writeInteger(millions, into, at)
  at = writeThree((rest / 1000) | 0, into, at)
  at = writeThree(rest % 1000, into, at)
  into[at] = exponent
  into[at + 1] = minus
  return writeFirst(digits, into, at + 2)
}
