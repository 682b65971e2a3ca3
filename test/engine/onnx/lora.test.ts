import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listTensors } from '../../../src/engine/hf/safetensors.ts'
import { type OnnxEngine, openOnnxEngine, openWithNewHead } from '../../../src/engine/onnx/open.ts'
import { ConfigError, DataError, EngineError } from '../../../src/errors.ts'
import { close, descent, lossOf, sequences, weights } from '../subject.ts'

const fixture = (name: string): string =>
  new URL(`../../fixtures/hf/${name}`, import.meta.url).pathname
type Options = Parameters<typeof openOnnxEngine>[1]

async function opened(folder: string, options: Options): Promise<OnnxEngine> {
  const engine = await openOnnxEngine(folder, { threads: 1, ...options })
  onTestFinished(() => engine.close())
  return engine
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'minform-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

/** An adapter that has moved away from its beginning, with something learned to show. */
async function learned(name: string, options: Options) {
  const engine = await opened(fixture(name), options)
  const all = sequences(engine, 9, 14)
  const batch = all.map(ids => ({ ids, weights: weights(ids) }))
  await engine.accumulate(batch)
  await engine.step({ learningRate: 0.05 })
  return { engine, all, batch }
}

test.each(['qwen2', 'qwen3', 'llama3'])('%s: an adapter begins as the model itself', async name => {
  const plain = await opened(fixture(name), {})
  const adapted = await opened(fixture(name), { lora: { rank: 3 } })
  const all = sequences(plain, 9, 14)
  const [before, after] = [await plain.score(all), await adapted.score(all)]
  before.forEach(({ logprobs }, i) => {
    close(after[i]!.logprobs, logprobs, 1e-6)
  })
})

test('gradients are the slope of the loss, and the model itself stays as it is', async () => {
  const { engine, batch } = await learned('qwen2', { lora: { rank: 2, alpha: 8 } })
  const all_weights = batch.map(b => b.weights)
  const before = lossOf(await engine.accumulate(batch), all_weights)
  const gradients = await engine.gradients()
  expect([...gradients.keys()].every(name => /\.lora_[AB]\.weight$/.test(name))).toBe(true)
  const { gradNorm } = await engine.step(descent(0))
  const rate = 0.02 / gradNorm ** 2
  await engine.accumulate(batch)
  await engine.step(descent(rate))
  const after = lossOf(await engine.accumulate(batch), all_weights)
  const later = await engine.step(descent(0))
  const fall = (rate * (gradNorm ** 2 + later.gradNorm ** 2)) / 2
  expect(Math.abs(before - after - fall)).toBeLessThan(0.03 * fall)
  const plain = await opened(fixture('qwen2'), {})
  const [now, stored] = [await engine.parameters(), await plain.parameters()]
  for (const [name, values] of stored) expect(now.get(name)).toEqual(values)
})

test('the gradient of every part is what the merged model says: dA = s B^T dW, dB = s dW A^T', async () => {
  const lora = { rank: 2, alpha: 6, targets: ['k_proj', 'gate_proj', 'down_proj'] }
  const { engine, batch } = await learned('llama3', { lora })
  const folder = await emptyFolder()
  await engine.save(folder)
  const merged = await opened(folder, {})
  await merged.accumulate(batch)
  await engine.accumulate(batch)
  const [whole, parts] = [await merged.gradients(), await engine.gradients()]
  const values = await engine.parameters()
  for (const name of parts.keys()) {
    const module = name.replace(/\.lora_[AB]\.weight$/, '')
    const slope = whole.get(`${module}.weight`)! // [out, in]
    const part = (which: string): Float32Array => values.get(`${module}.lora_${which}.weight`)!
    const [down, up] = [part('A'), part('B')]
    const [out, input] = [up.length / 2, down.length / 2]
    const expected = new Float32Array(parts.get(name)!.length)
    for (let o = 0; o < out; o++) {
      for (let i = 0; i < input; i++) {
        for (let r = 0; r < 2; r++) {
          const by = 3 * slope[o * input + i]!
          if (name.includes('lora_A')) expected[r * input + i]! += by * up[o * 2 + r]!
          else expected[o * 2 + r]! += by * down[r * input + i]!
        }
      }
    }
    expect(expected.some(value => Math.abs(value) > 1e-3)).toBe(true)
    close(parts.get(name)!, expected, 1e-3)
  }
})

test('saved alone it is read back; saved whole it is merged; decoding sees it', async () => {
  const { engine, all } = await learned('qwen2', {
    lora: { rank: 2, targets: ['q_proj', 'up_proj'] },
  })
  const folder = await emptyFolder()
  await engine.save(join(folder, 'adapter'), { merge: false })
  await engine.save(join(folder, 'merged'))
  const expected = await engine.score(all)
  const again = await opened(fixture('qwen2'), { adapter: join(folder, 'adapter') })
  const merged = await opened(join(folder, 'merged'), {})
  const named = await opened(join(folder, 'adapter'), {}) // its config says where the base lies
  for (const [other, tolerance] of [
    [again, 0],
    [merged, 1e-4],
    [named, 1e-4],
  ] as const) {
    const scores = await other.score(all)
    expected.forEach(({ logprobs }, i) => {
      close(scores[i]!.logprobs, logprobs, tolerance)
    })
  }
  const requests = [{ ids: all[0]!, n: 2, seed: 4 }]
  for (const maxTokens of [20, 70]) {
    const options = { maxTokens, stopIds: [] }
    const [[a], [b]] = [
      await engine.sample(requests, options),
      await merged.sample(requests, options),
    ]
    expect(a!.map(c => Array.from(c.ids))).toEqual(b!.map(c => Array.from(c.ids)))
  }
})

test('with the adapter off it is the model that it began as, whatever the adapter learned', async () => {
  const plain = await opened(fixture('qwen2'), {})
  expect(plain.base).toBeNull()
  const { engine, all } = await learned('qwen2', { lora: { rank: 2 } })
  const [expected, beneath, now] = [
    await plain.score(all),
    await engine.base!.score(all),
    await engine.score(all),
  ]
  expect(beneath).toEqual(expected)
  expect(now).not.toEqual(expected)
})

test('what was learned through an adapter is learned on from, another adapter on top', async () => {
  const first = await learned('llama3', { lora: { rank: 2 } })
  const folder = await emptyFolder()
  await first.engine.save(folder, { merge: false })
  const second = await opened(folder, { lora: { rank: 3 } })
  const [scores, expected] = [await second.score(first.all), await first.engine.score(first.all)]
  expected.forEach(({ logprobs }, i) => {
    close(scores[i]!.logprobs, logprobs, 1e-4)
  })
  const grown = await openWithNewHead(folder, { threads: 1 })
  onTestFinished(() => grown.close())
  const trunk = await grown.parameters()
  for (const [name, values] of await second.parameters())
    if (trunk.has(name)) expect(trunk.get(name), name).toEqual(values)
})

test('an adapter whose base is not there says so', async () => {
  const { engine } = await learned('qwen2', { lora: { rank: 2 } })
  const folder = await emptyFolder()
  await engine.save(folder, { merge: false, base: '/nowhere/model' })
  await expect(openOnnxEngine(folder)).rejects.toThrow(
    'the base /nowhere/model is not on this machine; expected the path',
  )
  await engine.save(folder, { merge: false, base: folder })
  await expect(openOnnxEngine(folder)).rejects.toThrow('names its own folder as the base')
})

test("the files are PEFT's", async () => {
  const { engine } = await learned('qwen2', { lora: { rank: 2, alpha: 3, targets: ['q_proj'] } })
  const folder = await emptyFolder()
  await engine.save(folder, { merge: false, base: 'some/model', dtype: 'bfloat16' })
  const config = JSON.parse(await readFile(join(folder, 'adapter_config.json'), 'utf8'))
  expect(config).toMatchObject({
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: 'some/model',
    r: 2,
    lora_alpha: 3,
    target_modules: ['q_proj'],
    bias: 'none',
  })
  const tensors = await listTensors(join(folder, 'adapter_model.safetensors'))
  const attention = (layer: number): string => `base_model.model.model.layers.${layer}.self_attn`
  const names = Array.from({ length: engine.config.layers }, (_, l) =>
    ['A', 'B'].map(which => `${attention(l)}.q_proj.lora_${which}.weight`),
  ).flat()
  expect([...tensors.keys()].sort()).toEqual(names.sort())
  const { hiddenSize, heads, headDim } = engine.config
  expect(tensors.get(names[0]!)!.shape).toEqual([2, hiddenSize])
  expect(tensors.get(names[1]!)!.shape).toEqual([heads * headDim, 2])
})

test('the head of a classifier learns beside the adapter and is saved with it', async () => {
  const lora = { rank: 2, targets: ['v_proj'] }
  const engine = await opened(fixture('qwen2-prm'), { lora })
  const all = sequences(engine, 8)
  const batch = all.map(ids => ({ ids, classes: ids.map((_, t) => t % 2) }))
  const before = await engine.accumulateClasses(batch, 1)
  await engine.step({ learningRate: 0.02 })
  const after = await engine.accumulateClasses(batch, 1)
  expect(after).toBeLessThan(before)
  const [logits] = await engine.classify(all)
  const folder = await emptyFolder()
  await engine.save(folder, { merge: false })
  const again = await opened(fixture('qwen2-prm'), { adapter: folder })
  expect((await again.classify(all))[0]).toEqual(logits)
  await engine.save(join(folder, 'merged'))
  const merged = await opened(join(folder, 'merged'), {})
  close((await merged.classify(all))[0]!, logits!, 1e-4)
})

test('refusals', async () => {
  const folder = fixture('qwen2')
  await expect(openOnnxEngine(folder, { lora: { rank: 0 } })).rejects.toThrow(ConfigError)
  await expect(openOnnxEngine(folder, { lora: { targets: ['qproj'] } })).rejects.toThrow(
    "an adapter for 'qproj'; expected some of q_proj",
  )
  expect(() => openOnnxEngine(folder, { lora: {}, adapter: folder })).toThrow(ConfigError)
  await expect(openOnnxEngine(folder, { adapter: folder })).rejects.toThrow(DataError)
  const plain = await opened(folder, {})
  await expect(plain.save('nowhere', { merge: false })).rejects.toThrow(EngineError)
  const other = await learned('qwen3', { lora: { rank: 2 } })
  const saved = await emptyFolder()
  await other.engine.save(saved, { merge: false })
  await expect(openOnnxEngine(folder, { adapter: saved })).rejects.toThrow(DataError)
})

test('the weights that are given and blended are those of the adapter alone', async () => {
  const { engine, all } = await learned('qwen2', { lora: { rank: 2 } })
  const teacher = await opened(fixture('qwen2'), { lora: { rank: 2 } })
  const own = await engine.weights()
  const sizes = [...(await engine.gradients()).values()].map(({ length }) => length)
  expect(own.length).toBe(sizes.reduce((a, b) => a + b))
  const before = await teacher.weights()
  await teacher.blend(own, 0.5)
  close(
    await teacher.weights(),
    own.map((x, i) => (x + before[i]!) / 2),
    1e-6,
  )
  await teacher.blend(own, 0)
  expect(await teacher.score(all)).toEqual(await engine.score(all))
  expect(await teacher.base!.score(all)).toEqual(await engine.base!.score(all))
  const [one] = await teacher.base!.score(all, undefined, { meanLogprobs: true })
  expect(one!.meanLogprobs!.every(Number.isFinite)).toBe(true)
})
