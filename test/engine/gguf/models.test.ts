// GGUF files open as the models that they were made of: transformers' log-probabilities and continuations.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type OnnxEngine, openOnnxEngine } from '../../../src/engine/onnx/open.ts'
import { loadChatTemplate } from '../../../src/tokenizer/chat-template.ts'
import { loadTokenizer } from '../../../src/tokenizer/load.ts'
import { expected, fixture } from '../../fixtures/gguf/expected.ts'

const made = await mkdtemp(join(tmpdir(), 'minform-gguf-'))
afterAll(() => rm(made, { recursive: true }))

describe.each(expected.models)('$file', ({ file, ids, logprobs, greedy }) => {
  const saved = join(made, file)

  test('log-probabilities, and what follows a prompt', async () => {
    const engine = await openOnnxEngine(fixture(file), { threads: 1 })
    await sameNumbers(engine, ids, logprobs)
    const prompt = Int32Array.from(greedy.prompt)
    const requests = [{ ids: prompt, n: 1, seed: 1 }]
    const options = { maxTokens: greedy.ids.length, stopIds: [], greedy: true }
    const [[completion]] = await engine.sample(requests, options)
    expect([...completion!.ids]).toEqual(greedy.ids)
    await engine.save(saved)
    await engine.close()
  })

  test('saved as a Hugging Face folder, it is the same model', async () => {
    const names = ['config.json', 'generation_config.json', 'model.safetensors']
    const texts = ['tokenizer.json', 'tokenizer_config.json']
    const template = file === 'llama-spm.gguf' ? [] : ['chat_template.jinja']
    expect((await readdir(saved)).sort()).toEqual([...template, ...names, ...texts])
    const engine = await openOnnxEngine(saved, { threads: 1 })
    await sameNumbers(engine, ids, logprobs)
    await engine.close()
    const [own, again] = [await loadTokenizer(fixture(file)), await loadTokenizer(saved)]
    const text = 'What is 12 + 345?\n <|im_start|>naïve 数学'
    expect(again.encode(text)).toEqual(own.encode(text))
    expect([again.stopIds, again.padId, again.bosId]).toEqual([own.stopIds, own.padId, own.bosId])
    if (template.length === 0) return
    const messages = [{ role: 'user', content: 'Hi' }]
    const rendered = '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n'
    expect((await loadChatTemplate(fixture(file))).render(messages)).toBe(rendered)
    expect((await loadChatTemplate(saved)).render(messages)).toBe(rendered)
  })
})

async function sameNumbers(
  engine: OnnxEngine,
  ids: readonly number[],
  logprobs: readonly number[],
): Promise<void> {
  const [scores] = await engine.score([Int32Array.from(ids)])
  const differences = logprobs.map((value, i) => Math.abs(value - scores!.logprobs[i]!))
  expect(scores!.logprobs).toHaveLength(logprobs.length)
  expect(Math.max(...differences)).toBeLessThan(2e-5)
}
