import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OnnxEngine, openOnnxEngine } from '../../../src/engine/onnx/open.ts'
import { crossEntropy } from '../../../src/prm/train/losses/cross-entropy.ts'
import { twoHeads } from '../../../src/prm/train/losses/two-heads.ts'
import { ofLogits } from '../../../src/prm/train/objective.ts'
import { fixture } from '../../cli/commands.ts'

interface Golden {
  readonly ids: readonly number[]
  readonly at: readonly number[]
  readonly soft_labels: readonly number[]
  readonly pair_labels: readonly number[]
  readonly [loss: string]: unknown
}
interface Gradients {
  readonly loss: number
  readonly norms: Readonly<Record<string, number>>
  readonly sums: Readonly<Record<string, number>>
}

const file = new URL('../../golden/prm-gradients.json', import.meta.url)
const golden: Golden = JSON.parse(readFileSync(file, 'utf8'))

let engine: OnnxEngine
beforeAll(async () => {
  engine = await openOnnxEngine(fixture('qwen2-prm'), { threads: 1 })
})
afterAll(() => engine.close())

test.each([
  ['soft', crossEntropy(), golden.soft_labels], // the engine's own cross-entropy
  ['two_heads', twoHeads(), golden.pair_labels], // slopes of logits
] as const)(
  '%s: loss and gradients of every parameter are those of PyTorch',
  async (name, loss, labels) => {
    const example = {
      ids: Int32Array.from(golden.ids),
      at_N: Int32Array.from(golden.at),
      labels: Float32Array.from(labels),
    }
    const expected = golden[name] as Gradients
    const found = await ofLogits(loss).learn(engine, [example])
    expect(Math.abs(found - expected.loss)).toBeLessThan(2e-4)
    const gradients = await engine.gradients()
    expect([...gradients.keys()].sort()).toEqual(Object.keys(expected.norms).sort())
    for (const [parameter, gradient] of gradients) {
      const norm = Math.sqrt(gradient.reduce((sum, x) => sum + x * x, 0))
      const sum = gradient.reduce((total, x) => total + x, 0)
      const scale = expected.norms[parameter]!
      expect(Math.abs(norm - scale), parameter).toBeLessThanOrEqual(1e-3 * scale)
      expect(Math.abs(sum - expected.sums[parameter]!), parameter).toBeLessThanOrEqual(1e-2 * scale)
    }
    await engine.clear()
  },
)
