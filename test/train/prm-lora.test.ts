// A reward model learned through an adapter: stopped and gone on with, and saved whole.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { projections } from '../../src/engine/hf/lora.ts'
import { openOnnxEngine } from '../../src/engine/onnx/open.ts'
import { trainRewardModel } from '../../src/train/prm-training.ts'
import { kept, prmSubject } from './prm-subject.ts'

const { request, remove } = prmSubject()
afterAll(remove)

const lora = { start: { lora: { rank: 2, alpha: 4, targets: projections }, newLayers: 1 } } as const
const weightsOf = (out: string): string => readFileSync(join(out, 'model.safetensors'), 'hex')

test('stopped, its checkpoint holds what learns; gone on with, it ends as one that was not', async () => {
  const whole = request('cross-entropy', lora)
  await trainRewardModel(whole, kept())
  const stopped = request('cross-entropy', lora)
  const controller = new AbortController()
  const report = kept()
  const validation = (): void => controller.abort()
  const broken = trainRewardModel(stopped, { ...report, validation }, controller.signal)
  await expect(broken).rejects.toThrow()
  const checkpoints = join(stopped.folder, 'checkpoints')
  const names = readdirSync(join(checkpoints, readdirSync(checkpoints)[0]!))
  expect(names).toContain('adapter_model.safetensors')
  expect(names).not.toContain('model.safetensors')
  await trainRewardModel(stopped, kept(), undefined, { resume: true })
  expect(weightsOf(stopped.out)).toBe(weightsOf(whole.out))
  const judge = await openOnnxEngine(whole.out)
  expect(judge.info.head).toBe('token-classification')
  await judge.close()
})
