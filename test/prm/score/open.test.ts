import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { saveCheckpoint } from '../../../src/engine/hf/checkpoint.ts'
import { freshConfig } from '../../../src/engine/hf/config.ts'
import { initialise } from '../../../src/engine/hf/parameters.ts'
import { ConfigError, DataError, EngineError } from '../../../src/errors.ts'
import { random } from '../../../src/numbers/random.ts'
import { layoutEntry, layoutKey, minformLayout } from '../../../src/prm/layout.ts'
import { conventionOf } from '../../../src/prm/score/conventions.ts'
import { askedOf, openScorer } from '../../../src/prm/score/open.ts'
import type { ModelSpec } from '../../../src/prm/score/spec.ts'
import type { Json } from '../../../src/types.ts'
import { solutionOf } from '../solutions.ts'

const fixtures = new URL('../../fixtures', import.meta.url).pathname
const root = mkdtempSync(join(tmpdir(), 'minform-open-'))
afterAll(() => rmSync(root, { recursive: true }))

/** A copy of a checkpoint with other keys in its config.json. */
function folder(name: string, from: string, keys: Readonly<Record<string, unknown>> = {}): string {
  const to = join(root, name)
  cpSync(join(fixtures, 'hf', from), to, { recursive: true })
  const config = JSON.parse(readFileSync(join(to, 'config.json'), 'utf8'))
  writeFileSync(join(to, 'config.json'), JSON.stringify({ ...config, ...keys }))
  return to
}

/** A fresh classifier with the vocabulary of the checkpoints. */
async function classifier(name: string, classes: number, headHidden: boolean): Promise<string> {
  const to = join(root, name)
  const config = freshConfig({
    architecture: 'qwen2',
    vocabSize: 1500,
    hiddenSize: 8,
    intermediateSize: 16,
    layers: 1,
    heads: 2,
    maxPositions: 128,
    head: 'token-classification',
    classes,
    headHidden,
    eosIds: [2],
  })
  const options = { tokenizer: join(fixtures, 'tokenizer') }
  await saveCheckpoint(to, config, initialise(config, random(1, name)), options)
  return to
}

const open = (folder: string, more: Partial<ModelSpec> = {}) =>
  openScorer({ kind: 'model', folder, threads: 1, ...more })
const asked = (folder: string, more: Partial<ModelSpec> = {}) =>
  askedOf({ kind: 'model', folder, ...more })
const solution = solutionOf('Two plus two?', ['2 + 2 = 4.', 'So 4.'])

describe('a model says how it is asked', () => {
  test('in its config.json, which a named convention goes before', async () => {
    const layout: Json = { ...layoutEntry(minformLayout) }[layoutKey]!
    const own = folder('own', 'qwen2-prm', { [layoutKey]: layout })
    expect((await asked(own)).layout).toEqual(minformLayout)
    const named = await asked(own, { convention: 'qwen-math-prm', threshold: 0.4 })
    expect(named.layout).toEqual({ ...conventionOf('qwen-math-prm'), threshold: 0.4 })
    const scorer = await open(own)
    expect(scorer).toMatchObject({ name: own, range: [-1, 1], threshold: 0, aggregation: 'min' })
    expect((await scorer.score([solution]))[0]!.length).toBe(2)
    await scorer.close()
  })

  test('by its architecture, where no other is asked so', async () => {
    const hidden = await classifier('hidden', 2, true)
    const { layout } = await asked(hidden, { aggregation: 'min' })
    expect(layout).toEqual({ ...conventionOf('qwen-math-prm'), aggregation: 'min' })
  })

  test('or is refused, with the conventions that fit its head', async () => {
    const classes = asked(join(fixtures, 'hf/qwen2-prm'))
    await expect(classes).rejects.toThrow(ConfigError)
    await expect(classes).rejects.toThrow('--convention: minform, qwen-math-prm, pure-prm, trl')
    await expect(asked(await classifier('scalar', 1, false))).rejects.toThrow(
      '--convention: skywork',
    )
    await expect(asked(join(fixtures, 'hf/qwen2'))).rejects.toThrow('math-shepherd, rlhflow')
  })

  test('and cannot be asked for what it does not have', async () => {
    const prm = join(fixtures, 'hf/qwen2-prm')
    await expect(open(prm, { convention: 'skywork' })).rejects.toThrow(EngineError)
    await expect(open(prm, { convention: 'rlhflow' })).rejects.toThrow(
      'the layout rlhflow reads labels of a language model',
    )
    await expect(open(join(root, 'absent'))).rejects.toThrow(DataError)
    const broken = folder('broken', 'qwen2-prm', { [layoutKey]: { version: 3 } })
    await expect(open(broken)).rejects.toThrow('minform_prm.version')
  })
})

describe('language models', () => {
  test('are asked for labels', async () => {
    const scorer = await open(join(fixtures, 'hf/qwen2'), { convention: 'rlhflow' })
    expect((await scorer.score([solution]))[0]!.length).toBe(2)
    await scorer.close()
  })

  test('are compared with a reference that is named, of the same tokens', async () => {
    const layout = { ...minformLayout, score: { head: 'ratio', beta: 1, of: 'step' } }
    const policy = folder('policy', 'qwen2', { [layoutKey]: layout })
    await expect(open(policy)).rejects.toThrow('name its folder with --prm-reference')
    const scorer = await open(policy, { reference: join(fixtures, 'hf/qwen2') })
    expect(await scorer.score([solution])).toEqual([[0, 0]])
    await scorer.close()
    const score = { ...layout.score, reference: '../policy' }
    const own = folder('own-reference', 'qwen2', { [layoutKey]: { ...layout, score } })
    expect((await asked(own)).reference).toBe(policy)
    expect((await asked(own, { reference: own })).reference).toBe(own)
    const labels = { convention: 'rlhflow', reference: policy }
    await expect(open(policy, labels)).rejects.toThrow('--prm-reference goes with a ratio')
    const other = folder('other', 'qwen2')
    const tokenizer = readFileSync(join(other, 'tokenizer.json'), 'utf8')
    writeFileSync(join(other, 'tokenizer.json'), tokenizer.replace('"Ġ+"', '"ĠĠ+"'))
    await expect(open(policy, { reference: other })).rejects.toThrow('has another tokenizer')
  })
})

test('an oracle and a judge are opened by the same way', async () => {
  const oracle = await openScorer({ kind: 'oracle', task: 'nested-arithmetic', threshold: 0.9 })
  expect(oracle).toMatchObject({ name: 'oracle of nested-arithmetic', threshold: 0.9 })
  await expect(openScorer({ kind: 'oracle', task: 'nested' })).rejects.toThrow(ConfigError)
  const judge = await openScorer({ kind: 'judge', url: 'http://localhost:1/v1', model: 'm' })
  expect(judge).toMatchObject({ name: 'judge m', aggregation: 'min' })
  const keyed = { kind: 'judge', url: 'http://h/v1', model: 'm', apiKeyEnv: 'NO_SUCH_KEY' } as const
  await expect(openScorer(keyed)).rejects.toThrow('there is no such environment variable')
})
