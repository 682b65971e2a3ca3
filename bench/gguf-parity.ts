// Whether a GGUF file is the model here that it is for transformers: see gguf-parity.py, which writes the reference. Where a
// third path is given, the model is saved there as a folder.

import { readFileSync } from 'node:fs'
import { openOnnxEngine } from '../src/engine/onnx/open.ts'
import { loadChatTemplate, type Message } from '../src/tokenizer/chat-template.ts'
import { loadTokenizer } from '../src/tokenizer/load.ts'

interface Encoded {
  readonly text: string
  readonly ids: readonly number[]
}
interface Reference {
  readonly tokens: number
  readonly texts: readonly Encoded[]
  readonly conversations: readonly (Encoded & {
    readonly messages: readonly Message[]
    readonly continuation: readonly number[]
  })[]
}

const [file, reference, saved] = process.argv.slice(2)
if (!file || !reference) throw new Error('expected FILE.gguf and reference.json')
const { tokens, texts, conversations } = JSON.parse(readFileSync(reference, 'utf8')) as Reference
const tokenizer = await loadTokenizer(file)
const template = await loadChatTemplate(file)
const engine = await openOnnxEngine(file)
const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  `${[...Array.from(a)]}` === `${[...Array.from(b)]}`
const encoded = texts.filter(({ text, ids }) => same(tokenizer.encode(text), ids))
console.log(`token ids: ${encoded.length} of ${texts.length} texts equal`)
const rendered = conversations.filter(({ messages, text }) => template.render(messages) === text)
console.log(`conversations: ${rendered.length} of ${conversations.length} texts equal`)
let equal = 0
for (const { ids, continuation, messages } of conversations) {
  const request = { ids: Int32Array.from(ids), n: 1, seed: 1 }
  const options = { maxTokens: tokens, stopIds: tokenizer.stopIds, greedy: true }
  const [[completion]] = await engine.sample([request], options)
  if (same(completion!.ids, continuation)) equal++
  else {
    const at = continuation.findIndex((id, i) => id !== completion!.ids[i])
    console.log(`differs at token ${at} of ${continuation.length}: ${JSON.stringify(messages)}`)
  }
}
console.log(
  `greedy continuations of ${tokens} tokens: ${equal} of ${conversations.length} equal, token for token`,
)
if (saved) await engine.save(saved)
await engine.close()
const whole = encoded.length === texts.length && rendered.length === conversations.length
process.exitCode = whole && equal === conversations.length ? 0 : 1
