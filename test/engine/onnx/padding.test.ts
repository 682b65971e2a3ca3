import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import sample, { type SampledText } from '../../../src/cli/sample.ts'
import { readParameters, saveCheckpoint } from '../../../src/engine/hf/checkpoint.ts'
import { readConfig } from '../../../src/engine/hf/config-file.ts'
import { openOnnxEngine } from '../../../src/engine/onnx/open.ts'
import { normal, random } from '../../../src/numbers/random.ts'
import { loadTokenizer } from '../../../src/tokenizer/load.ts'
import { recordsOf, rowsFile } from '../../cli/commands.ts'
import { padding } from '../sampling-conformance.ts'

// Embeddings are padded to a round number of rows. The rows are zeros, or what an initialiser left there.

const base = new URL('../../../models/base', import.meta.url).pathname
const rows = 30
const kinds = { zeros: 0, 'large random numbers': 3 }

describe.each(Object.entries(kinds))('a vocabulary padded with %s', (_, size) => {
  let folder = ''
  beforeAll(async () => {
    folder = await padded(size)
  })
  afterAll(() => rm(folder, { recursive: true }))

  const open = (from: string) => openOnnxEngine(from, { threads: 1 })
  if (size > 0) padding(async () => ({ engine: await open(folder), reopen: open }))

  test('is sampled at any temperature by the command', async () => {
    const args = [
      '--model',
      folder,
      '--temperature',
      '2.5',
      '--max-tokens',
      '60',
      '--n',
      '8',
      '--threads',
      '1',
    ]
    const file = rowsFile([{ prompt: 'Compute (3+4)*2.\n\n' }])
    const found = await recordsOf<SampledText>(sample, [file, ...args, '--stop', '99999'])
    const ids = found.flatMap(completion => [...completion.ids])
    expect(ids.length).toBeGreaterThan(100)
    expect(Math.max(...ids)).toBeLessThan((await loadTokenizer(base)).vocabSize)
  })

  test('is scored, learned from and decoded where its padding comes from elsewhere', async () => {
    const { vocabSize } = await loadTokenizer(base)
    const ids = Int32Array.of(5, vocabSize, 7, vocabSize + rows - 1)
    const engine = await open(folder)
    const [scores] = await engine.score([ids])
    expect(scores!.logprobs.every(Number.isFinite)).toBe(true)
    await engine.accumulate([{ ids, weights: Float32Array.of(1, 1, 1) }])
    expect((await engine.step({ learningRate: 1e-3 })).applied).toBe(true)
    await engine.close()
    const tokenizer = await loadTokenizer(folder)
    expect(tokenizer.decode(ids)).toBe((await loadTokenizer(base)).decode([5, 7]))
  })
})

/** models/base with more rows in its embedding, which is its head too. */
async function padded(size: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'minform-padded-'))
  for (const name of ['tokenizer.json', 'tokenizer_config.json'])
    await copyFile(join(base, name), join(folder, name))
  const config = await readConfig(base)
  const values = await readParameters(base, config)
  const table = config.vocabSize * config.hiddenSize // comes first
  const draw = random(1, 'padding')
  const more = Float32Array.from({ length: rows * config.hiddenSize }, () => size * normal(draw))
  const all = new Float32Array(values.length + more.length)
  all.set(values.subarray(0, table))
  all.set(more, table)
  all.set(values.subarray(table), table + more.length)
  await saveCheckpoint(folder, { ...config, vocabSize: config.vocabSize + rows }, all)
  return folder
}
