// What comes as a GGUF file and is none, or lies: a named error, soon, and without the room that a lie asks for.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../../src/engine/hf/config-file.ts'
import { listTensors } from '../../../src/engine/hf/safetensors.ts'
import { DataError, EngineError, MinformError } from '../../../src/errors.ts'
import { loadChatTemplate } from '../../../src/tokenizer/chat-template.ts'
import { loadTokenizer } from '../../../src/tokenizer/load.ts'
import { fixture } from '../../fixtures/gguf/expected.ts'

const folder = mkdtempSync(join(tmpdir(), 'minform-hostile-'))
afterAll(() => rmSync(folder, { recursive: true }))
const whole = readFileSync(fixture('llama.gguf'))
let count = 0

/** A changed copy of a whole file. */
function changed(change: (bytes: Buffer) => unknown): string {
  const copy = Buffer.from(whole)
  const file = join(folder, `${count++}.gguf`)
  const made = change(copy)
  writeFileSync(file, made instanceof Buffer ? made : copy)
  return file
}

/** Everything that is read of a model before its weights. */
async function read(file: string): Promise<void> {
  await readConfig(file)
  await listTensors(file)
  await loadTokenizer(file)
  await loadChatTemplate(file)
}

/** Where a tensor's entry in the header has its parts. */
function entryOf(bytes: Buffer, name: string) {
  const dimensions = bytes.indexOf(name) + name.length + 4
  const type = dimensions + 8 * bytes.readUInt32LE(dimensions - 4)
  return { dimensions, type, offset: type + 4 }
}

/** Replaces a text by another of the same length. */
function renamed(bytes: Buffer, from: string, to: string): void {
  bytes.write(to, bytes.indexOf(from), 'latin1')
}

