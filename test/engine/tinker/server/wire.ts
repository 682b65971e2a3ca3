// The protobuf of the Tinker protocol, written out by hand and apart from the product's, so that each is held against the
// other. Numbers of fields as the protocol has them.

/** A message as it came: the values of every field, in order; lengths are bytes, the rest numbers. */
export type Fields = ReadonlyMap<number, readonly (Uint8Array | number)[]>

export function fieldsOf(bytes: Uint8Array): Fields {
  const fields = new Map<number, (Uint8Array | number)[]>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const varint = (): number => {
    let [value, scale] = [0, 1]
    for (;;) {
      const byte = bytes[at++]!
      value += (byte & 127) * scale
      if (byte < 128) return value
      scale *= 128
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const kind = tag & 7
    const size = kind === 0 ? 0 : kind === 1 ? 8 : varint()
    const content = bytes.subarray(at, at + size)
    const value = kind === 0 ? varint() : kind === 1 ? view.getFloat64(at, true) : content
    at += size
    const number = Math.floor(tag / 8)
    fields.set(number, [...(fields.get(number) ?? []), value])
  }
  return fields
}

export const message = (fields: Fields, number: number): Fields[] =>
  (fields.get(number) ?? []).map(bytes => fieldsOf(bytes as Uint8Array))
export const string = (fields: Fields, number: number): string =>
  new TextDecoder().decode((fields.get(number)?.[0] as Uint8Array) ?? new Uint8Array())
export const number = (fields: Fields, at: number): number => (fields.get(at)?.[0] as number) ?? 0
export const bytes = (fields: Fields, at: number): Uint8Array =>
  (fields.get(at)?.[0] as Uint8Array) ?? new Uint8Array()

function varintOf(value: number): number[] {
  const out: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest]
    out.push((rest % 128) | 128)
  }
}

export const lengthField = (at: number, content: Uint8Array | string): Buffer => {
  const inner = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content)
  return Buffer.concat([Buffer.from([...varintOf(at * 8 + 2), ...varintOf(inner.length)]), inner])
}
export const numberField = (at: number, value: number): Buffer =>
  Buffer.from([...varintOf(at * 8), ...varintOf(value)])

export const int32s = (raw: Uint8Array): Int32Array =>
  Int32Array.from({ length: raw.length / 4 }, (_, i) => Buffer.from(raw).readInt32LE(4 * i))
export const float32s = (raw: Uint8Array): Float32Array =>
  Float32Array.from({ length: raw.length / 4 }, (_, i) => Buffer.from(raw).readFloatLE(4 * i))
export const raw = (values: readonly number[], kind: 'int32' | 'float32' | 'int64'): Buffer => {
  const size = kind === 'int64' ? 8 : 4
  const out = Buffer.alloc(size * values.length)
  values.forEach((value, i) => {
    if (kind === 'int32') out.writeInt32LE(value, 4 * i)
    else if (kind === 'int64') out.writeBigInt64LE(BigInt(value), 8 * i)
    else out.writeFloatLE(value, 4 * i)
  })
  return out
}

/** A request to learn or to read, as the JSON of the same one. */
export function passOf(body: Uint8Array) {
  const fields = fieldsOf(body)
  const data = message(fields, 3).map(datum => {
    const tokens = message(datum, 1).flatMap(chunk => [
      ...int32s(bytes(fieldsOf(bytes(chunk, 1)), 1)),
    ])
    const inputs = message(datum, 2).map(entry => {
      const tensor = fieldsOf(bytes(entry, 2))
      const dtype = number(tensor, 3)
      const dense = Buffer.from(bytes(tensor, 1))
      const data =
        dtype === 1
          ? [...float32s(dense)]
          : dtype === 2
            ? Array.from({ length: dense.length / 8 }, (_, i) =>
                Number(dense.readBigInt64LE(8 * i)),
              )
            : [...int32s(dense)]
      return [string(entry, 1), { data, dtype: ['', 'float32', 'int64', 'int32'][dtype] }]
    })
    return {
      model_input: { chunks: [{ type: 'encoded_text', tokens }] },
      loss_fn_inputs: Object.fromEntries(inputs),
    }
  })
  const config = message(fields, 5).map(entry => [string(entry, 1), number(entry, 2)])
  const input = { data, loss_fn: string(fields, 4), loss_fn_config: Object.fromEntries(config) }
  const forward = number(fields, 6) === 1
  return {
    model_id: string(fields, 1),
    seq_id: number(fields, 2),
    forward,
    [forward ? 'forward_input' : 'forward_backward_input']: input,
  }
}

/** The answer of a pass: every datum's log-probabilities behind one another. */
export function passAnswer(logprobs: readonly Float32Array[]): Buffer {
  const offsets = [0]
  for (const one of logprobs) offsets.push(offsets.at(-1)! + 4 * one.length)
  const batched = Buffer.concat([
    lengthField(
      1,
      raw(
        logprobs.flatMap(one => [...one]),
        'float32',
      ),
    ),
    lengthField(2, raw(offsets, 'int64')),
    numberField(3, 1),
  ])
  const entry = Buffer.concat([lengthField(1, 'logprobs'), lengthField(2, batched)])
  const record = Buffer.concat([lengthField(2, entry), numberField(3, logprobs.length)])
  return Buffer.concat([lengthField(1, 'ArrayRecord'), lengthField(2, record)])
}

/** The answer of a sample. */
export function sampleAnswer(found: {
  readonly sequences: readonly {
    readonly stop_reason: string
    readonly tokens: readonly number[]
    readonly logprobs: readonly number[]
  }[]
  readonly prompt_logprobs: readonly (number | null)[] | null
}): Buffer {
  const sequences = found.sequences.map(one =>
    lengthField(
      1,
      Buffer.concat([
        ...(one.stop_reason === 'length' ? [numberField(1, 1)] : []), // 0 is not written
        lengthField(2, raw(one.tokens, 'int32')),
        lengthField(3, raw(one.logprobs, 'float32')),
      ]),
    ),
  )
  const prompt = found.prompt_logprobs?.map(x => x ?? Number.NaN)
  return Buffer.concat([...sequences, ...(prompt ? [lengthField(2, raw(prompt, 'float32'))] : [])])
}
