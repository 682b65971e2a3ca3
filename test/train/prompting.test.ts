import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { environments } from '../../src/environments/index.ts'
import { ConfigError, DataError } from '../../src/errors.ts'
import { type Prompt, promptText, textFrame, usualInstruction } from '../../src/problems/prompt.ts'
import { endingAt, loadTokenizer } from '../../src/tokenizer/load.ts'
import { type Asked, keepPrompt, type PromptWish, promptOf } from '../../src/train/prompting.ts'

const fixtures = new URL('../fixtures/', import.meta.url).pathname
const root = mkdtempSync(join(tmpdir(), 'minform-prompts-'))
afterAll(() => rmSync(root, { recursive: true }))

interface Kind {
  readonly name: string
  readonly tokenizer: object
  readonly config: { readonly eos_token: string; readonly bos_token: string | null }
  readonly cases: readonly {
    readonly system: string | null
    readonly question: string
    readonly chat: readonly number[]
    readonly plain: readonly number[]
  }[]
}
const kinds = JSON.parse(readFileSync(join(fixtures, 'prompts/cases.json'), 'utf8')) as Kind[]

/** A model's folder as far as it is asked: its tokenizer, and a config.json. */
async function modelOf(
  { tokenizer, config }: Pick<Kind, 'tokenizer' | 'config'>,
  prompt: Prompt | null = null,
): Promise<Asked> {
  const folder = mkdtempSync(join(root, 'model-'))
  const file = JSON.parse(readFileSync(join(fixtures, 'tokenizer/tokenizer.json'), 'utf8'))
  const put = (name: string, value: object): void =>
    writeFileSync(join(folder, name), JSON.stringify(value))
  put('tokenizer.json', { ...file, ...tokenizer })
  put('tokenizer_config.json', config)
  put('config.json', {})
  keepPrompt(folder, prompt)
  return { folder, tokenizer: await loadTokenizer(folder) }
}

const wish = (said: Partial<PromptWish> = {}): PromptWish => ({
  template: null,
  system: null,
  instruction: null,
  ...said,
})
const [qwen, smol, llama] = kinds as [Kind, Kind, Kind]

describe.each(kinds)('$name', async kind => {
  const model = await modelOf(kind)
  const { encode } = model.tokenizer

  test.each(kind.cases)('the ids are those of transformers: $question', async one => {
    const chat = await promptOf(wish({ system: one.system, instruction: '' }), model, textFrame)
    expect([...encode(promptText(one.question, chat))]).toEqual(one.chat)
    const plain = await promptOf(wish({ template: 'plain' }), model, textFrame)
    expect([...encode(promptText(one.question, plain))]).toEqual(one.plain)
  })

  test('is asked by its chat template unless it is told otherwise, to box what it reasons', async () => {
    const prompt = await promptOf(wish(), model, textFrame)
    expect(prompt).toMatchObject({ template: 'chat', system: null, instruction: usualInstruction })
    expect(prompt.frame).toContain(`{question}\n\n${usualInstruction}`)
  })

  test('or to answer as an environment reads it, unless it is told otherwise', async () => {
    for (const { answers } of environments) {
      const prompt = await promptOf(wish(), model, textFrame, answers?.instruction)
      expect(prompt.instruction).toBe(answers?.instruction ?? usualInstruction)
    }
    const said = wish({ instruction: 'In SQL.' })
    expect(await promptOf(said, model, textFrame, 'usual')).toMatchObject({
      instruction: 'In SQL.',
    })
  })

  test('answers end where the template ends a turn', async () => {
    const { turnEnd } = await promptOf(wish(), model, textFrame)
    expect(turnEnd).toBe(kind === llama ? '<|eot_id|>' : '<|im_end|>')
    const ending = endingAt(model.tokenizer, turnEnd)
    const [end, eos] = [turnEnd!, kind.config.eos_token].map(text => encode(text)[0]!)
    expect(ending.eosId).toBe(end)
    expect([...ending.stopIds].sort()).toEqual([...new Set([end, eos])].sort())
  })
})

test('a template keeps the date that it was first rendered on', async () => {
  const config = {
    ...smol.config,
    chat_template: '{{ strftime_now("%Y-%m-%d") }} {{ messages[0].content }}',
  }
  const prompt = await promptOf(
    wish({ instruction: '' }),
    await modelOf({ ...smol, config }),
    textFrame,
  )
  expect(prompt.frame).toMatch(/^\d{4}-\d\d-\d\d \{question\}$/)
})

