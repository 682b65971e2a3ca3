import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { askedAlone } from '../../src/cli/prm/asking-scorer.ts'
import type { LabelledSolution } from '../../src/prm/solution.ts'
import { plainPrompt, textFrame, usualInstruction } from '../../src/problems/prompt.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'
import { askedData, type PrmData } from '../../src/train/prm-data.ts'
import { keepPrompt, nothingSaid } from '../../src/train/prompting.ts'

const fixtures = new URL('../fixtures/', import.meta.url).pathname
const root = mkdtempSync(join(tmpdir(), 'minform-prm-prompts-'))
afterAll(() => rmSync(root, { recursive: true }))

const modelIn = async (folder: string) => ({ folder, tokenizer: await loadTokenizer(folder) })
const chat = await modelIn(join(fixtures, 'hf/qwen3'))
const task = await modelIn(new URL('../../models/base', import.meta.url).pathname)

const solution = (source: string, more = {}): LabelledSolution => ({
  id: source,
  problem: { id: 'p', prompt: 'Why?', answer: null, solution: null, meta: {}, ...more },
  steps: ['a'],
  labels_S: [1],
  meaning: 'rightness',
  answerRight: null,
  source,
  kind: null,
})
const data = (...learn: LabelledSolution[]): PrmData => ({
  name: 'd',
  prompt: null,
  learn,
  validation: [],
  rightTexts: () => [],
  notes: [],
})

describe('what a reward model learns from', () => {
  const turn = `<|im_start|>user\nWhy?\n\n${usualInstruction}<|im_end|>\n<|im_start|>assistant\n`

  test('is asked as its chat model is, where a file holds questions alone', async () => {
    const found = await askedData(data(solution('prm800k')), nothingSaid, chat)
    expect(found.learn[0]!.problem).toMatchObject({ prompt: turn, question: 'Why?' })
    expect(found.prompt).toMatchObject({ template: 'chat' })
  })

  test('stays where it was asked before, and what it was asked by is kept only where all agree', async () => {
    const same = solution('monte-carlo', { prompt: turn, question: 'Why?' })
    const other = solution('monte-carlo', { prompt: 'Q: Why?', question: 'Why?' })
    expect((await askedData(data(same), nothingSaid, chat)).prompt).not.toBeNull()
    const mixed = await askedData(data(same, other), nothingSaid, chat)
    expect(mixed).toMatchObject({ prompt: null, learn: [same, other] })
  })

  test('stays as it is for a model without a template, unless a prompt is named or stored', async () => {
    const bare = data(solution('processbench'))
    expect(await askedData(bare, nothingSaid, task)).toBe(bare)
    const named = await askedData(bare, { ...nothingSaid, template: 'plain' }, task)
    expect(named.learn[0]!.problem.prompt).toBe('Question: Why?\n\n')
    const folder = join(root, 'learned')
    cpSync(task.folder, folder, { recursive: true })
    keepPrompt(folder, plainPrompt(textFrame, { system: null, instruction: null }))
    const stored = await askedData(bare, nothingSaid, await modelIn(folder))
    expect(stored.learn[0]!.problem.prompt).toBe('Question: Why?\n\n')
  })
})

test('a scorer asks the questions that files hold alone, and no prompt twice', () => {
  const prompt = plainPrompt(textFrame, { system: null, instruction: null })
  expect(askedAlone(solution('prm800k'), prompt).problem.prompt).toBe('Question: Why?\n\n')
  for (const whole of [
    solution('minform'),
    solution('oracle'),
    solution('x', { question: 'Why?' }),
  ])
    expect(askedAlone(whole, prompt)).toBe(whole)
})