const down = 'blk.1.ffn_down.weight'
const lies: readonly [string, (bytes: Buffer) => unknown, typeof MinformError, RegExp][] = [
  [
    'nothing',
    () => Buffer.alloc(0),
    DataError,
    /begins with ""; expected a folder with config.json/,
  ],
  ['text', () => Buffer.from('hello\nworld'), DataError, /begins with "hell"; expected a folder/],
  ['a prefix', bytes => bytes.subarray(0, 20), DataError, /20 bytes of a GGUF file; cut short/],
  ['version 1', bytes => bytes.writeUInt32LE(1, 4), EngineError, /GGUF version 1, .*2 or 3/],
  ['version 9', bytes => bytes.writeUInt32LE(9, 4), EngineError, /GGUF version 9, which is not/],
  [
    'big-endian',
    bytes => bytes.writeUInt32BE(3, 4),
    EngineError,
    /big-endian.*gguf-convert-endian/,
  ],
  [
    '2^60 tensors',
    bytes => bytes.writeBigUInt64LE(2n ** 60n, 8),
    DataError,
    /1152921504606846976 tensors in a file of/,
  ],
  [
    '2^60 keys',
    bytes => bytes.writeBigUInt64LE(2n ** 60n, 16),
    DataError,
    /1152921504606846976 keys in a file of/,
  ],
  ['a header cut short', bytes => bytes.subarray(0, 4000), DataError, /cut short/],
  [
    'weights cut short',
    bytes => bytes.subarray(0, bytes.length - 100),
    DataError,
    /ends at byte \d+ of a file of \d+; cut short/,
  ],
  [
    'an unknown architecture',
    bytes => renamed(bytes, 'llama', 'gemma'),
    EngineError,
    /architecture gemma is not supported; supported: llama, qwen2/,
  ],
  [
    'an unknown tokenizer',
    bytes => renamed(bytes, 'smollm', 'smollx'),
    EngineError,
    /tokenizer.ggml.pre smollx is not known; known: default, gpt-2/,
  ],
  [
    'an unknown model of tokens',
    bytes => renamed(bytes, 'gpt2', 'bert'),
    EngineError,
    /tokenizer.ggml.model bert is not supported/,
  ],
  [
    'a type that is not read',
    bytes => bytes.writeUInt32LE(16, entryOf(bytes, down).type),
    EngineError,
    /tensor blk.1.ffn_down.weight: type IQ2_XXS is not supported; supported: F32, F16/,
  ],
  [
    'a type that is none',
    bytes => bytes.writeUInt32LE(77, entryOf(bytes, down).type),
    EngineError,
    /tensor blk.1.ffn_down.weight: type number 77 is not supported/,
  ],
  [
    'a list of 2^60 tokens',
    bytes => bytes.writeBigUInt64LE(2n ** 60n, bytes.indexOf('.ggml.tokens') + 12 + 8),
    DataError,
    /header cannot be read: .*1152921504606846976.*cut short or damaged/,
  ],
  [
    'a text of 2^60 bytes',
    bytes => bytes.writeBigUInt64LE(2n ** 60n, bytes.indexOf('chat_template') + 13 + 4),
    DataError,
    /header cannot be read: .*1152921504606846976.*cut short or damaged/,
  ],
  [
    'a dimension of 2^60',
    bytes => bytes.writeBigUInt64LE(2n ** 60n, entryOf(bytes, down).dimensions),
    DataError,
    /header cannot be read: .*1152921504606846976/,
  ],
  [
    'dimensions whose product is 2^62',
    bytes => {
      bytes.writeBigUInt64LE(2n ** 31n, entryOf(bytes, down).dimensions)
      bytes.writeBigUInt64LE(2n ** 31n, entryOf(bytes, down).dimensions + 8)
    },
    DataError,
    /ends at byte \S+ of a file of \d+/,
  ],
  [
    'a place past the end',
    bytes => bytes.writeBigUInt64LE(2n ** 40n, entryOf(bytes, down).offset),
    DataError,
    /blk.1.ffn_down.weight ends at byte/,
  ],
  [
    'a place past all numbers',
    bytes => bytes.writeBigUInt64LE(2n ** 64n - 32n, entryOf(bytes, down).offset),
    DataError,
    /blk.1.ffn_down.weight ends at byte/,
  ],
  [
    'tensors that overlap',
    bytes => bytes.writeBigUInt64LE(0n, entryOf(bytes, down).offset),
    DataError,
    /tensors .* overlap; damaged/,
  ],
  [
    'rows that are no blocks',
    bytes => bytes.writeBigUInt64LE(250n, entryOf(bytes, down).dimensions),
    DataError,
    /rows of 250 in blocks of 256/,
  ],
  [
    'a tensor twice',
    bytes => renamed(bytes, down, 'blk.0.ffn_down.weight'),
    DataError,
    /blk.0.ffn_down.weight is there twice/,
  ],
  [
    'text that is not UTF-8',
    bytes => bytes.writeUInt8(0xff, bytes.indexOf('<|im_start|>')),
    DataError,
    /text that is not UTF-8/,
  ],
  [
    'a token twice',
    bytes => bytes.write('b', bytes.indexOf('\u0001\0\0\0\0\0\0\0a') + 8),
    DataError,
    /tokens \d+ and \d+ are both "b"; expected each once/,
  ],
  [
    'more layers than there are',
    bytes => {
      const at = bytes.indexOf('llama.block_count') + 'llama.block_count'.length + 4
      bytes.writeUInt32LE(2 ** 31, at)
    },
    EngineError,
    /2147483648 layers; expected at most/,
  ],
]

test.each(lies)('%s', async (_, change, Kind, message) => {
  const file = changed(change)
  const started = performance.now()
  const error: Error = await read(file).then(
    () => new Error('it was read'),
    cause => cause,
  )
  expect(error.message).toMatch(message)
  expect(error).toBeInstanceOf(Kind)
  expect(error.message).toContain(file)
  expect(performance.now() - started).toBeLessThan(5000)
})

test('a folder that holds a GGUF file says which path to give', async () => {
  const file = changed(() => {})
  await expect(readConfig(folder)).rejects.toThrow(/give the GGUF file itself: .*\.gguf/)
  await expect(read(file)).resolves.toBeUndefined()
})

test('any damage to a header is a named error, or does no harm', async () => {
  const end = whole.indexOf('output_norm.weight') + 60
  const flip = fc.record({ at: fc.nat(end), to: fc.nat(255) })
  const damage = fc.record({
    flips: fc.array(flip, { maxLength: 4 }),
    length: fc.option(fc.nat(whole.length)),
  })
  const before = process.memoryUsage().rss
  await fc.assert(
    fc.asyncProperty(damage, async ({ flips, length }) => {
      const file = changed(bytes => {
        for (const { at, to } of flips) bytes[at] = to
        return bytes.subarray(0, length ?? bytes.length)
      })
      const started = performance.now()
      await read(file).catch(cause => {
        if (!(cause instanceof MinformError)) throw cause
      })
      rmSync(file)
      if (performance.now() - started > 5000) throw new Error('it took more than five seconds')
    }),
    { numRuns: 120 },
  )
  expect(process.memoryUsage().rss - before).toBeLessThan(1.5e9)
}, 120_000)
