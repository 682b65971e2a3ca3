import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { listTensors, readTensors, writeTensors } from '../../../src/engine/hf/safetensors.ts'
import { DataError } from '../../../src/errors.ts'

const root = await mkdtemp(join(tmpdir(), 'minform-'))
let folder = root
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
})
afterAll(() => rm(root, { recursive: true }))

const a = { name: 'a', shape: [2, 3], values: Float32Array.of(1, -2, 3.1, 0, 5e-9, 6e9) }
const b = { name: 'b', shape: [2], values: Float32Array.of(7.5, -0) }
const path = (): string => join(folder, 'model.safetensors')
const target = ({ name, shape }: { name: string; shape: number[] }) => ({
  name,
  shape,
  into: new Float32Array(shape.reduce((x, y) => x * y, 1)),
})

/** A file with any header, and this many bytes of tensors. */
async function craft(header: unknown, bytes: number, file = path()): Promise<void> {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  await writeFile(file, Buffer.concat([length, json, Buffer.alloc(bytes, 1)]))
}
const entry = (start: number, end: number, shape = [(end - start) / 4], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [start, end],
})

test('what is written is read back: float32 exactly, bfloat16 rounded', async () => {
  await writeTensors(path(), [a, b])
  const [ta, tb] = [target(a), target(b)]
  await readTensors(folder, [tb, ta])
  expect(ta.into).toEqual(a.values)
  expect(tb.into).toEqual(b.values)
  expect(await readdir(folder)).toEqual(['model.safetensors'])
  await writeTensors(path(), [a, b], 'bfloat16')
  await readTensors(folder, [ta, tb])
  expect([...ta.into].map((x, i) => Math.abs(x - a.values[i]!) <= Math.abs(x) / 256)).not.toContain(
    false,
  )
  expect((await listTensors(folder)).get('b')).toMatchObject({ dtype: 'BF16', shape: [2] })
})

test('the header says what PyTorch expects, padded to eight bytes', async () => {
  await writeTensors(path(), [a])
  const bytes = await readFile(path())
  const length = Number(bytes.readBigUInt64LE())
  expect(length % 8).toBe(0)
  expect(bytes.length).toBe(8 + length + 24)
  expect(JSON.parse(bytes.toString('utf8', 8, 8 + length))).toEqual({
    __metadata__: { format: 'pt' },
    a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
  })
})

test('values go into a view of a larger array, and nowhere else', async () => {
  await writeTensors(path(), [a])
  for (const dtype of ['float32', 'bfloat16'] as const) {
    await writeTensors(path(), [a], dtype)
    const all = new Float32Array(10).fill(9)
    await readTensors(folder, [{ ...a, into: all.subarray(2, 8) }])
    expect([...all.slice(0, 3), ...all.slice(8)]).toEqual([9, 9, 1, 9, 9])
  }
})

test('shards are found through their index', async () => {
  await writeTensors(join(folder, 'one.safetensors'), [a])
  await writeTensors(join(folder, 'two.safetensors'), [b])
  const index = { weight_map: { a: 'one.safetensors', b: 'two.safetensors' } }
  const write = (json: unknown) =>
    writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify(json))
  await write(index)
  const [ta, tb] = [target(a), target(b)]
  await readTensors(folder, [ta, tb])
  expect([ta.into, tb.into]).toEqual([a.values, b.values])
  await write({ weight_map: { ...index.weight_map, c: 'two.safetensors' } })
  await expect(listTensors(folder)).rejects.toThrow(/two.safetensors: no tensor c/)
  await write({ weight_map: { a: 'three.safetensors' } })
  await expect(listTensors(folder)).rejects.toThrow(/three.safetensors: cannot be read/)
  await write({ weight_map: { a: '../one.safetensors' } })
  await expect(listTensors(folder)).rejects.toThrow(/outside the folder/)
  await write({ weight_map: { a: 'one.safetensors' } })
  expect([...(await listTensors(folder)).keys()]).toEqual(['a'])
  await writeTensors(join(folder, 'one.safetensors'), [a, b])
  await expect(readTensors(folder, [target(a)])).rejects.toThrow(/unexpected tensor b/)
  await write(index)
  await expect(listTensors(folder)).rejects.toThrow(/two.safetensors: tensor b is in another shard/)
  await write({ weights: 1 })
  await expect(listTensors(folder)).rejects.toThrow(/index.json: weight_map/)
})