describe('a file of Jinja', () => {
  const file = (source: string): string => {
    const path = join(mkdtempSync(join(root, 'file-')), 'my.jinja')
    writeFileSync(path, source)
    return path
  }
  const from = async (source: string, said: Partial<PromptWish> = {}) =>
    promptOf(wish({ template: file(source), ...said }), await modelOf(llama), textFrame)

  test('sees messages, question, system and instruction, and the special tokens', async () => {
    const source =
      '{{ bos_token }}{{ system }}|{{ question }}|{{ instruction }}|{{ messages | length }}'
    expect(await from(source, { system: 'S', instruction: 'I' })).toEqual({
      template: 'my.jinja',
      system: 'S',
      instruction: 'I',
      frame: '<|begin_of_text|>S|{question}|I|2',
      turnEnd: null,
    })
    expect((await from('{{ question }}{% if add_generation_prompt %}A:{% endif %}')).frame).toBe(
      '{question}A:',
    )
  })

  test.each([
    ['{{ system }}', 'my.jinja does not show the question as it is'],
    ['{{ question | upper }}', 'my.jinja does not show the question as it is'],
    [
      '{% if question | length > 20 %}{{ question }}{% endif %}!',
      'my.jinja does not show the question as it is',
    ],
    ['{{ question', 'my.jinja: not a template'],
    ['{{ raise_exception("no") }}', 'my.jinja: the template refuses the conversation: no'],
  ])('%s is refused', async (source, message) => {
    await expect(from(source)).rejects.toThrow(DataError)
    await expect(from(source)).rejects.toThrow(message)
  })

  test('that is not there is refused, with what there is', async () => {
    const asked = promptOf(wish({ template: 'caht' }), await modelOf(smol), textFrame)
    await expect(asked).rejects.toThrow(
      "--template caht: cannot be read: ENOENT: no such file or directory, open 'caht'; expected chat, plain,",
    )
  })
})

test('a text that holds {question} is a frame itself', async () => {
  const prompt = await promptOf(
    wish({ template: 'Q: {question}\nA:' }),
    await modelOf(qwen),
    textFrame,
  )
  expect(prompt).toMatchObject({ template: 'plain', frame: 'Q: {question}\nA:', instruction: null })
})

test('a model that is made from nothing is asked plainly, and has no chat template', async () => {
  const prompt = await promptOf(wish(), null, textFrame)
  expect(prompt).toMatchObject({ template: 'plain', frame: textFrame, instruction: null })
  await expect(promptOf(wish({ template: 'chat' }), null, textFrame)).rejects.toThrow(ConfigError)
})

test('a model without a template is asked plainly, and cannot be asked by one', async () => {
  const model = { folder: join(root, 'bare'), tokenizer: (await modelOf(smol)).tokenizer }
  cpSync(
    (await modelOf({ ...smol, config: { ...smol.config, chat_template: null } as never })).folder,
    model.folder,
    {
      recursive: true,
    },
  )
  expect((await promptOf(wish(), model, textFrame)).template).toBe('plain')
  await expect(promptOf(wish({ template: 'chat' }), model, textFrame)).rejects.toThrow(
    'no chat template',
  )
})

describe('what a model was asked by while it learned', () => {
  test('is what it is asked by, until another template is named', async () => {
    const prompt = await promptOf(wish({ system: 'S' }), await modelOf(qwen), textFrame)
    const learned = await modelOf(qwen, prompt)
    expect(await promptOf(wish(), learned, textFrame)).toEqual(prompt)
    const other = await promptOf(wish({ template: 'plain' }), learned, textFrame)
    expect(other.frame).toBe(textFrame)
    const more = await promptOf(wish({ instruction: 'I' }), learned, textFrame)
    expect(more.frame).toContain('{question}\n\nI')
  })

  test('plainly leaves a task to ask as it does', async () => {
    const plain = await promptOf(wish({ template: 'plain' }), null, textFrame)
    const learned = await modelOf({ ...qwen }, plain)
    expect((await promptOf(wish(), learned, textFrame)).frame).toBe(textFrame)
    expect((await promptOf(wish(), learned, '{question}\n\n')).frame).toBe('{question}\n\n')
  })

  test('from a file cannot be said otherwise without the file', async () => {
    const stored = { template: 'my.jinja', system: null, instruction: null, turnEnd: null }
    const learned = await modelOf(qwen, { ...stored, frame: '{question}!' })
    expect((await promptOf(wish(), learned, textFrame)).frame).toBe('{question}!')
    await expect(promptOf(wish({ system: 'S' }), learned, textFrame)).rejects.toThrow(
      'asked by my.jinja',
    )
  })

  test('is refused where it is damaged', async () => {
    const damaged = await modelOf(qwen)
    writeFileSync(join(damaged.folder, 'minform_prompt.json'), '{"template": "chat"}')
    await expect(promptOf(wish(), damaged, textFrame)).rejects.toThrow('minform_prompt.json: ')
  })
})
