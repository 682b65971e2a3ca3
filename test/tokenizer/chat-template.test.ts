import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { DataError } from '../../src/errors.ts'
import {
  chatTemplateFrom,
  loadChatTemplate,
  type Message,
} from '../../src/tokenizer/chat-template.ts'

const fixtures = join(import.meta.dirname, '../fixtures')
const readFixture = (name: string) =>
  JSON.parse(readFileSync(join(fixtures, 'tokenizer', name), 'utf8'))

const root = mkdtempSync(join(tmpdir(), 'minform-'))
let folder = root
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'))
})
afterAll(() => rmSync(root, { recursive: true }))

const put = (name: string, content: unknown): void =>
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
const user: Message = { role: 'user', content: 'Hi' }

describe('renders as transformers does', () => {
  interface Case {
    readonly name: string
    readonly messages: readonly Message[]
    readonly kw: Readonly<Record<string, unknown>> & { readonly add_generation_prompt: boolean }
    readonly tools?: readonly unknown[]
    readonly text: string
  }
  const { templates, cases } = readFixture('chat.json') as {
    templates: Record<string, string>
    cases: Case[]
  }
  test.each(cases.map((c, i) => ({ ...c, i })))('$name, case $i', found => {
    const { add_generation_prompt, ...variables } = found.kw
    const options = {
      addGenerationPrompt: add_generation_prompt,
      variables,
      ...(found.tools ? { tools: found.tools } : {}),
    }
    const template = chatTemplateFrom(templates[found.name]!, { eos_token: '<|im_end|>' })
    expect(template.render(found.messages, options)).toBe(found.text)
  })

  const { chat } = readFixture('expected.json') as { chat: { messages: Message[]; text: string } }
  test.each(['tokenizer', 'hf/qwen2', 'hf/qwen3', 'hf/llama3'])(
    'the template of %s',
    async name => {
      expect((await loadChatTemplate(join(fixtures, name))).render(chat.messages)).toBe(chat.text)
    },
  )
})

test('a template lies in a file of its own, in an older one, or in the tokenizer config', async () => {
  const rendered = async () => (await loadChatTemplate(folder)).render([user])
  put('tokenizer_config.json', { chat_template: 'config' })
  expect(await rendered()).toBe('config')
  put('chat_template.json', { chat_template: 'older' })
  expect(await rendered()).toBe('older')
  put('chat_template.jinja', 'own')
  expect(await rendered()).toBe('own')
})

test('of several templates the default one, and another for tools', async () => {
  const list = [
    { name: 'default', template: 'plain' },
    { name: 'tool_use', template: '{{ tools | length }} tools' },
  ]
  put('tokenizer_config.json', { chat_template: list })
  expect((await loadChatTemplate(folder)).render([user])).toBe('plain')
  expect((await loadChatTemplate(folder)).render([user], { tools: [{}, {}] })).toBe('2 tools')
})

test('special tokens have their names, wherever they are spelled out', async () => {
  put('chat_template.jinja', '{{ bos_token }}|{{ eos_token }}|{{ pad_token }}|{{ mask_token }}')
  put('tokenizer_config.json', { eos_token: { content: '</s>' }, pad_token: null })
  put('special_tokens_map.json', { bos_token: '<s>', eos_token: 'other' })
  expect((await loadChatTemplate(folder)).render([user])).toBe('<s>|</s>||')
})

test('what cannot be rendered is a DataError that says where', async () => {
  await expect(loadChatTemplate(folder)).rejects.toThrow(
    /no chat template; expected chat_template.jinja/,
  )
  await expect(loadChatTemplate(folder)).rejects.toThrow(DataError)
  put('chat_template.jinja', '{% for %}')
  await expect(loadChatTemplate(folder)).rejects.toThrow(/chat_template.jinja: not a template/)
  const rendering = async () => (await loadChatTemplate(folder)).render([user])
  put('chat_template.jinja', "{{ raise_exception('no system role') }}")
  await expect(rendering()).rejects.toThrow(/jinja: .*no system role/)
  await expect(rendering()).rejects.toThrow(DataError)
  put('tokenizer_config.json', '{')
  await expect(loadChatTemplate(folder)).rejects.toThrow(/tokenizer_config.json: not JSON/)
  put('tokenizer_config.json', { chat_template: 3 })
  await expect(loadChatTemplate(folder)).rejects.toThrow(/tokenizer_config.json: chat_template/)
})