test('a model that is not the wanted one is refused, tensor by tensor', async () => {
  await writeTensors(path(), [a, b])
  await expect(readTensors(folder, [target(a)])).rejects.toThrow(/unexpected tensor b/)
  await readTensors(folder, [target(a)], { ignore: name => name === 'b' })
  const c = target({ name: 'c', shape: [1] })
  await expect(readTensors(folder, [target(a), target(b), c])).rejects.toThrow(/no tensor c/)
  const turned = target({ name: 'a', shape: [3, 2] })
  await expect(readTensors(folder, [turned, target(b)])).rejects.toThrow(
    /model.safetensors: tensor a: shape \[2,3\]; expected \[3,2\]/,
  )
  await craft({ a: entry(0, 24, [2, 3], 'I32') }, 24)
  await expect(readTensors(folder, [target(a)])).rejects.toThrow(/tensor a: type I32; expected F32/)
})

test.each([
  ['an empty file', '', /0 bytes; expected a safetensors file/],
  ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\n', /Git LFS pointer/],
  [
    'a foreign file',
    'PK\u0003\u0004 some zip archive, by the looks of it',
    /not a safetensors file/,
  ],
])('%s', async (_, content, message) => {
  await writeFile(path(), content)
  await expect(listTensors(folder)).rejects.toThrow(DataError)
  await expect(listTensors(folder)).rejects.toThrow(message)
})

test.each<[string, unknown, number, RegExp]>([
  ['not JSON', '{"a":', 0, /header is not JSON/],
  ['not an object', '[1]', 0, /header/],
  ['no offsets', { a: { dtype: 'F32', shape: [1] } }, 4, /header: a.data_offsets/],
  ['a negative size', { a: entry(0, 4, [-1]) }, 4, /header: a.shape/],
  ['an unknown type', { a: entry(0, 4, [1], 'F12') }, 4, /tensor a: unknown type F12/],
  ['a shape of another size', { a: entry(0, 8, [3]) }, 8, /a: 8 bytes; expected 12 for F32 \[3\]/],
  ['ends before it starts', { a: entry(8, 4, [1]) }, 8, /a: -4 bytes; expected 4/],
  ['a truncated file', { a: entry(0, 400) }, 100, /tensor a ends at byte .* truncated/],
  ['an overlap', { a: entry(0, 8), b: entry(4, 12) }, 12, /tensor b .* overlap/],
  ['a gap', { a: entry(0, 8), b: entry(12, 16) }, 16, /tensor b .* gap/],
  ['bytes of no tensor', { a: entry(0, 8) }, 12, /bytes; expected .* from its header/],
])('a header that lies: %s', async (_, header, bytes, message) => {
  await craft(header, bytes)
  await expect(listTensors(folder)).rejects.toThrow(DataError)
  await expect(listTensors(folder)).rejects.toThrow(message)
})

test('a folder without weights says what it holds instead', async () => {
  await expect(listTensors(folder)).rejects.toThrow(/neither model.safetensors nor/)
  await writeFile(join(folder, 'pytorch_model.bin'), '')
  await expect(listTensors(folder)).rejects.toThrow(/pytorch_model.bin is not read/)
  await expect(listTensors(join(folder, 'nowhere'))).rejects.toThrow(/cannot be read/)
})

test('a write that fails leaves nothing behind and names the file', async () => {
  await expect(writeTensors(join(folder, 'no', 'model.safetensors'), [a])).rejects.toThrow(
    /no\/model.safetensors: cannot be written/,
  )
  const wrong = { ...a, shape: [7] }
  await expect(writeTensors(path(), [wrong])).rejects.toThrow(/6 values for shape \[7\]/)
  const infinite = { ...b, values: Float32Array.of(0, Number.POSITIVE_INFINITY) }
  await expect(writeTensors(path(), [a, infinite])).rejects.toThrow(
    /tensor b: Infinity at element 1 is not a finite float32/,
  )
  expect(await readdir(folder)).toEqual([])
})
