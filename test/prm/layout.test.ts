import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { freshConfig } from '../../src/engine/hf/config.ts'
import { openFreshEngine, openOnnxEngine } from '../../src/engine/onnx/open.ts'
import { DataError } from '../../src/errors.ts'
import {
  layoutEntry,
  layoutKey,
  minformLayout,
  type PrmLayout,
  parseLayout,
  readLayout,
} from '../../src/prm/layout.ts'
import { conventionOf } from '../../src/prm/score/conventions.ts'

const root = mkdtempSync(join(tmpdir(), 'minform-layout-'))
afterAll(() => rmSync(root, { recursive: true }))

const shape = freshConfig({
  architecture: 'qwen2',
  vocabSize: 11,
  hiddenSize: 8,
  intermediateSize: 16,
  layers: 1,
  heads: 2,
  maxPositions: 32,
  head: 'token-classification',
  eosIds: [1],
})

describe('a layout in config.json', () => {
  test('is written with the weights, read back, and kept when the model is saved again', async () => {
    const layout: PrmLayout = {
      ...minformLayout,
      convention: 'mine',
      step: { before: 'Step {n}: ', mark: '\n\n', between: '', last: 'mark' },
      score: { head: 'labels', right: '+', wrong: '-', over: 'labels', written: true },
      threshold: 0.5,
      aggregation: 'product',
    }
    const [first, second] = [join(root, 'first'), join(root, 'second')]
    const engine = await openFreshEngine(shape, { threads: 1 })
    await engine.save(first, { config: layoutEntry(layout) })
    await engine.close()
    expect(await readLayout(first)).toEqual(layout)
    const again = await openOnnxEngine(first, { threads: 1 })
    await again.save(second)
    await again.save(first, { config: layoutEntry(minformLayout) })
    await again.close()
    expect(await readLayout(second)).toEqual(layout)
    expect(await readLayout(first)).toEqual(minformLayout)
    const config = JSON.parse(readFileSync(join(second, 'config.json'), 'utf8'))
    expect(config.hidden_size).toBe(8) // beside the model's own keys
  })

  test('is null where the folder has none', async () => {
    writeFileSync(join(root, 'config.json'), '{"hidden_size": 8}')
    expect(await readLayout(root)).toBeNull()
  })

  test('is refused where it does not fit, by file and field', async () => {
    const file = join(root, 'config.json')
    writeFileSync(file, JSON.stringify({ [layoutKey]: { ...minformLayout, read: 'somewhere' } }))
    await expect(readLayout(root)).rejects.toThrow(DataError)
    await expect(readLayout(root)).rejects.toThrow(`${file}: ${layoutKey}.read: `)
    writeFileSync(file, '{')
    await expect(readLayout(root)).rejects.toThrow(`${file}: not JSON`)
    await expect(readLayout(join(root, 'absent'))).rejects.toThrow(DataError)
    const unread = { ...minformLayout, step: { ...minformLayout.step, mark: '' } }
    expect(() => parseLayout(unread, 'here')).toThrow('here: minform_prm.step.mark: empty')
    const unmarked = { ...minformLayout, score: { ...conventionOf('rlhflow').score } }
    expect(() => parseLayout(unmarked, 'here')).toThrow('minform_prm.step.last: end; expected mark')
    const turns = { ...conventionOf('rlhflow'), score: minformLayout.score }
    expect(() => parseLayout(turns, 'here')).toThrow('minform_prm.score: turns are answered')
    const later = { ...minformLayout, version: 2 }
    expect(() => parseLayout(later, 'here')).toThrow('here: minform_prm.version')
  })
})
