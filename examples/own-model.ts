// Any Qwen2, Qwen3 or Llama checkpoint in the Hugging Face layout: sample from it, score a text, and teach it that text
// through a low-rank adapter while its weights stay frozen. `npx tsx examples/own-model.ts FOLDER` takes another model.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { carriedModels, loadTokenizer, openEngine } from 'minform'

const folder = process.argv[2] ?? carriedModels.base
const tokenizer = await loadTokenizer(folder)
const engine = await openEngine({ kind: 'onnx', folder, lora: { rank: 4 } })
const { architecture, parameters, vocabSize } = engine.info
console.log(`${architecture}, ${parameters} parameters, vocabulary of ${vocabSize}\n`)

const prompt = 'Compute ((3+4)*2)-5.\n\n'
const ids = tokenizer.encode(prompt)
const options = { maxTokens: 60, stopIds: tokenizer.stopIds }
const [completions] = await engine.sample([{ ids, n: 3, seed: 1 }], options)
for (const { ids, logprobs_T, stop } of completions!) {
  const total = logprobs_T.reduce((sum, x) => sum + x, 0)
  console.log(
    `${JSON.stringify(tokenizer.decode(ids))}  log-probability ${total.toFixed(2)}, ${stop}`,
  )
}

const wanted = tokenizer.encode(`${prompt}3+4=8, so (8*2)-5`) // a habit that it does not have
const weights = new Float32Array(wanted.length - 1).fill(1 / wanted.length, ids.length - 1)
const chosen = async (): Promise<number> => {
  const [scores] = await engine.score([wanted])
  return scores!.logprobs.subarray(ids.length - 1).reduce((sum, x) => sum + x, 0)
}
console.log(`\nlog-probability of a wrong step: ${(await chosen()).toFixed(2)}`)
for (let i = 0; i < 30; i++) {
  await engine.accumulate([{ ids: wanted, weights }])
  await engine.step({ learningRate: 2e-3 })
}
console.log(`after 30 steps of the adapter:   ${(await chosen()).toFixed(2)}`)

const out = mkdtempSync(join(tmpdir(), 'minform-adapter-'))
await engine.save(out, { merge: false }) // as PEFT lays it out; engine.save(out) would merge it
await engine.close()
const again = await openEngine({ kind: 'onnx', folder, adapter: out })
const [scores] = await again.score([wanted])
const read = scores!.logprobs.subarray(ids.length - 1).reduce((sum, x) => sum + x, 0)
console.log(`read back from its folder:       ${read.toFixed(2)}`)
await again.close()
rmSync(out, { recursive: true })
